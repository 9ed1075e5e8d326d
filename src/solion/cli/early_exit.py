"""How a command ends early: a sentence on stderr and an exit code, never a traceback."""

from __future__ import annotations

import contextlib
import errno
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import typer

INTERRUPTED = 130  # exit code of an interruption that can be resumed


def say(text: str) -> None:
    """Print to stderr."""
    print(text, file=sys.stderr)


def name_code(study, quiet: bool) -> None:
    """Say which Python files of a study were executed."""
    for file, digest in () if quiet else study.code.items():
        say(f"Executed {file} of the study's folder (sha256 {digest[:12]}).")


@contextlib.contextmanager
def patience(quiet: bool) -> Iterator[None]:
    """Say on a terminal that something is compiled, where it is."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from solion.base.compiled import announced

    with announced(lambda: say("Compiling for this kind of run: some ten seconds, once; it is kept for the next time.")):
        yield


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """Turn what the user can mend into one sentence on stderr and an exit code."""
    from solion.base.errors import SolionError

    try:
        yield
    except SolionError as error:
        say(str(error))
        raise typer.Exit(error.exit_code) from None


@contextlib.contextmanager
def _ending(folder: Path, interrupted: Callable[[], str], full: Callable[[], str]) -> Iterator[None]:
    """Say in one sentence why a folder was not written; the functions say what is left, asked only when it happens."""
    try:
        yield
    except KeyboardInterrupt:
        say(f"Interrupted{interrupted()}.")
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if error.errno == errno.ENOSPC or "No space left" in str(error):
            say(f"{folder}: the disk is full; {full()}.")
        elif error.errno == errno.EFBIG or "File too large" in str(error):
            say(f"{folder}: a file would be larger than this process may write (ulimit -f); {full()}.")
        else:
            ours = error.filename is None or f".{folder.name}.partial" in Path(str(error.filename)).parts
            say(f"{folder if ours else error.filename}: {error.strerror or error}.")
        raise typer.Exit(1) from None


def interruptible(folder: Path) -> contextlib.AbstractContextManager[None]:
    """For a folder that is written in one go."""
    return _ending(folder, lambda: "; nothing was written", lambda: "nothing was written")


def writing(folder: Path) -> contextlib.AbstractContextManager[None]:
    """For the folder of a run, which may have left a checkpoint to go on from."""
    from solion.study.folder import checkpoint_of

    def kept() -> bool:
        return checkpoint_of(folder.absolute()).exists()

    return _ending(
        folder,
        lambda: (
            "; the same command with --resume goes on from the last checkpoint"
            if kept()
            else " before the first checkpoint; nothing was kept"
        ),
        lambda: f"free some space and repeat the command{' with --resume' if kept() else ''}",
    )


@contextlib.contextmanager
def sweeping(folder: Path) -> Iterator[None]:
    """For the folder of a sweep, which keeps what is done."""
    from solion.base.errors import InputError, RunError
    from solion.explore.sweeps import finished_runs

    def kept() -> str:
        try:
            found = finished_runs(folder)
        except InputError:
            found = None
        if found is None:
            return "nothing was kept"
        return f"{found[0]} of {found[1]} runs are done; the same command with --resume does the others"

    with _ending(folder, lambda: f"; {kept()}", kept):
        try:
            yield
        except RunError as error:
            raise RunError(f"{str(error).rstrip('.')}; {kept()}.") from None
