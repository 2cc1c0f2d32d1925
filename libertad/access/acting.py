"""Acting: the one place that checks a right and writes.

`perform(actor, action, ...)` runs an action in the node's writer, in one transaction: its entries,
their audit and their folds are all there after the commit, or none is.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from libertad.access import features
from libertad.access.about import asks, judge_about
from libertad.access.actor import Actor, founding
from libertad.access.amount_pace import ASKED
from libertad.access.claims import Claim
from libertad.access.confirmed import SCRIPT
from libertad.access.epochs import epochs
from libertad.access.file_ids import derive_file
from libertad.access.grounds import Grounds
from libertad.access.matrix import MatrixError, matrix
from libertad.access.numbering import Numbering
from libertad.access.operation_files import pin_file
from libertad.access.subjects import is_author
from libertad.access.submissions import submit_once
from libertad.journal.corrections import reason_of
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import VERBS, Body, Provenance, Verb, statements
from libertad.vocabulary.bounds import check_past
from libertad.vocabulary.retiring import refuse_retired
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.access import CompartmentOpen, CompartmentReaders

MOMENT = timedelta(milliseconds=1)
P = ParamSpec("P")
R = TypeVar("R")
# After these, what is kept of rights is asked for again.
GRANTS = frozenset(
    {
        "officer.appoint",
        "officer.withdraw",
        "officer.suspend",
        "officer.uphold",
        "officer.restore",
        "operation.clock",
        "operation.close",
        "operation.reopen",
        "compartment.open",
        "compartment.readers",
        "compartment.remove",
    }
)
# That somebody looked: each look is said, also where one form asks for several.
LOOKS = ("file.open", "search.made", "complaint.open")
ACTIONS: dict[str, list[Callable[..., Any]]] = {}
# What `perform` takes for the act itself: an action of its own parameter with such a name never got it.
RESERVED = frozenset({"happened", "source", "interpreter", "supersedes", "provenance"})


class Forbidden(Exception):
    """This officer may not do this. The message names the act, never what it was about; as with Refused."""

    def __init__(self, message: str, /, **parameters: object) -> None:
        self.message = message
        self.parameters = parameters
        super().__init__(message % parameters if parameters else message)


def new_id() -> str:
    """A random id of 16 bytes, hex: says nothing about what it names. `Act.new_id` proves whose it is."""
    return os.urandom(16).hex()


def action(*verbs: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a function as an action that says these verbs; each needs its row in the matrix.

    Raises `MatrixError` for a verb without one, and for a parameter that `perform` takes for the act itself.
    """

    def mark(function: Callable[P, R]) -> Callable[P, R]:
        if swallowed := RESERVED.intersection(inspect.signature(function).parameters):
            names = ", ".join(sorted(swallowed))
            raise MatrixError(f"{function.__qualname__}: {names} is what the act has; name it otherwise")
        for verb in verbs:
            if verb not in matrix().entries:
                raise MatrixError(f"the verb {verb} has no row in matrix.yaml")
            if "" in VERBS[verb].RETIRED:
                raise MatrixError(f"the verb {verb} is retired: no action says it")
            ACTIONS.setdefault(verb, []).append(function)
        return function

    return mark


