"""Say that another belongs to a person, in both protection files; or that it is over, or was a mistake."""

from __future__ import annotations

from collections.abc import Iterator

from libertad.access.acting import Act, action
from libertad.care.actions._family import listed, standing
from libertad.care.actions._file import protection_file
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.family import INVERSE, FamilyLink

GENERATIONS = 20  # looked back at most


@action("family.link")
def link_family(
    act: Act,
    *,
    person: str,
    relation: str,
    together: str,
    other: str = "",
    name: str = "",
    where: str = "",
    note: str = "",
) -> str:
    """Returns the entry's hash in the person's file. Of one who is recorded it is said in that one's file
    too, the other way round. Refused where somebody would be an own ancestor."""
    content = FamilyLink(
        relation=relation, together=together, other=other, name=name.strip(), where=where, note=note
    )
    place = protection_file(act, content.VERB, person)
    if other:
        if other == person:
            raise Refused("other", "this is the same person; choose another")
        other_place = protection_file(act, content.VERB, other)
        _refuse_circle(act, person, other, relation)
        back = FamilyLink(relation=INVERSE[relation], together=together, other=person, note=note)
        act.say(other_place, back, subject=other)
    return act.say(place, content, subject=person)


@action("family.link")
def end_family(act: Act, *, person: str, entry: str, note: str) -> str:
    """Returns the entry's hash. `entry` is the word that ends; of one who is recorded in both files."""
    place = protection_file(act, FamilyLink.VERB, person)
    row = standing(act, person, "relatives", entry)
    if row["other"]:
        back = next(
            (
                other_row
                for other_row in listed(act, row["other"], "relatives")
                if other_row["other"] == person and not other_row["ended"]
            ),
            None,
        )
        if back is not None:
            # Also where that file is closed: it would say for ever what is known to be wrong.
            other_place = act.compartment("care", row["other"])
            act.say(other_place, _ended(back, note), subject=row["other"])
    return act.say(place, _ended(row, note), subject=person)


def _ended(row: dict[str, str], note: str) -> FamilyLink:
    return FamilyLink(
        relation=row["relation"],
        together=row["together"],
        other=row["other"],
        name=row["name"],
        where=row["where"],
        note=note,
        ended=True,
    )


def _refuse_circle(act: Act, person: str, other: str, relation: str) -> None:
    """Whoever is said to be the child is no ancestor of the one said to be the parent."""
    older, younger = {
        "parent": (other, person),
        "child": (person, other),
        "grandparent": (other, person),
        "grandchild": (person, other),
    }.get(relation, ("", ""))
    if older and younger in set(_ancestors(act, older, person, other)):
        raise Refused(
            "relation",
            "by what is on file it is the other way round, or goes in a circle: end the wrong one first",
        )


def _ancestors(act: Act, start: str, person: str, other: str) -> Iterator[str]:
    """Of this one, by what stands; what stood between these two is said anew."""
    pair, visited, generation = {person, other}, {start}, [start]
    for _depth in range(GENERATIONS):
        older = {
            row["other"]
            for name in generation
            for row in listed(act, name, "relatives")
            if row["relation"] in ("parent", "grandparent")
            and not row["ended"]
            and row["other"]
            and {name, row["other"]} != pair
        } - visited
        yield from older
        visited |= older
        generation = sorted(older)
        if not generation:
            return
