"""Set a window in which teams act together, or change one."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.access.closed import refuse_plans
from libertad.operations.actions._planning import check_near
from libertad.operations.models import Window
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import WindowSet


@action("window.set")
def set_window(act: Act, *, name: str, opens: datetime, closes: datetime, window: str = "") -> str:
    """Returns the window's id. With `window` it takes the place of what that window said."""
    refuse_plans(act, "name")
    content = WindowSet(name=name, opens=opens, closes=closes)
    check_near(act, opens, "opens")
    check_near(act, closes, "closes")
    supersedes = act.supersedes
    if window:
        row = act.get(Window, window)
        if row is None or row["operation"] != act.actor.operation:
            raise Refused("window", "there is no such window")
        supersedes = supersedes or {field: tuple(entries) for field, entries in row["shown"].items()}
    subject = window or act.new_id()
    act.say(act.operation_compartment, content, subject=subject, supersedes=supersedes)
    return subject
