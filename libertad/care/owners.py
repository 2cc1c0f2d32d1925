"""Which care authority a person's record is the task of, as far as this one knows.

Of a protection file it is who keeps it. Without one it is, among the care authorities that read the identity
file, who recorded the person itself; then one that the police named as they met the person, before one that
was let in later; then one of that country. All of it stands in the file itself: its readers agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from libertad.access.actor import Actor
from libertad.access.models import Authority, Compartment, Member, Reader
from libertad.access.queries import can_say
from libertad.people.queries import Recorded


def keepers(actor: Actor, ids: Sequence[str] | None) -> Mapping[str, str]:
    """The authority that keeps a protection file, by the file; of these people or of all."""
    rows = Compartment.objects.filter(kind="care", operation=actor.operation)
    rows = rows if ids is None else rows.filter(about__in=ids)
    return dict(rows.values_list("pk", "owner"))


def decided(actor: Actor, files: Iterable[str], every: bool) -> frozenset[str]:
    """Of these protection files those that a deciding authority reads; asked for who could ask one. `every`:
    they are all that there are."""
    if not can_say(actor, "decision.ask"):
        return frozenset()
    rows = Reader.objects.filter(operation=actor.operation)
    deciding = list(Authority.objects.filter(kind="deciding").values_list("pk", flat=True))
    if every:
        rows = rows.filter(authority__in=deciding)
    else:
        rows = rows.filter(pk__in=[f"{file}:{authority}" for file in files for authority in deciding])
    return frozenset(rows.values_list("compartment", flat=True))


def takers(actor: Actor, met: Sequence[Recorded], every: bool) -> dict[str, str]:
    """By person, the authority that is to take these people, where that is another than the actor's.

    `every`: they are all that there are.
    """
    members = Member.objects.filter(operation=actor.operation, kind="care")
    countries = dict(members.values_list("authority", "country"))
    other_authorities = countries.keys() - {actor.authority}
    if not other_authorities or not met:
        return {}
    by_file = {recorded.compartment: recorded for recorded in met}
    shared = _reading(other_authorities, None if every else by_file)
    shared = {file: kinds for file, kinds in shared.items() if file in by_file}
    own = _reading({actor.authority}, shared)
    takers_by_person = {}
    for file, kinds in shared.items():
        recorded = by_file[file]
        named = {**kinds, **own.get(file, {})}
        takers_by_person[recorded.id] = choose_taker(named, countries, recorded.authority, recorded.country)
    return {person: taker for person, taker in takers_by_person.items() if taker != actor.authority}


def choose_taker(named: Mapping[str, str], countries: Mapping[str, str], met_by: str, country: str) -> str:
    """Of the care authorities that read an identity file the one that is to take the person.

    `named`: by authority, the kind that the file's opening named it by, '' where it was let in later.
    """
    return min(
        named,
        key=lambda authority: (
            authority != met_by,
            not named[authority],
            countries.get(authority) != country,
            authority,
        ),
    )


def _reading(authorities: Iterable[str], files: Iterable[str] | None) -> dict[str, dict[str, str]]:
    """By file and authority, the kind that its row names where the file's own opening named the reader."""
    rows = Reader.objects.filter(authority__in=list(authorities))
    rows = rows if files is None else rows.filter(compartment__in=list(files))
    by_file: dict[str, dict[str, str]] = defaultdict(dict)
    for file, authority, kind in rows.values_list("compartment", "authority", "kind"):
        by_file[file][authority] = kind
    return by_file