class Act(Numbering):
    """What an action works with: the actor, the transaction, what it looks up in it, and `say`.

    `asked`: the method of the page by which an officer asks for it, '' where nobody does (`amount_pace`).
    """

    asked = ""

    def __init__(
        self,
        tx: Transaction,
        actor: Actor,
        happened: Happened | None = None,
        source: str = "saw",
        interpreter: str = "",
        supersedes: Mapping[str, tuple[str, ...]] | None = None,
        provenance: Provenance = "",
    ) -> None:
        self.tx = tx
        self.node = tx.node
        self.actor = actor
        self.source = source
        self.interpreter = interpreter
        self.supersedes = dict(supersedes or {})
        self.provenance: Provenance = provenance
        self._happened = happened
        self.is_dated = happened is not None  # a moment was given for it, other than now

    @property
    def happened(self) -> Happened:
        """When the act happened: as given, else now, in the actor's zone."""
        if self._happened is None:
            now = Happened(at=self.now, zone=self.actor.zone)
            self._happened = self.script.moment(now) if self.script is not None else now
        return self._happened

    # -- saying ----------------------------------------------------------------------------

    def say(
        self,
        compartment: str,
        what: Verb,
        *,
        subject: str,
        supersedes: Mapping[str, tuple[str, ...]] | None = None,
        depends: Iterable[str] = (),
        source: str | None = None,
        happened: Happened | None = None,
        provenance: Provenance | None = None,
        nonce: str = "",
        proof: str = "",
    ) -> str:
        """Append one entry after checking the right; returns the entry's hash (hex).

        `nonce`, `proof`: see `Body`.
        """
        kind = self.kind(compartment)
        old = self.supersedes if supersedes is None else supersedes
        nonce = nonce or self.tx.nonces.pop(subject, "")
        self._check(what, kind, compartment, old, subject, nonce, proof)
        content = statements(what, old)
        refuse_retired(what.VERB, content)
        body = Body(
            verb=what.VERB,
            subject=subject,
            operation=self.actor.operation,
            authority=self.actor.authority,
            officer=self.actor.officer,
            happened=happened or self.happened,
            clock=self.tx.caches.tick(),
            source=source or self.source,
            interpreter=self.interpreter,
            provenance=self.provenance if provenance is None else provenance,
            statements=content,
            nonce=nonce,
            proof=proof,
        )
        if self.script is not None:
            body = self.script.settle(self.tx, compartment, body, what)
        needs = (
            {*depends, *(entry for entries in old.values() for entry in entries)} if depends or old else ()
        )
        entry = self.tx.append(
            self.actor.authority, compartment, kind, body, what, tuple(self._here(needs, compartment))
        )
        if what.VERB in GRANTS:
            self.tx.caches.rights.clear()
        if self.script is not None and (vouch := self.script.vouch(entry)) is not None:
            self.say(compartment, vouch, subject=subject, supersedes={}, depends=[entry.id])
        return entry.id

    def _here(self, entries: Iterable[str], compartment: str) -> list[str]:
        """Dependencies that exist in this compartment; Refused for an entry that is not there."""
        dependencies = []
        for entry in entries:
            row = self.tx.sql.first(
                "select compartment from journal_entry where hash = ?", (bytes.fromhex(entry),)
            )
            if row is None:
                raise Refused(
                    "supersedes", "the value that this form showed is not on file; load the page again"
                )
            if row[0] == compartment:
                dependencies.append(entry)
        return dependencies

    def _check(
        self,
        content: Verb,
        kind: str,
        compartment: str,
        old: Mapping[str, tuple[str, ...]],
        subject: str,
        nonce: str,
        proof: str,
    ) -> None:
        actor, law, verb = self.actor, matrix(), content.VERB
        # What an authority is, its founder says once, in its own compartment; nobody else and nowhere else.
        first = (verb, kind) == ("authority.invite", "authority") and founding(actor)
        if not first and not law.may_say(actor.role, verb, kind):
            raise Forbidden("your role may not say %(verb)s", verb=verb)
        # Whoever corrects their own words alone adds nothing to another's either.
        revising = bool(old) or (law.asks_author(verb) and bool(reason_of(content)))
        bare = revising and not law.may_supersede(actor.role, verb)
        if bare and not law.asks_author(verb):
            raise Forbidden("your role may not supersede what %(verb)s said", verb=verb)
        if not self.active():
            raise Forbidden("this officer's access has ended")
        if not self.reads(compartment):
            raise Forbidden("your authority does not hold this compartment")
        if self.operation_of(compartment) not in ("", actor.operation):
            raise Forbidden("this file is of another operation than the one that you work in")
        if not first and (bare or asks(verb)):
            grounds = Grounds(self.tx)
            place = grounds.place(compartment)
            claim = Claim(
                verb,
                subject,
                actor.authority,
                actor.officer,
                actor.operation,
                compartment,
                kind,
                place.owner if place else actor.authority,
                content,
                "",
                nonce,
                proof,
                frozenset(entry for entries in old.values() for entry in entries),
            )
            verdict = judge_about(claim, grounds)
            if verdict is not None:
                raise Forbidden(verdict[1])
            if bare and not law.may_supersede(actor.role, verb, own=bool(is_author(claim, grounds))):
                raise Forbidden("your role corrects here its own words alone, of what it began")

    # -- compartments ----------------------------------------------------------------------

    def open(self, kind: str, about: str, readers: Iterable[str]) -> str:
        """Open a compartment with a fresh key for its readers; the actor's authority is always one."""
        nonce = os.urandom(32).hex()
        compartment = derive_file(self.actor.authority, kind, about, nonce)
        names = sorted({self.actor.authority, *readers})
        features.check_kind(self.node, self.tx.sql, names, kind)
        self.node.rings.add(self._hosted(names), bytes.fromhex(compartment), os.urandom(32))
        self.tx.memo["opening", compartment] = True
        self.tx.caches.rights["kind", compartment] = kind
        self.say(
            compartment,
            CompartmentOpen(kind=kind, owner=self.actor.authority, about=about, reader=tuple(names)),
            subject=compartment,
            supersedes={},
            nonce=nonce,
        )
        if kind == "operation":
            pin_file(self.tx.sql, about, self.actor.authority, compartment)
        self.tx.caches.rights.clear()
        return compartment

    def widen(
        self, compartment: str, readers: Iterable[str], reason: str, *, again: bool = False, proof: str = ""
    ) -> None:
        """Let further authorities read a compartment, with the reason. Not undone for the past.

        They get every key with which it was ever sealed: a file is read whole or not at all. Who was removed
        stays so, unless it is `again` that somebody decides to let it read. `proof`: see `Body`.
        """
        fresh = []
        for name in sorted(set(readers)):
            key = f"{compartment}:{name}"
            if self.tx.sql.first("select 1 from access_reader where id = ?", (key,)) is not None:
                continue
            if again or not self.tx.entries_touching(f"access.Reader:{key}"):
                fresh.append(name)
        if not fresh:
            return
        features.check_kind(self.node, self.tx.sql, fresh, self.kind(compartment))
        features.check_large(self.node, self.tx.sql, fresh, compartment)
        for number, raw in epochs(self.node.rings, self.actor.authority, compartment):
            self.node.rings.add(self._hosted(fresh), bytes.fromhex(compartment), raw, number)
        self.say(
            compartment,
            CompartmentReaders(reader=tuple(fresh), reason=reason),
            subject=compartment,
            supersedes={},
            happened=self.following(compartment, fresh) if again else None,
            proof=proof,
        )

    def following(self, compartment: str, readers: Iterable[str], *moments: datetime) -> Happened:
        """Now, and after what was last said of these readers: the later word counts. And after `moments`."""
        return self.later(
            *moments,
            *(
                entry.at
                for name in readers
                for entry in self.tx.entries_touching(f"access.Reader:{compartment}:{name}")
            ),
        )

    def later(self, *moments: datetime) -> Happened:
        """When the act happened, or the millisecond after the last of these moments: clocks may be behind."""
        happened, last = self.happened, max(moments, default=None)
        if last is None or last < happened.at:
            return happened
        return Happened(at=last + MOMENT, zone=self.actor.zone)

    def _hosted(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if name in self.node.rings.open]


