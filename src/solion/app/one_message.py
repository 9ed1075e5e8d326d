"""Changes of a page that reach the browser together.

Bokeh sends a message for each attribute that changes, and lists all models of the page for each: 0.7 ms, sixty times for a new
loop, and the browser draws in between. Where models change that others hold, it looks through all of the page each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from bokeh.document.events import DocumentPatchedEvent


@contextlib.contextmanager
def one_message(document: Any, *, models: bool = False) -> Iterator[None]:
    """All changes made meanwhile are sent in one message. Nothing is held back where the document has no session of a server.

    ``models``: models are made or change hands, for which the whole page is looked through once, at the end.
    """
    session = getattr(getattr(document, "session_context", None), "session", None)
    if session is None or document.callbacks.hold_value is not None:
        yield
        return
    document.hold("collect")
    try:
        with document.models.freeze() if models else contextlib.nullcontext():
            yield
    finally:
        held, document.callbacks._held_events = document.callbacks._held_events, []
        document.unhold()
        changes = []
        for event in held:
            if not isinstance(event, DocumentPatchedEvent):  # a callback that was added or removed
                document.callbacks.trigger_on_change(event)
                continue
            if event.callback_invoker is not None:
                event.callback_invoker()
            changes.append(event)
        _send(session, changes)


def _send(session: Any, changes: list[Any]) -> None:
    """As the session itself sends one change (``ServerSession._document_patched``)."""
    for connection in session._subscribed_connections if changes else ():
        message = connection.protocol.create("PATCH-DOC", changes)
        session._pending_writes.append(connection._socket.send_message(message))
