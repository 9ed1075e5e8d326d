"""Runs beside the page: one at a time, the latest request wins, and a run can be cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from solion.base.errors import SolionError


class CancelledError(BaseException):
    """A run was cancelled, by the page or by a newer request; no fault, so that no handler of faults takes it for one."""


class Worker:
    """Does one thing at a time in a thread of its own; ``tell`` (progress) and ``done`` (outcome, sentence) are called there."""

    def __init__(self, tell: Callable[[Any], None], done: Callable[[Any, str], None]):
        self._tell, self._done = tell, done
        self._lock = threading.Lock()
        self._wanted: Callable[[Callable[[Any], None]], Any] | None = None
        self._cancelled = False
        self._thread: threading.Thread | None = None

    def ask(self, work: Callable[[Callable[[Any], None]], Any]) -> None:
        """Do this as soon as what runs now has stopped; an earlier request that has not begun is forgotten."""
        with self._lock:
            self._wanted, self._cancelled = work, True
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="explorer", daemon=True)
                self._thread.start()

    def cancel(self) -> None:
        """Stop what runs, at its next word of progress, and forget what was asked."""
        with self._lock:
            self._wanted, self._cancelled = None, True

    def _progress(self, progress: Any) -> None:
        if self._cancelled:
            raise CancelledError
        self._tell(progress)

    def _run(self) -> None:
        while True:
            with self._lock:
                work, self._wanted, self._cancelled = self._wanted, None, False
                if work is None:
                    self._thread = None
                    return
            try:
                outcome, sentence = work(self._progress), ""
            except CancelledError:
                if self._wanted is None:
                    self._done(None, "Cancelled.")
                continue
            except SolionError as error:
                outcome, sentence = None, str(error)
            except Exception as error:  # a user's law or view may raise anything: the page goes on
                outcome, sentence = None, f"{type(error).__name__}: {error}"
            self._done(outcome, sentence)
