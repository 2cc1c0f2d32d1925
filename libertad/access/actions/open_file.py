"""Record that a file is opened: before the page is shown, and named by the server."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.vocabulary.verbs.access import FileOpen


@action("file.open")
def open_file(act: Act, *, compartment: str, subject: str, page: str) -> None:
    """`page` comes from the view's own code, never from the request."""
    act.say(compartment, FileOpen(page=page), subject=subject, source="saw")
