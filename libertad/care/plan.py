"""The case plan: which words of it stand, and which of them a second officer has read.

A pure function of the words in the order in which they were said. A reading counts for exactly the words that
it names, and for none that its reader wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from libertad.access.second_persons import CASEWORKER, SUPERVISOR
from libertad.journal.folding import Said
from libertad.vocabulary.verbs.plans import PlanRead, PlanRecord


@dataclass(frozen=True)
class Plan:
    """`unread`: of each goal the last word, where nobody second has read it. `objection`: the last reading
    that said no, to what stands now."""

    unread: Sequence[Said]
    objection: Said | None = None

    @property
    def authors(self) -> list[str]:
        """Who wrote what waits."""
        return sorted({entry.officer for entry in self.unread})


def plan_of(entries: Iterable[Said]) -> Plan:
    """The plan after all these words, of one desk."""
    last: dict[str, Said] = {}
    read: set[str] = set()
    objection: Said | None = None
    for entry in entries:
        match entry.content:
            case PlanRecord(corrects=corrects):
                if not corrects or corrects in last:
                    last[corrects or entry.id] = entry
            case PlanRead(goals=goals, agrees="yes"):
                own = {word.id for word in last.values() if word.officer == entry.officer}
                read |= set(goals) - own
            case PlanRead():
                objection = entry
    unread = [entry for entry in last.values() if entry.id not in read]
    standing = {entry.id for entry in unread}
    if objection is not None and not _stands(objection, standing):
        objection = None
    return Plan(unread, objection)


def _stands(objection: Said, standing: set[str]) -> bool:
    """Whether all that was objected to is as it was: changed since, it waits to be read anew."""
    content = objection.content
    return isinstance(content, PlanRead) and set(content.goals) <= standing


def second_readers(roles: Mapping[str, str], authors: Iterable[str]) -> set[str]:
    """Who reads what these officers wrote, of those at work (by officer the role): supervisors; where none of
    them is another, every other caseworker; nobody in a force of one, whose plan stands as read by nobody."""
    writers = set(authors)
    for role in (SUPERVISOR, CASEWORKER):
        listed = {key for key, has in roles.items() if has == role and key not in writers}
        if listed:
            return listed
    return set()
