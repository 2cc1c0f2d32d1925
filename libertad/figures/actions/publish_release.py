"""Publish a release: the sentence's numbers as of a moment, counted inside the transaction."""

from __future__ import annotations

from datetime import datetime

from libertad.access.acting import Act, action
from libertad.access.models import Officer
from libertad.figures.counting import Line
from libertad.figures.tallied import tallied, times
from libertad.operations.models import HitCount, Operation, SiteCount
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import FiguresOf, ReleasePublish


@action("release.publish")
def publish_release(act: Act, *, as_of: datetime, second_reader: str = "") -> str:
    """Returns the release's id. No number can be given: all are counted here, from the tallies."""
    if as_of > max(act.now, act.happened.at):
        raise Refused(
            "as_of", "this moment has not come yet by the operation's clock; give one that has passed"
        )
    place = act.operation_compartment
    operation = act.get(Operation, act.actor.operation)
    if operation is None:
        raise Refused("operation", "there is no such operation")
    by = _signer(act)
    if second_reader.strip() and second_reader.strip().casefold() in by.casefold():
        raise Refused("second_reader", "the second reader is somebody else than who signs")
    counted = tallied(act.tx.sql.all, place, as_of)
    everybody = counted.total
    what = ReleasePublish(
        release_number=act.number(f"release {act.actor.operation[:20]}"),
        as_of=as_of,
        countries=len(operation["countries"]),
        potential_victims=everybody.potential_victims,
        presumed=everybody.presumed,
        confirmed=everybody.confirmed,
        arrests=everybody.arrests,
        sites=times(act.tx.sql.all, SiteCount, place, as_of),
        hits=times(act.tx.sql.all, HitCount, place, as_of),
        second_reader=second_reader.strip(),
        line=tuple(
            FiguresOf(country=country, **vars(counted.lines.get(country, Line())))
            for country in sorted({*operation["countries"], *counted.lines})
        ),
        by=by,
    )
    release = act.new_id()
    act.say(place, what, subject=release, source="decision", supersedes={})
    return release


def _signer(act: Act) -> str:
    row = act.get(Officer, act.actor.officer)
    words = act.opened(Officer, row) if row else {}
    return f"{words.get('rank', '')} {words.get('name', '')}".strip()
