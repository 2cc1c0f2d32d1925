"""What services that are members, and one-time pages, answered about people: rows of `answered`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from libertad.access.actor import Actor
from libertad.access.models import Compartment
from libertad.access.queries import authority_names, can_say, open_row, readable
from libertad.care.answered import Answered, of_member, of_page
from libertad.care.disclosure_models import Disclosure
from libertad.care.outside_models import OpenPage
from libertad.people import queries as people


def answering(actor: Actor, places: Sequence[str]) -> list[str]:
    """Ids of the people about whom services answer in these files."""
    own = Compartment.objects.filter(pk__in=list(places), kind="disclosure", owner=actor.authority)
    return list(own.values_list("about", flat=True))


class Answers:
    """What services answered about people, to who may settle it; with the files from which it is read."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._places: dict[str, set[str]] = defaultdict(set)

    def places(self, person: str) -> set[str]:
        """The files in which services answer about a person, as far as they were read."""
        return self._places[person]

    def read(self, ids: Sequence[str] | None) -> Iterator[tuple[str, list[Answered], str]]:
        """(person, answers, who says that the person is there now), of these people or of all."""
        if not can_say(self.actor, "desk.settle"):
            return
        disclosures, pages = readable(self.actor, Disclosure), readable(self.actor, OpenPage)
        if ids is not None:
            disclosures, pages = disclosures.filter(person__in=ids), pages.filter(person__in=ids)
        sent = {row.file: row for row in disclosures if row.file and row.authority == self.actor.authority}
        if sent:
            names = authority_names([row.recipient for row in sent.values()])
            for file, view in people.served(self.actor, list(sent)).items():
                row = sent[file]
                service = names.get(row.recipient, "")
                self._places[row.person].add(file)
                there = service if view.stage == "here" and not view.stopped else ""
                yield row.person, list(of_member(view, row.pk, service, row.due_at)), there
        for page in pages:
            yield page.person, list(of_page(page, open_row(self.actor, page).get("to", ""))), ""
