"""Entries -> detentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.journal.corrections import behind
from libertad.journal.crossed import crossed, holding
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, latest, live, project
from libertad.people import fold_hours, fold_silence, suspect
from libertad.people.fold import by_their_own, entries_stating, to_json
from libertad.people.models import Detention
from libertad.vocabulary.verbs import people as say


def _detains(entry: Said) -> bool:
    """The first word about a detention gives its reference; what follows does not."""
    return bool(getattr(entry.content, "reference", ""))


DETENTION = ("name", "grounds", "site")  # what a correction may change of its words


def standing_states(entries: Sequence[Said]) -> list[tuple[Said, say.CustodyStatus]]:
    """The statuses that stand, in order: none that a correction took the place of.

    That the suspect is somebody met repeats the status of that moment, and is none itself.
    """
    pairs = []
    for value in live(entries, "state"):
        content = cast(say.CustodyStatus, value.said.content)
        if not content.person or content.reference:
            pairs.append((value.said, content))
    return pairs


@project(
    Detention,
    verbs=(
        "detention.state",
        "detention.stage",
        "detention.read",
        "detention.link",
        "detention.identity",
        "detention.right",
    ),
    key=lambda entry: (entry.subject,),
    begins=_detains,
)
def detention_row(key: str, entries: Sequence[Said]) -> Row | None:
    spoken = by_their_own([s for s in entries if isinstance(s.content, say.CustodyStatus)])
    if not spoken:
        return None
    first, contents = spoken[0], [cast(say.CustodyStatus, s.content) for s in spoken]
    states = standing_states(spoken)
    # While a release crosses with another word the person counts as held, and the clock runs.
    stand, spoken_ids = {entry.id for entry, _content in states}, {entry.id for entry in spoken}
    rest = [s for s in entries if not isinstance(s.content, say.CustodyStatus) or s.id in spoken_ids]
    last, words = holding(rest, "state", "released"), crossed(rest, "state")
    if last is not None and last.said.id not in stand:  # it only repeats a status
        last = None
    unsettled = {value.said.id for value in words if value.value == "released"}
    dates = dict.fromkeys(("detained", "arrested", "charged", "released")) | {
        content.state: s.at for s, content in reversed(states)
    }

    def first_stated(field: str) -> str:
        return next((str(getattr(content, field)) for content in contents if getattr(content, field)), "")

    def now(field: str) -> str:
        value = latest(entries_stating(spoken, field), field)
        return str(value.value) if value else ""

    settled = [s for s in states if s[0].id not in unsettled]
    stages, releases = (
        fold_hours.standing(entries),
        [s for s, content in settled if content.state == "released"],
    )
    flaws = fold_silence.flaws(releases, stages, entries, first_stated("country"))
    stretches = fold_hours.stretches(
        [s for s in settled if not flaws.get(s[0].id)], [s for s in stages if not flaws.get(s.id)]
    )
    extra = {
        "unheard": fold_silence.words([*releases, *stages], flaws),
        "clock": fold_hours.clock(stretches),
        "periods": fold_hours.periods(stretches),
        "stages": fold_hours.stages(entries, flaws),
        "linked": fold_hours.linked(entries),
        "identity": suspect.identity(by_their_own(entries)),
        "rights": suspect.rights(entries),
    }
    return Row(
        first.compartment,
        {
            "reference": first_stated("reference"),
            "country": first_stated("country"),
            "site": now("site"),
            "authority": first.authority,
            "zone": first.happened.zone,
            "state": last.value if last else states[-1][1].state if states else "",
            **{f"{state}_at": at for state, at in dates.items()},
            "crossed": ["state"] if words else [],
        },
        {
            "counting": first_stated("counting"),
            "person": first_stated("person"),
            "name": [to_json(v.value) for v in live(entries_stating(spoken, "name"), "name")],
            "grounds": now("grounds"),
            "reasons": [content.reasons for _said, content in states if content.reasons],
            "shown": behind(spoken, DETENTION),
            "standing": [[s.id, content.state, to_ms(s.at), s.authority] for s, content in states],
            **{name: value for name, value in extra.items() if value},
        },
    )
