"""Publish a release: the sentence's numbers as of a moment, counted inside the transaction."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.access.models import Officer
from libertad.figures.snapshot import release_fields
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import ReleasePublish


@action("release.publish")
def publish_release(act: Act, *, as_of: datetime, second_reader: str = "", block: str = "") -> str:
    """Returns the release's id. No number can be given: all are counted here, from the tallies."""
    if as_of > max(act.now, act.happened.at):
        raise Refused(
            "as_of", "this moment has not come yet by the operation's clock; give one that has passed"
        )
    fields = release_fields(act, as_of, block)
    by = _signer(act)
    if second_reader.strip() and second_reader.strip().casefold() in by.casefold():
        raise Refused("second_reader", "the second reader is somebody else than who signs")
    what = ReleasePublish(
        release_number=act.number(f"release {act.actor.operation[:20]}"),
        second_reader=second_reader.strip(),
        by=by,
        **fields,
    )
    release = act.new_id()
    act.say(act.operation_compartment, what, subject=release, source="decision", supersedes={})
    return release


def _signer(act: Act) -> str:
    row = act.get(Officer, act.actor.officer)
    words = act.opened(Officer, row) if row else {}
    return f"{words.get('rank', '')} {words.get('name', '')}".strip()
