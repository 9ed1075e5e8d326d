"""Text of a file whatever its encoding: UTF-8 with or without a mark, UTF-16, or Windows-1252."""

from __future__ import annotations

import re
from pathlib import Path

from solion.base.errors import InputError

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
NAMES = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "cp1252": "Windows-1252"}


def bytes_of(path: Path) -> bytes:
    """The content of a file, or one sentence why not."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read ({error.strerror}).") from None


def decode(path: Path, content: bytes) -> tuple[str, str]:
    """(text, encoding); control characters mean that the file is no text."""
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "")
    if not encoding and len(content) > 3 and content[1::2][:200].count(0) > 0.9 * len(content[1::2][:200]):
        encoding = "utf-16-le"  # without a mark: every second byte of Latin text is 0
    for name in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if CONTROL.search(text):
            break
        return text, NAMES.get(name, name.upper())
    raise InputError(
        f"{path}: the file is neither text (UTF-8, UTF-16, Windows-1252) nor of a format that is known; save it as CSV."
    )


def lines_of(text: str) -> list[str]:
    """Lines by any of the three newlines, and by nothing else."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if lines and not lines[-1] else lines
