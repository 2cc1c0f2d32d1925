"""Two records are of one person: linked, with reasons. Nothing is merged, and the person is counted once."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.people.actions._linking import both
from libertad.people.actions._person import open_tally
from libertad.vocabulary.verbs.people import PersonSame, TallyLink


def link_same(
    act: Act, *, person: str, other: str, reasons: str, proofs: tuple[str, str], recorded_twice: bool = False
) -> None:
    """Said in both files; the counting ids are linked, so that figures count one person.

    Part of the acts by which a second person confirms it (`answer_link`, `hits/read_hit`). `proofs`: by file
    the hash of what it rests on. Not of the anonymous link: whoever kept the header of an erased proposal
    would learn by it whose count it was.

    Only between records of the open side: that care met somebody too is counted by care.
    """
    row, other_row = both(act, person, other, recorded_twice)
    first = PersonSame(other=other, reasons=reasons, recorded_twice=recorded_twice)
    second = PersonSame(other=person, reasons=reasons)
    sides = ((row, first, person), (other_row, second, other))
    for (side, content, subject), proof in zip(sides, proofs, strict=True):
        act.say(side["compartment"], content, subject=subject, supersedes={}, depends=[proof], proof=proof)
    if open_tally(act, row["counting"]) and open_tally(act, other_row["counting"]):
        link = TallyLink(other=other_row["counting"], same=True)
        act.say(act.operation_compartment, link, subject=row["counting"], supersedes={})
