"""The folder of a run: complete or absent, never half-written, never overwritten by accident."""

from __future__ import annotations

import contextlib
import errno
import importlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from solion.base.errors import InputError
from solion.result.result import FIELDS, FILE, Result
from solion.result.result import load as load_result
from solion.study.study import STUDY, Study

CHECKPOINT = "checkpoint.npz"
RESULTS = "results.zarr"  # of a sweep
LOCK = ".lock"
OURS = "solion\n"  # what the lock says, so that a hidden folder is known to be of a run


def partial_of(out: Path) -> Path:
    """The folder beside ``out`` in which a run is kept until it is complete."""
    return out.with_name(f".{out.name}.partial")


def checkpoint_of(out: Path) -> Path:
    """The checkpoint that an interrupted run into ``out`` leaves."""
    return partial_of(out) / CHECKPOINT


def stored(folder: Path) -> Result:
    """The result of an earlier run from its folder. Raises :class:`InputError` where it holds none."""
    if not (folder / FILE).is_file():
        raise InputError(f"{folder}: it holds no {FILE} and no {RESULTS}; give the folder of a run or a sweep.")
    return load_result(folder / FILE)


def no_link(out: Path) -> Path:
    """The absolute path of a place to write to, with the links of its parents followed. Raises InputError where it is one itself.

    What a run leaves would replace the link, or land where nobody looks for it; its target can be named instead.
    """
    if out.is_symlink():
        target = Path(os.path.realpath(out))
        remedy = f"name the place that it leads to, {target}" if not target.is_symlink() else "it leads to itself; remove it"
        raise InputError(f"{out}: it is a link, through which nothing is written; {remedy}.")
    return Path(os.path.realpath(out))


def execute(
    study: Study,
    out: Path,
    *,
    force: bool = False,
    resume: bool = False,
    pictures: bool = False,
    on_progress: Callable[[Any], None] | None = None,
) -> Result:
    """Run a study into the folder ``out``, which appears when everything is in it.

    With ``pictures`` the figures are written as files beside the report.

    Until it appears the run lives in a hidden folder beside it. An interrupted run leaves its checkpoint there, or nothing;
    ``resume`` goes on from it. Raises :class:`InputError` where ``out`` is a link, where it exists without ``force``, where it
    holds something that is no result even with it, and where another process is running into it.
    """
    out = no_link(out)
    refuse_existing(out, force)
    checkpoint = checkpoint_of(out)
    with claimed(out) as partial:
        try:
            if not resume:
                clear(partial, LOCK)
            result = _finished(study, partial) if resume else None
            if result is None:
                if study.figures:  # what draws is imported while the run computes
                    threading.Thread(target=importlib.import_module, args=("solion.views.report",), daemon=True).start()
                result = study.run(on_progress=on_progress, checkpoint=checkpoint, resume=resume, fields=partial / FIELDS)
                study.save(partial)
            study.write(result, partial, pictures=pictures)
            refuse_existing(out, force)  # it may have come into being meanwhile
            checkpoint.unlink(missing_ok=True)
            move(partial, out, force)
        except BaseException:  # Ctrl-C included: what can be resumed stays, all else goes
            clear(partial, CHECKPOINT, FIELDS)
            raise
    return stored(out) if (out / FIELDS).is_dir() else result  # its fields have moved


def _finished(study: Study, partial: Path) -> Result | None:
    """The result of this very study where it was killed while its report was written; None where there is none."""
    if not (partial / FILE).is_file() or not (partial / STUDY).is_file():
        return None
    if (partial / STUDY).read_text(encoding="utf-8") != study.to_toml():
        return None
    result = load_result(partial / FILE)
    return result if "time" in result.dataset.dims else None  # fields in a volume lie in no file