def perform(
    actor: Actor,
    action: Callable[Concatenate[Act, P], R],
    /,
    *args: Any,
    happened: Happened | None = None,
    source: str = "saw",
    interpreter: str = "",
    supersedes: Mapping[str, tuple[str, ...]] | None = None,
    provenance: Provenance = "",
    **kwargs: Any,
) -> R:
    """Run an action as an officer and wait until it is durable; once for a form, however often it arrives."""

    asked, lines = ASKED.get(), SCRIPT.get()

    def job(tx: Transaction) -> R:
        act = Act(tx, actor, happened, source, interpreter, supersedes, provenance)
        act.asked = asked
        act.script = lines.begin() if lines is not None else None
        if happened is not None:
            check_past(happened, act.now)
        return action(act, *args, **kwargs)

    if any(action is look for verb in LOOKS for look in ACTIONS.get(verb, ())):
        return node().writer.submit(job)
    about = (happened, source, interpreter, supersedes, provenance)
    return submit_once(job, action, {**kwargs, "": (args, about)})


@dataclass(frozen=True)
class Call:
    """One of several actions performed together: who, what, and the arguments that `perform` takes."""

    actor: Actor
    what: Callable[..., Any]
    arguments: Mapping[str, Any]


def perform_together(calls: Iterable[Call]) -> list[Any]:
    """Perform actions in one transaction with one durable commit; all of them are there after it, or none.

    For imports and plays: ten actions a commit cost about what ten bare commits do.
    """
    listed, asked = list(calls), ASKED.get()

    def job(tx: Transaction) -> list[Any]:
        results = []
        for call in listed:
            about, rest = {}, call.arguments
            if not RESERVED.isdisjoint(rest):
                about = {n: rest[n] for n in RESERVED if n in rest}
                rest = {n: v for n, v in rest.items() if n not in RESERVED}
            act = Act(tx, call.actor, **about)
            act.asked = asked
            results.append(call.what(act, **rest))
        return results

    answers: list[Any] = node().writer.submit(job)
    return answers
