"""The folder of compiled programs on disk: whose it is, what lies in it, and how large it may grow.

What lies there is unpickled, and unpickling runs code. So a folder or a file is used only where it belongs to this user and
nobody else may write to it. A file carries its key and a digest of what follows: the digest finds damage and the key a file
under another's name; neither would stop somebody who may write there, which the owner and the mode do.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import stat
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

from solion.base.environment import CACHE, CACHE_MB

FORM = b"solion program 1\n"
PROGRAMS = "programs"
USUAL_LIMIT = 1000  # MB
KEPT = 0.8  # share of the limit that stays when it is exceeded
_OURS = re.compile(r"\w+-[0-9a-f]{32}|\.program-\w+")  # names of files that are removed


def named_folder() -> Path | None:
    """Where compiled code is to lie: ``$SOLION_CACHE``, else the user's cache folder; None where the variable is empty."""
    named = os.environ.get(CACHE)
    if named is not None:
        return Path(named) if named else None
    base = os.environ.get("XDG_CACHE_HOME")
    with contextlib.suppress(RuntimeError):  # a user without a home
        return (Path(base) if base else Path.home() / ".cache") / "solion"
    return None


def limit() -> float:
    """Bytes that the folder may hold: ``$SOLION_CACHE_MB``, else 1000 MB."""
    text = os.environ.get(CACHE_MB, "")
    try:
        size = float(text or USUAL_LIMIT)
    except ValueError:
        size = -1.0
    if not 0.0 <= size < float("inf"):
        _tell(f"{CACHE_MB} = {text!r} is no number of megabytes, so that {USUAL_LIMIT} are taken.")
        size = USUAL_LIMIT
    return 1e6 * size


@functools.cache
def source_digest() -> str:
    """A digest of this package's source: what is kept on disk holds for one version of it."""
    source = hashlib.sha256()
    for file in sorted(Path(__file__).parents[1].rglob("*.py")):
        source.update(file.read_bytes())
    return source.hexdigest()


def program_folder() -> Path | None:
    """The folder of programs, made where it is not there; None, with one warning, where it cannot or must not be used."""
    named = named_folder()
    if named is None:
        return None
    folder = named / PROGRAMS
    try:
        named.parent.mkdir(parents=True, exist_ok=True)
        named.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        reason = next((why for place in (named, folder) if (why := _doubt(place.stat()))), "")
    except (OSError, ValueError) as error:  # a file, a name too long or with a NUL, a disk that cannot be written
        reason = str(getattr(error, "strerror", None) or error)
    if reason:
        _tell(
            f"the folder {_short(named)} for compiled programs is not used ({reason}), so that each process compiles"
            " anew; give SOLION_CACHE a folder of your own with mode 0700, or make it empty to keep none."
        )
        return None
    return folder


def read(path: Path, key: str) -> bytes | None:
    """What was kept under this key; None where there is none, or not by this user, or another's, or damaged."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
            if _doubt(os.fstat(file.fileno())):
                return None
            text = file.read()
    except (OSError, ValueError):
        return None
    head = FORM + key.encode() + b"\n"
    digest, content = text[len(head) : len(head) + 32], text[len(head) + 32 :]
    if not text.startswith(head) or hashlib.sha256(content).digest() != digest:
        discard(path)
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # the least recently used go first
    return content


def write(path: Path, key: str, content: bytes) -> None:
    """Keep something under a key, whole or not at all, and make room for it; raises OSError where the disk is full."""
    if len(content) > limit():
        return
    file, name = tempfile.mkstemp(dir=path.parent, prefix=".program-")  # of mode 0600
    try:
        with os.fdopen(file, "wb") as opened:
            opened.write(FORM + key.encode() + b"\n" + hashlib.sha256(content).digest() + content)
        Path(name).replace(path)
    except BaseException:
        discard(Path(name))
        raise
    _prune(path.parent)


def discard(path: Path) -> None:
    """Remove a file where that can be done."""
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


def entries(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """The programs in a folder, and what else may lie there left out; the least recently used first."""
    return sorted(_files(folder), key=lambda entry: entry[1].st_mtime)


def clear(folder: Path) -> None:
    """Remove all programs from a folder, and nothing else."""
    for path, _ in entries(folder):
        discard(path)


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            with contextlib.suppress(OSError):
                if _OURS.fullmatch(path.name) and stat.S_ISREG((about := path.lstat()).st_mode):
                    yield path, about


def _prune(folder: Path) -> None:
    """Where the files exceed the limit, remove those that were not used for longest."""
    found, most = entries(folder), limit()
    total = sum(about.st_size for _, about in found)
    for path, about in found if total > most else ():
        if total <= KEPT * most:
            break
        discard(path)
        total -= about.st_size


def _doubt(about: os.stat_result) -> str:
    """Why something on disk may be another's doing; empty where it cannot."""
    if not hasattr(os, "geteuid"):  # a system without such owners and modes
        return ""
    if about.st_uid != os.geteuid():
        return "it belongs to another user"
    return "others may write to it" if about.st_mode & 0o022 else ""


def _short(path: Path) -> str:
    text = str(path)
    return repr(text if len(text) < 100 else f"{text[:60]}...")


@functools.cache
def _tell(text: str) -> None:
    """Warn once in a process."""
    warnings.warn(text, stacklevel=3)
