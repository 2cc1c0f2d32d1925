"""Correct a meeting: where, when and how a person was met. What was said before stays on file, superseded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._correcting import correction
from libertad.access.closed import refuse_new
from libertad.journal.causal import Standing
from libertad.journal.corrections import behind
from libertad.journal.folding import Said
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.people.meetings import (
    COUNTED,
    MEETING,
    counting_entry,
    disputed,
    meeting_entries,
    standing,
    standing_entries,
)
from libertad.people.models import Person, Tally
from libertad.vocabulary.bounds import check_past
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.people import PersonMeeting, TallyPerson


@action("person.meeting", "tally.person")
def correct_meeting(act: Act, /, *, person: str, reasons: str, workplace: str = "", **given: Any) -> str:
    """Returns the entry's hash. Takes the fields of `meetings.MEETING`; `workplace` is that of the site.

    Only the authority that met the person corrects the meeting. The anonymous count follows in workplace and
    time; the age stays as it was counted.
    """
    row = person_at_hand(act, person)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that met the person corrects the meeting")
    entries = meeting_entries(Standing(act.tx.entries_touching(f"{Person._meta.label}:{person}")))
    now = standing(entries)
    before = _shown_time(act, entries) or now["met"]
    if "met" in given and "met" not in disputed(entries) and _same(given["met"], before):
        del given["met"]
    if "met" in given:
        _check_time(act, row, given["met"])
    change = correction(
        act,
        {**row, "shown": standing_entries(entries)},
        PersonMeeting,
        given,
        reasons,
        MEETING,
        ("site", "visit"),
    )
    content = PersonMeeting(**change.said, reasons=reasons)
    entry = act.say(row["compartment"], content, subject=person, supersedes=change.supersedes)
    if not {"met", "site"}.isdisjoint(change.said) and open_tally(act, row["counting"]):
        count_correction(act, row["counting"], change.said.get("met") or now["met"], change.said, workplace)
    return entry


def _shown_time(act: Act, entries: Sequence[Said]) -> Happened | None:
    """The time that the form showed: a colleague may have corrected it since. None where it named none."""
    named = act.supersedes.get("met", ())
    times = [
        entry.content.met if isinstance(entry.content, PersonMeeting) else entry.happened
        for entry in entries
        if entry.id in named
    ]
    return times[-1] if times else None


def _same(happened: Happened | None, before: Happened) -> bool:
    """Whether a form that shows minutes was left as it was."""
    minutes = [
        moment.at.replace(second=0, microsecond=0) for moment in (happened, before) if moment is not None
    ]
    return len(minutes) == 2 and minutes[0] == minutes[1]


def _check_time(act: Act, row: dict[str, Any], met: Happened | None) -> None:
    if met is None:
        raise Refused("met", "say when it was, as far as it is known")
    check_past(met, act.now, "met")
    own = act.member(act.actor.authority)
    if (own is None or own["kind"] != "care") and row["danger"] == "none":  # as for meeting somebody
        refuse_new(act, "met", met)


def count_correction(
    act: Act, counting: str, met: Happened, values: Mapping[str, Any], workplace: str
) -> None:
    """The anonymous count says where and when it was as it stands now, where that is not what it says."""
    entries = Standing(act.tx.entries_touching(f"{Tally._meta.label}:{counting}"))
    stands = counting_entry(entries)
    if stands is None:
        return
    first, at, place = stands
    before = behind([entry for entry in entries if isinstance(entry.content, TallyPerson)], COUNTED)
    place_now = workplace if "site" in values else place
    settled = all(len(behind_) < 2 for behind_ in before.values())
    if settled and (at, place) == (met.at, place_now):
        return
    tally_person = cast(TallyPerson, first.content)
    content = TallyPerson(
        country=tally_person.country,
        age_group=tally_person.age_group,
        sex=tally_person.sex,
        workplace=place_now,
        corrected=True,
    )
    old = {name: tuple(ids) for name, ids in before.items() if ids}
    act.say(act.operation_compartment, content, subject=counting, supersedes=old, happened=met)
