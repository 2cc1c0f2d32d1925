"""Who confirms that two records are of one person, and as what both stand when it is proposed.

A second person of the authority that proposed it, in a role that may link. It waits and lapses as a proposal
to share a file does (`access/sharing.py`): no clock shortens the wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

from libertad.access.appointments import Staff
from libertad.access.matrix import matrix
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.danger import PersonDanger
from libertad.vocabulary.verbs.people import (
    PersonMeet,
    PersonMeeting,
    PersonNotSame,
    PersonSame,
    PersonState,
)

PROPOSE, SAME = "link.propose", "person.same"
# What a proposal is about: said of either since, it has to be read and proposed anew.
ABOUT = (PersonMeet, PersonMeeting, PersonState, PersonDanger)
LINKS = (PersonSame, PersonNotSame)


def linkers() -> frozenset[str]:
    """The roles that say that two records are of one person."""
    return matrix().entries[SAME].say


def second_persons(staff: Staff, officer: str) -> set[str]:
    """Who of an authority confirms what one of its officers proposed; none where nobody can."""
    return staff.seconds(officer, linkers())


def digest(pair: Collection[str], entries: Iterable[Said]) -> str:
    """What was said of who both are, and of whether they are one, of the entries of both."""
    names = sorted(
        {
            entry.id
            for entry in entries
            if isinstance(entry.content, ABOUT)
            or (isinstance(entry.content, LINKS) and {entry.subject, entry.content.other} == {*pair})
        }
    )
    return hashlib.sha256(" ".join(names).encode()).hexdigest()
