"""What waits for a caseworker or the deciding authority, in words: what it is, is counted in `overview`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.queries import can_say, clock_now
from libertad.care import file_lines, models, overview, reads
from libertad.care.asked import RETURN
from libertad.care.file_lines import SAYS, Due, rank
from libertad.care.presenters import CareTodo, FileSeen, PartSeen
from libertad.care.queries_disclosing import disclosures
from libertad.look.times import when
from libertad.vocabulary.codelists import label

FAR = timedelta(days=3650)


@dataclass(frozen=True)
class Waits:
    """What waits in a span of time: how many things, and the first of them."""

    count: int
    first: Sequence[CareTodo]


def care_todos(actor: Actor, ids: Iterable[str] | None = None) -> list[CareTodo]:
    """Due things of these protection files, or of all that the actor reads: the earliest first, those
    without an hour last."""
    person_ids = None if ids is None else list(ids)
    known = {file.key: file for file in reads.files(actor, ids=person_ids) if _is_meant(actor, file)}
    if not known:
        return []
    now = clock_now(actor.operation)
    due = [
        (key, waiting)
        for key, line in file_lines.read(actor, known).items()
        for waiting in line.dues
        if _is_for(actor, waiting) and waiting.waits(now)
    ]
    todos = list(_worded(actor, known, due))
    return sorted(todos, key=lambda todo: (todo.due or now + FAR, rank(todo.kind), todo.reference, todo.kind))


def first_todos(actor: Actor, now: datetime, edges: Sequence[datetime], limit: int) -> list[Waits]:
    """What waits before the first of these moments, between each two, after the last and at no hour; of each
    the first `limit` in words. Of the rest no file is opened."""
    spans = overview.waiting(actor, now, edges, limit)
    listed = [waiting for span in spans for waiting in span.first]
    known = {file.key: file for file in reads.files(actor, ids={key for key, _due in listed})}
    return [Waits(span.count, list(_worded(actor, known, span.first))) for span in spans]


def _is_meant(actor: Actor, file: FileSeen) -> bool:
    """Of several files of a person the one that is meant, where one is; else every one."""
    return not actor.file or file.compartment == actor.file


def _is_for(actor: Actor, due: Due) -> bool:
    """Whether it waits for this reader, by role and officer."""
    verb = SAYS[due.kind]
    return (not verb or can_say(actor, verb)) and due.is_for(actor.officer)


def _worded(actor: Actor, known: dict[str, FileSeen], due: Iterable[tuple[str, Due]]) -> Iterator[CareTodo]:
    """In the order given; without what is gone since it was counted."""
    listed = [(known[person], due_now) for person, due_now in due if person in known]
    wording = _Wording(actor, listed)
    for file, waiting in listed:
        words = wording.words(file, waiting)
        if words is not None:
            yield CareTodo(
                kind=waiting.kind,
                person=file.person,
                reference=file.reference,
                name=file.name,
                due=waiting.due,
                zone=file.opened.zone,
                provenance=file.provenance,
                query=file.query,
                **words,
            )


class _Wording:
    """The parts that things to do are about, read together, and how each is told."""

    def __init__(self, actor: Actor, listed: Sequence[tuple[FileSeen, Due]]) -> None:
        def parts(model: type[Any], *kinds: str) -> dict[str, PartSeen]:
            keys = [due.part for _file, due in listed if due.kind in kinds]
            return {part.id: part for part in reads.parts(actor, model, ids=keys)} if keys else {}

        self.identified = parts(models.Identification, "second-reading")
        self.returned = parts(models.ReturnDecision, "return-reading", "ends", "appeal")
        self.asked = parts(models.DecisionAsked, "asked")
        self.referred = parts(models.Referral, "stop", "referral", "given")
        keys = [due.part for _file, due in listed if due.kind == "referral" and due.part not in self.referred]
        self.disclosed = {view.id: view for view in disclosures(actor, ids=keys)} if keys else {}
        undecided = [file.compartment for file, due in listed if due.kind == "identify"]
        refused = reads.refused(actor, undecided) if undecided else ()
        self.refused = frozenset(refused)

    def words(self, file: FileSeen, due: Due) -> dict[str, Any] | None:
        """None for a part that is no longer there."""
        if due.kind in ("second-reading", "return-reading"):
            return self._reading(file, due)
        if due.kind in ("stop", "referral", "given"):
            return self._referral(file, due)
        if due.kind == "asked":
            return self._asking(file, due)
        person = (file.person,)
        match due.kind:
            case "contact":
                return _words(
                    _("Ask how the person is"), file.afterwards, _("Record the contact"), "care-close", person
                )
            case "closing-reading":
                why = _("It counts once another officer has agreed. Until then the file is open.")
                return _words(
                    _("Second reading: closing the file"),
                    why,
                    _("Read and decide"),
                    "care-close-read",
                    person,
                )
            case "keep-until":
                why = _("The file is kept until then. Keep it longer, or ask for its erasure.")
                return _words(_("Decide whether the file is kept"), why, _("Decide"), "care-erasure", person)
            case "erasure":
                why = _("A caseworker asks for it. Another one decides, and nothing brings the file back.")
                return _words(_("Decide: erase this file"), why, _("Read and decide"), "care-erasure", person)
            case "identify":
                why = _("Until somebody has decided the person is treated as a potential victim.")
                if file.compartment in self.refused:
                    why = _("The second reader did not agree: somebody decides anew.")
                return _words(
                    _("Decide: victim or not"), why, _("Screen and decide"), "care-screening", person
                )
            case "review":
                return _words(
                    _("Review the decision"),
                    _("The review date that was set."),
                    _("Review"),
                    "care-screening",
                    person,
                )
            case "guardian":
                return _words(
                    _("Name a guardian"),
                    _("The rules for a child apply, and nobody is on file who decides beside the child."),
                    _("Name one"),
                    "care-guardian",
                    person,
                )
            case "wish":
                return _words(
                    _("Ask what the person wants"),
                    _("No wish is on file, so nothing can be decided."),
                    _("Record the wish"),
                    "care-wish",
                    person,
                )
            case "ask":
                return _words(
                    _("Ask for the decision"),
                    _("Return or stay: no deciding authority was asked, and none reads this file."),
                    _("Ask it"),
                    "care-ask",
                    person,
                )
            case "return":
                return _words(
                    _("Decide: return or stay"),
                    _(label("wishes", file.wish)),
                    _("Decide"),
                    "care-return",
                    person,
                )
        ruled = self.returned.get(due.part)
        if ruled is None:
            return None
        if due.kind == "appeal":
            return _words(
                _("Ask what came of the appeal"),
                _("Nobody travels before its outcome is on file.")
                if file.suspended
                else _("It does not suspend the decision."),
                _("Open"),
                "care-return",
                person,
            )
        return _words(
            _("The decision ends"),
            _(label("return-decisions", ruled.plain["decision"])),
            _("Open"),
            "care-return",
            person,
        )

    def _asking(self, file: FileSeen, due: Due) -> dict[str, Any] | None:
        asking = self.asked.get(due.part)
        if asking is None:
            return None
        what = asking.plain["what"]
        why = _("%(who)s asked on %(when)s.") % {"who": asking.by, "when": when(asking.when)}
        return _words(
            _("Care asks you: %(what)s") % {"what": _(label("decision-asks", what))},
            f"{why} {asking.words.get('words', '')}".strip(),
            _("Read and decide"),
            "care-return" if what == RETURN else "care-screening",
            (file.person,),
        )

    def _reading(self, file: FileSeen, due: Due) -> dict[str, Any] | None:
        second = due.kind == "second-reading"
        decision = (self.identified if second else self.returned).get(due.part)
        if decision is None:
            return None
        decision_label = (
            label("identification-statuses", decision.plain["status"])
            if second
            else label("return-decisions", decision.plain["decision"])
        )
        return _words(
            _("Second reading: %(what)s") % {"what": _(decision_label)},
            _("Decided by %(who)s. It needs another reader before it counts.") % {"who": decision.by},
            _("Read and decide"),
            "care-reading" if second else "care-return-reading",
            (file.person, decision.id),
        )

    def _referral(self, file: FileSeen, due: Due) -> dict[str, Any] | None:
        waits = _("%(service)s: waits for an answer")
        if (view := self.disclosed.get(due.part)) is not None:
            title = waits % {"service": _(label("services", view.service))}
            why = _("Asked: %(who)s.") % {"who": view.recipient}
            return _words(title, why, _("Open"), "care-disclosure", (file.person, view.id))
        referral = self.referred.get(due.part)
        if referral is None:
            return None
        service = _(label("services", referral.plain["service"]))
        recipient = {"who": referral.words.get("to", "")}
        titles = {
            "stop": _("Agreement withdrawn: tell %(service)s"),
            "referral": waits,
            "given": _("%(service)s: was it given?"),
        }
        stop = _("%(who)s was told under it and may still go on.")
        why = (stop if due.kind == "stop" else _("Asked: %(who)s.")) % recipient
        return _words(
            titles[due.kind] % {"service": service},
            why,
            _("Record the answer"),
            "care-referral",
            (file.person, referral.id),
        )


def _words(title: str, why: str, button: str, route: str, args: tuple[str, ...]) -> dict[str, Any]:
    return {"title": title, "why": why, "button": button, "route": route, "args": args}