@contextlib.contextmanager
def claimed(out: Path) -> Iterator[Path]:
    """The hidden folder beside ``out``, made or taken over from a killed run, and kept from other processes.

    Raises :class:`InputError` where it is a link or holds what no run of solion left: nothing is deleted that is not ours.
    """
    partial = partial_of(out)
    try:
        partial.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise _foreign(partial, out) from None
    if partial.is_symlink():
        raise _foreign(partial, out)
    with locked(partial, out):
        names = {entry.name for entry in partial.iterdir()}
        if names - {LOCK, CHECKPOINT, FIELDS} and (partial / LOCK).read_text(errors="replace") != OURS:
            raise _foreign(partial, out)
        (partial / LOCK).write_text(OURS)
        yield partial


def _foreign(path: Path, out: Path) -> InputError:
    return InputError(
        f"{path}: it is in the way of {out.name}, and a link or not of solion's making, so it is left alone; remove it or "
        "choose another --out."
    )


@contextlib.contextmanager
def locked(folder: Path, shown: Path | None = None) -> Iterator[None]:
    """Keep other processes from writing into a folder; a process that is killed lets go of it.

    Raises :class:`InputError` where another one has it, or where the lock is a link; ``shown`` is the folder as the user
    knows it.
    """
    path = folder / LOCK
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "r+")
    except OSError as error:
        if error.errno != errno.ELOOP and not path.is_symlink():
            raise
        raise _foreign(path, shown or folder) from None
    with file:
        try:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # a system without such locks
            pass
        except BlockingIOError:
            raise InputError(
                f"{shown or folder}: another process is writing into it; wait for it or choose another --out."
            ) from None
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(out: Path, force: bool, markers: tuple[str, ...], kind: str = "result of solion") -> Iterator[Path]:
    """A folder to fill, which appears at ``out`` when everything is in it and not at all where filling it fails.

    To be entered before the work begins: it refuses what :func:`refuse_existing` refuses (``markers`` are the files by
    which a folder of this ``kind`` is known), and a folder that another process is filling.
    """
    out = no_link(out)
    refuse_existing(out, force, markers, kind)
    made = [folder for folder in partial_of(out).parents if not folder.exists()]
    try:
        with claimed(out) as partial:
            try:
                clear(partial, LOCK)  # what a killed process left
                yield partial
                refuse_existing(out, force, markers, kind)  # it may have come into being meanwhile
                move(partial, out, force)
            except BaseException:
                shutil.rmtree(partial, ignore_errors=True)
                raise
    except BaseException:
        with contextlib.suppress(OSError):  # a folder that something else is in stays
            for folder in made:
                folder.rmdir()
        raise


def refuse_existing(out: Path, force: bool, markers: tuple[str, ...] = (FILE,), kind: str = "result of solion") -> None:
    """Refuse a folder that holds something, unless ``force`` and it holds ``markers``, an earlier result of the same kind."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    if not force:
        raise InputError(f"{out}: it exists already and is not overwritten; choose another --out, or give --force.")
    if not all((out / marker).is_file() for marker in markers):
        raise InputError(f"{out}: it holds no {kind}, so that --force does not replace it; choose another --out.")


def clear(folder: Path, kept: str, *beside: str) -> None:
    """Remove everything from a folder of ours but the file ``kept`` and what is ``beside`` it, and the folder itself where that
    file is not there."""
    if not (folder / kept).exists():
        shutil.rmtree(folder, ignore_errors=True)
        return
    for entry in folder.iterdir():
        if entry.name in (kept, *beside):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def move(partial: Path, out: Path, replace: bool) -> None:
    """Put the finished folder in its place; with ``replace`` an old one is moved into a new folder first and then removed.

    Without it nothing that came into being at ``out`` meanwhile is touched: a folder is renamed onto nothing or onto an
    empty folder only, by the system itself.
    """
    (partial / LOCK).unlink(missing_ok=True)
    old = None
    if replace and out.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{out.name}.old-", dir=out.parent))
        out.rename(old / out.name)
    try:
        partial.rename(out)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise
        raise InputError(f"{out}: it came into being meanwhile and is not overwritten; choose another --out.") from None
    if old is not None:
        shutil.rmtree(old)
