"""The command line: ``solion run``, ``explore``, ``sweep``, ``array``, ``fit``, ``identify``, ``sensitivity``, ``open``,
``design``, ``retention``, ``levels``, ``coating``, ``export``, ``reproduce``, ``list``, ``show``, ``check``, ``script``,
``compare``, ``report``, ``figures``, ``fields``, ``schema``, ``cache``.

Every command imports what it needs when it runs, so that ``solion --help`` answers at once. Exit codes: 0 a result, 1 a
run that failed, 2 an input that cannot be, 130 an interruption that can be resumed.
"""

import atexit
import contextlib
import errno
import gc
import io
import os
import signal
import sys
import warnings

from solion.cli.app import app
from solion.cli.early_exit import INTERRUPTED
from solion.cli import (  # each adds its command, in the order of the help
    run,
    explore,
    sweep,
    array,
    fit,
    identify,
    sensitivity,
    open_file,
    design,
    retention,
    levels,
    coating,
    export,
    reproduce,
    list_names,
    show,
    check,
    script,
    compare,
    report,
    figures,
    fields,
    schema,
    cache,
)

RARELY = 100_000, 20, 20  # new objects between two looks for garbage: imports make half a million that stay, and looks take 0.3 s


def main() -> None:
    """Entry point of the command ``solion``: it ends in words on any terminal, and SIGTERM ends a run as Ctrl-C does."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter gets another one
    gc.set_threshold(*RARELY)
    warnings.formatwarning = lambda message, *_, **__: f"Warning: {message}\n"
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        app()
    except SystemExit as end:
        _leave(end)
    except OSError as error:
        _unwritten(error)


def _leave(end: SystemExit) -> None:
    """End with all written and every program on disk, and leave it to the system to free the memory: Python would take 0.6 s to
    take apart what it has imported."""
    if end.code is not None and not isinstance(end.code, int):
        raise end
    if end.code != INTERRUPTED:  # then all is saved; what a thread still compiles nobody waits for, and nothing can stop it
        compiled = sys.modules.get("solion.base.compiled")
        if compiled is not None:
            compiled.wait()
        atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except OSError as error:
        _unwritten(error)
    os._exit(end.code or 0)


def _unwritten(error: OSError) -> None:
    """What the command says has nowhere to go: a pipe that was closed, a disk that is full."""
    if error.errno not in (errno.ENOSPC, errno.EPIPE):
        raise error
    with contextlib.suppress(OSError):
        print(f"solion: what it says cannot be written: {os.strerror(error.errno)}.", file=sys.stderr, flush=True)
    os._exit(1)


def _interrupt(*_) -> None:
    raise KeyboardInterrupt
