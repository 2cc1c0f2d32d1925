"""Detain, arrest, charge, release: separate, dated, none counted as another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import MOMENT, Act, Forbidden, action
from libertad.access.case_files import case_file
from libertad.journal.crossed import crossed
from libertad.people.actions._identity import identity_said
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.people.hours import counted_from
from libertad.people.models import Detention
from libertad.people.stage_order import rules
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Happened, PersonName, Refused
from libertad.vocabulary.verbs.people import CustodyStatus, TallyCustody

FOLLOWS = {
    "": ("detained", "arrested"),
    "detained": ("arrested", "released"),
    "arrested": ("charged", "released"),
    "charged": ("released",),
    "released": ("detained", "arrested"),
}


def crossed_states(act: Act, detention: str | None) -> list[str]:
    """The states of a detention that two crossing words say."""
    entries = act.tx.entries_touching(f"{Detention._meta.label}:{detention}")
    return [value.value for value in crossed(entries, "state")]


def own_tally(act: Act, person: str) -> str:
    """The counting id of a person whom this authority met itself; '' for others: theirs is another's tally.

    Another's is linked by `link_detention`.
    """
    row = person_at_hand(act, person) if person else None
    is_own = row is not None and row["authority"] == act.actor.authority and open_tally(act, row["counting"])
    return str(row["counting"]) if row is not None and is_own else ""


def _placed(happened: Happened, state: str, day_part: str, row: Mapping[str, Any] | None) -> Happened:
    """Where a moment that is only partly known stands: what begins a detention where it counts from.

    What follows never lies before what it follows; Refused where its minute does.
    """
    past = [row[f"{status}_at"] for status in FOLLOWS if status and row[f"{status}_at"]] if row else []
    last = max(past, default=None)
    if happened.precision == "minute":
        if (
            row
            and not row["crossed"]
            and last is not None
            and happened.at < last.replace(second=0, microsecond=0)
        ):
            raise Refused(
                "happened",
                "this lies before the status before it: write a later moment, or correct that status first",
            )
        return happened
    start = counted_from(happened, day_part) if state in ("detained", "arrested") else happened
    if last is None or start.at > last:
        return start
    return Happened(at=last + MOMENT, zone=start.zone, precision=start.precision)


@action("detention.state", "detention.identity", "tally.custody")
def set_detention(
    act: Act,
    *,
    state: str,
    country: str,
    detention: str | None = None,
    name: Sequence[PersonName] = (),
    site: str = "",
    person: str = "",
    grounds: str = "",
    reasons: str = "",
    day_part: str = "",
    release: str = "",
    court: str = "",
    order: str = "",
    identity: Mapping[str, Any] | None = None,
) -> str:
    """Returns the detention's id. With `person`, someone met is suspect and potential victim at once:
    both statuses stay, each with its date, under the one counting id.

    `day_part`: of a moment known to the day alone; it counts from where that part begins. `release`: how
    somebody is released, on bail or by a court with `court` and `order`; the clock ends once another officer
    has read it (`read_custody`). `identity`: what is known of who is held, as `identify_suspect` takes it."""
    if act.actor.role == "prosecutor" and state in ("detained", "arrested"):
        raise Forbidden("the prosecution charges and releases; detaining and arresting are acts of police")
    place = case_file(act, country)
    row = act.get(Detention, detention) if detention else None
    if detention and (row is None or row["compartment"] != place):
        raise Refused("detention", "there is no such file")
    before = row["state"] if row else ""
    # Where two words crossed, one of the two may be said again: that settles it.
    follows = [*FOLLOWS.get(before, ()), *(crossed_states(act, detention) if row and row["crossed"] else ())]
    if state not in follows:
        raise Refused(
            "state",
            "after '%(before)s' comes one of: %(following)s",
            before=before or marked("nothing"),
            following=", ".join(follows),
        )
    if state == "released" and not reasons.strip():
        raise Refused("reasons", "say why the person is released")
    if state == "released" and not release:
        raise Refused("release", "say how the person is released")
    if state == "released" and release in rules().by_order:
        for field, text in (("court", court), ("order", order)):
            if not text.strip():
                raise Refused(field, "name the court and the number of its order")
    if day_part and act.happened.precision != "day":
        raise Refused("day_part", "give a part of the day, or the hour: not both")
    subject = detention or act.new_id(place)
    if row:
        counting = str(act.open_row(Detention, row)["counting"])
    else:
        counting = own_tally(act, person) or act.new_id()
    content = CustodyStatus(
        reference="" if row else act.reference("D", "detention", country),
        counting="" if row else counting,
        state=state,
        country=country,
        site=site,
        person=person,
        name=tuple(name),
        grounds=grounds,
        reasons=reasons,
        day_part=day_part,
        release=release if state == "released" else "",
        court=court.strip() if state == "released" else "",
        order=order.strip() if state == "released" else "",
    )
    happened = _placed(act.happened, state, day_part, row)
    act.say(place, content, subject=subject, happened=happened)
    if identity:
        act.say(place, identity_said(act, identity), subject=subject, supersedes={}, happened=happened)
    act.say(
        act.operation_compartment,
        TallyCustody(state=state, country=country),
        subject=counting,
        supersedes={},
        happened=happened,
    )
    return subject
