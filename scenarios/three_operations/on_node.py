"""What the driver asks of a node process: functions that run there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from libertad.access.acting import Forbidden, perform
from libertad.access.actor import Actor
from libertad.access.models import Compartment, Reader
from libertad.care import queries as care
from libertad.exchange import queries_removed, scheduler
from libertad.exchange.onboarding import admission
from libertad.exchange.sync import silent_peers
from libertad.hits import index, private
from libertad.hits.actions._hit import MODELS
from libertad.hits.models import Hit
from libertad.hits.private import admitting, queries, service
from libertad.hits.private.tokens import tokens_of
from libertad.hits.scoring import catch_up
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.people import queries as people
from libertad.vocabulary.values import Refused
from scenarios.operation_libertad_2018.stage import action
from scenarios.replay.exchange_on_node import Standing, standing

MOST = 100  # lines of a log


@dataclass(frozen=True)
class Answer:
    """What one authority answered to a question in private: a hit, none, or why it was not answered.

    `ref`: of the asker's own record.
    """

    ref: str
    what: str
    kinds: tuple[str, ...] = ()
    contact: str = ""
    handle: str = ""


def begin(port: int, every: float) -> None:
    """Answer peers on this port, and ask each of them every so many seconds."""
    from scenarios.replay import on_node

    admission.register()
    on_node.listen(port)
    scheduler._loop = scheduler.Scheduler(node(), every=every, longest=every * 2, processes=False).start()


def invite(actor: Actor, **invited: Any) -> tuple[str, str]:
    """(authority, text of the invitation)."""
    invitation, text = admission.invite_node(actor, provenance="generated", **invited)
    return invitation.authority, text


def join(text: str, **founding: Any) -> str:
    """Found the authority of an invitation here; returns its administrator."""
    officer = admission.join(text, provenance="generated", **founding).officer
    scheduler.start().wake()
    return officer


def join_again(text: str, address: str) -> None:
    """Join a further operation with the keys that are here."""
    admission.join_with(text, address=address)
    scheduler.start().wake()


def member_of(authority: str, operation: str) -> bool:
    """Whether the operation has arrived here, and this authority reads it."""
    place = Compartment.objects.filter(kind="operation", about=operation).values_list("pk", flat=True).first()
    return (
        place is not None
        and Reader.objects.filter(pk=f"{place}:{authority}").exists()
        and bytes.fromhex(place) in node().rings.open[authority].current
    )


def do(actor: Actor, name: str, arguments: dict[str, Any]) -> Any:
    """Perform an action of the stage by its name."""
    return perform(actor, action(name), provenance="generated", **arguments)


def operation_file(operation: str) -> str:
    return str(Compartment.objects.get(kind="operation", about=operation).pk)


def progress() -> Standing:
    """How far this node is, without the peers that it asks no more since it was removed."""
    here, state = node(), standing()
    silent = silent_peers.silent(scheduler.start().exchange, here.sql())
    return replace(
        state, taken={log: at for log, at in state.taken.items() if log.removesuffix("/care") not in silent}
    )


def operations() -> dict[str, str]:
    """Entry -> operation, of all entries here whose file's opening is here; '' of none."""
    rows = Sql().all(
        "select e.hash, c.operation, c.kind, c.about from journal_entry e "
        "left join access_compartment c on c.id = e.compartment"
    )
    return {
        bytes(name).hex(): (about if kind == "operation" else operation) or ""
        for name, operation, kind, about in rows
    }


def held_back() -> int:
    row = Sql().first("select count(*) from journal_held")
    return int(row[0]) if row else 0


def removed(authority: str) -> list[tuple[str, str]]:
    """(operation, reason) of each removal that this node was told."""
    return [(row.operation, row.reason) for row in queries_removed.removed([authority])]


def finds_people(actor: Actor) -> list[str]:
    """All people in the officer's list."""
    return sorted(people.keys(actor))


def care_file(actor: Actor, person: str) -> bool:
    return care.file(actor, person) is not None


def erasure_asked(actor: Actor, person: str) -> str:
    """The entry that asks for the erasure of a person's protection file; '' without one."""
    file = care.file(actor, person)
    return file.erasure["entry"] if file is not None and file.erasure else ""


def erased(files: list[str]) -> list[str]:
    """Those of these files whose keys this node destroyed."""
    gone = {place.hex() for place in node().rings.erased_places()}
    return sorted(gone.intersection(files))


def files_of(person: str) -> list[str]:
    return sorted(Compartment.objects.filter(about=person).values_list("pk", flat=True))


def tried(actor: Actor, name: str, arguments: dict[str, Any]) -> str:
    """What an action was refused with; '' where it was done."""
    try:
        do(actor, name, arguments)
    except (Refused, Forbidden) as why:
        return str(why)
    return ""


def ordinary_hits() -> list[tuple[str, str]]:
    """Records of two operations that this node put together by itself, all that it holds compared."""
    catch_up(node())
    pairs = sorted(Hit.objects.values_list("left", "right"))
    return [pair for pair in pairs if len({operation_of(ref) for ref in pair}) > 1]


def operation_of(ref: str) -> str:
    """The operation of a record, 'person:<id>' and so on."""
    kind, _, key = ref.partition(":")
    return str(MODELS[kind]._default_manager.get(pk=key).operation)  # type: ignore[attr-defined]


# -- asking in private -------------------------------------------------------------------------------


def answers(actor: Actor, contact: str, askers: list[str]) -> None:
    """The actor's authority answers from its operation's records, and admits these."""
    admitting.answer(service.private().holding, actor, contact)
    for asker in askers:
        admitting.admit(node(), actor, asker, "Both are in the operation")


def ask(actor: Actor, owner: str, case: str, refs: list[str]) -> list[Answer]:
    """Ask an owner for records that the actor's authority has from any of its operations."""
    subjects, given = index.subjects(actor.authority, refs), []
    for ref in refs:
        record = subjects[ref].record
        if not tokens_of(record):
            raise RuntimeError(f"{ref} says nothing that can be asked for")
        for answer in private.ask(actor, case, record, [owner]).get(owner, []):
            kinds = tuple(sorted(part.kind for part in answer.weights)) if answer.what == "hit" else ()
            given.append(Answer(ref, answer.what, kinds, answer.contact, answer.handle))
    return given


def open_card(authority: str, handle: str) -> str:
    """Which of its own records an owner is called about; '' where the handle is none of its cards."""
    card = queries.met(node().sql(), authority, handle)
    return card.ref if card is not None else ""


def answered(authority: str) -> list[tuple[str, str, int]]:
    """(who asked, case, records opened) of the owner's log."""
    log = queries.answered(node().sql(), authority, MOST)
    return [(line.peer, line.case, len(line.met)) for line in log]
