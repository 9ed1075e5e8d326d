"""The explorer's server: on this machine alone, for who has its token, on a page that no other site can speak to."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import secrets
import socket
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bokeh.application import Application
from bokeh.application.handlers import FunctionHandler
from bokeh.server.auth_provider import AuthProvider
from bokeh.server.server import Server
from tornado.web import HTTPError

from solion.app.page import Page
from solion.base.environment import FORBID
from solion.base.errors import InputError

LOOPBACK = "127.0.0.1"
COOKIE = "solion-explorer"


class _Token(AuthProvider):
    """Lets in who names the token, once in the address and then by a cookie, at this server's own name."""

    def __init__(self, token: str, hosts: Sequence[str]):
        self._token, self._hosts = token, hosts
        super().__init__()

    @property
    def get_user(self) -> Any:
        return self._user

    @property
    def login_url(self) -> str:
        return "/"

    def _user(self, handler: Any) -> str:
        if handler.request.host not in self._hosts:  # another name that points here: a page of someone else
            raise HTTPError(403, "this server answers at its own address only")
        origin = handler.request.headers.get("Origin")
        if origin is not None and origin.partition("://")[2] not in self._hosts:
            raise HTTPError(403, "pages of other sites may not speak to this server")
        cookie = f"{COOKIE}-{handler.request.host.rpartition(':')[2]}"
        given = handler.get_argument("token", None)
        if given is not None and secrets.compare_digest(given, self._token):
            with contextlib.suppress(RuntimeError, AssertionError):  # a socket cannot set it any more, and has it
                handler.set_cookie(cookie, given, httponly=True, samesite="Strict")
            return "user"
        kept = handler.get_cookie(cookie, "")
        if kept and secrets.compare_digest(kept, self._token):
            return "user"
        raise HTTPError(403, "open the address that the explorer printed, with its token")


class Explorer:
    """A running explorer: ``address``, with its token, is what a browser opens; :meth:`wait` serves until interrupted.

    ``sources``: built-in studies, study files, results and measured files to begin with; ``root``: the folder below which files
    are read and written.
    """

    def __init__(self, sources: Sequence[str] = (), *, root: Path | None = None, port: int = 0):
        self.root = (root or Path.cwd()).resolve()
        self.token = secrets.token_urlsafe(24)
        self._allowed = os.environ.get(FORBID, "")
        os.environ[FORBID] = "1"  # a click in a browser executes no Python file
        logging.getLogger("bokeh").setLevel(logging.ERROR)  # its remarks on empty parts of a page are for developers
        page = Page(self.root, tuple(sources), _settled)
        port = port or _free_port()
        hosts = [f"{LOOPBACK}:{port}", f"localhost:{port}"]
        try:
            self.server = Server(
                {"/": Application(FunctionHandler(page.open))},
                port=port,
                address=LOOPBACK,
                allow_websocket_origin=hosts,
                auth_provider=_Token(self.token, hosts),
                unused_session_lifetime_milliseconds=60000,
            )
        except OSError as error:
            raise InputError(f"--port {port}: {error.strerror or error}; choose another one.") from None
        self.address = f"http://{LOOPBACK}:{port}/?token={self.token}"

    def wait(self) -> None:
        """Serve until interrupted; what a script executes afterwards is as before."""
        self.server.start()
        try:
            self.server.io_loop.start()
        finally:
            os.environ[FORBID] = self._allowed
            gc.unfreeze()

    def stop(self) -> None:
        """Stop serving, from any thread."""
        self.server.io_loop.add_callback(self.server.stop)
        self.server.io_loop.add_callback(self.server.io_loop.stop)


def _settled() -> None:
    """Programs, libraries and models of the page are looked through for garbage no more; it takes 0.1 s, now and again."""
    gc.collect()
    gc.freeze()


def _free_port() -> int:
    """A port that nothing uses now."""
    with socket.socket() as found:
        found.bind((LOOPBACK, 0))
        return found.getsockname()[1]


def explore(*sources: str, root: Path | None = None, port: int = 0, open_browser: bool = True) -> None:
    """Explore studies in the browser: ``sources`` are built-in studies, study files, results and measured files.

    Serves until interrupted, at this machine's own address alone. Inside a notebook the page stands below the cell instead.
    Raises InputError for a source that is none of these.
    """
    if _in_notebook():
        from bokeh.io import output_notebook, show

        output_notebook(hide_banner=True)
        show(Page((root or Path.cwd()).resolve(), sources).open)
        return
    explorer = Explorer(sources, root=root, port=port)
    print(f"Explorer at {explorer.address}\nIt serves this machine alone; Ctrl-C ends it.", flush=True)
    if open_browser:
        webbrowser.open(explorer.address)
    with contextlib.suppress(KeyboardInterrupt):
        explorer.wait()


def _in_notebook() -> bool:
    """Whether this is a cell of Jupyter."""
    shell = sys.modules.get("IPython")
    return shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell"
