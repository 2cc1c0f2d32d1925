"""A malicious member: its node's own checks are taken out, and it forges every verb about everybody's things.

Generated from the matrix: a verb that is added is forged as well. Eight nodes in one process: a centre that
coordinates, a centre that supports, the police of two countries, care, prosecution, a deciding authority and
a shelter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from libertad.access.acting import Act, Forbidden, new_id
from libertad.access.actions.appoint_officer import roles_of
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.matrix import matrix
from libertad.exchange.authorization.entry_authorization import GROUNDS
from libertad.exchange.peering import peers
from libertad.exchange.receiving.receiver import BadParcel
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.figures.actions.accept_counting import accept_counting
from libertad.figures.actions.name_counting import name_counting
from libertad.journal.header import device_id
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.values import PersonName, Refused
from tests.security.samples import sample
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, operation, schema
from tests.support.sharing import share_person

PLAN = (  # name, kind, country, part
    ("centre", "centre", "BB", "coordination"),
    ("support", "centre", "FR", "support"),
    ("guyana", "police", "GY", "member"),
    ("trinidad", "police", "TT", "member"),
    ("care", "care", "GY", "member"),
    ("prosecution", "prosecution", "GY", "member"),
    ("deciding", "deciding", "GY", "member"),
    ("shelter", "shelter", "GY", "member"),
)
KINDS = {name: kind for name, kind, _, _ in PLAN}
ATTACKERS = ("trinidad", "care", "support", "prosecution", "deciding", "shelter")
ROUNDS = 8
# Verbs that speak of what another one began.
BEGUN_BY = {
    "tally.status": "tally.person",
    "tally.link": "tally.person",
    "person.meeting": "person.meet",
    "detention.identity": "detention.state",
}
LEAD = {
    "country": "GY",
    "summary": "A house behind the mill",
    "source_grade": "1",
    "information_grade": "B",
    "handling": "P",
    "origin": "",
    "workplace": "",
}


class Thing(NamedTuple):
    """What a victim began: its id and the file that it stands in."""

    subject: str
    compartment: str
    victim: str


class Forgery(NamedTuple):
    """An entry that an attacker said about another's thing; `planted`: in a file that it opened for that."""

    verb: str
    attacker: str
    victim: str
    kind: str
    planted: bool
    entry: str
    begun: str = ""  # the file in which the thing began
    correction: bool = False  # of exactly the values that the victim's entry says

    def __str__(self) -> str:
        where = "a planted" if self.planted else "the"
        prefix = "a correction, " if self.correction else ""
        return f"{prefix}{self.verb} by {self.attacker} about {self.victim}'s in {where} {self.kind} file"


class World:
    """The parties, joined and settled, with an officer in each role that their kind has."""

    def __init__(self, home: Path) -> None:
        statements = schema()
        self.parties = {name: Party(home / name, statements, name) for name in KINDS}
        centre = self.parties["centre"]
        operation(centre)
        for name, kind, country, part in PLAN[1:]:
            invited(centre, self.parties[name], kind, country, part)
        self.settle()
        for name, kind, _, _ in PLAN:
            for role in sorted(roles_of(kind), reverse=True):  # who founded it stands on no roster
                if (name, role) != ("centre", "coordinator"):
                    self.parties[name].appoint(role)
        self.settle()
        self.files: dict[str, str] = {}  # the victims' files, by kind
        self.things: dict[str, Thing] = {}  # by kind of subject
        self.play()

    def settle(self) -> int:
        """Everybody pulls from everybody until nothing is new; returns how many exchanges were refused."""
        refused = 0
        for _ in range(ROUNDS):
            news = 0
            for receiver in self.parties.values():
                for sender in self.parties.values():
                    if receiver is sender or peers.get(receiver.node.sql(), sender.node.key.origin) is None:
                        continue
                    try:
                        done = receiver.pull(sender)
                    except (BadParcel, UnknownPeer):  # an attack that led them apart
                        refused += 1
                        continue
                    news += done.taken.stored + done.taken.released
            if not news:
                break
        return refused

    def close(self) -> None:
        for party in self.parties.values():
            party.close()

    # -- what honest members said ----------------------------------------------------------

    def play(self) -> None:
        """A lead, a person and a protection file by their own actions; the rest as samples in those files."""
        from libertad.access.case_files import case_file
        from libertad.care.actions.ask_decision import ask_decision
        from libertad.care.actions.open_care import open_care
        from libertad.care.actions.take_person import take_person

        guyana, care = self.parties["guyana"], self.parties["care"]
        guyana.do("administrator", confirm_care, care=self.of("care"), how="telephone")
        lead = guyana.do("officer", report_lead, **LEAD)
        person = guyana.do("officer", meet_person, country="GY", name=(PersonName(text="Generated"),))
        guyana.do(
            "officer", share_person, person=person, authority=self.of("trinidad"), reason="was met there"
        )
        self.files["case"] = guyana.do("officer", lambda act: case_file(act, "GY"))
        self.settle()
        care.do("caseworker", open_care, person=person)
        care.do("caseworker", ask_decision, person=person, authority=self.of("deciding"), what="return")
        care.do("caseworker", take_person, person=person)
        self.files["operation"] = self.file(guyana, "operation", guyana.operation)
        self.files["police"] = self.file(guyana, "police", f"{guyana.operation}:GY")
        self.files["person"] = self.file(guyana, "person", person)
        self.files["care"] = self.file(care, "care", person)
        self.files["desk"] = self.file(care, "desk", person)
        self.files["complaint"] = care.do("caseworker", lambda act: act.open("complaint", act.new_id(), ()))
        told = [self.of("prosecution")]
        self.files["disclosure"] = care.do("caseworker", lambda act: act.open("disclosure", person, told))
        self.parties["centre"].do("coordinator", name_counting, care=self.of("care"), cut_time="22:00")
        self.settle()
        care.do("caseworker", accept_counting, care=self.of("care"))
        self.files["count"] = self.file(care, "count", self.of("care"))
        self.things["lead"] = Thing(lead, self.files["police"], "guyana")
        self.things["person"] = Thing(person, self.files["person"], "guyana")
        self.things["any"] = self.things["what it is about"] = self.things["person"]
        self.things["authority"] = Thing(self.of("care"), self.files["operation"], "care")
        officer = guyana.officers["national-lead"]
        self.things["officer"] = Thing(officer, self.files["operation"], "guyana")
        self.things["compartment"] = Thing(self.files["police"], self.files["police"], "guyana")
        self.things["operation"] = Thing(guyana.operation, self.files["operation"], "centre")
        for verb, right in matrix().entries.items():
            kind = VERBS[verb].SUBJECT
            kind = BEGUN_BY.get(verb, verb) if kind == "counting" else kind
            if kind in self.things:
                continue
            for victim, file in self.rightful(right):
                try:
                    subject = self.begin(victim, file, verb)
                except (Forbidden, Refused):
                    continue  # not this victim's to say, or retired
                self.things[kind] = Thing(subject, file, victim)
                break
        owed = self.things["property"]  # what a payment corrects is a payment, and not what was taken
        self.say(owed.victim, owed.compartment, "property.paid", owed.subject)
        self.settle()

    def rightful(self, right: Any) -> Iterator[tuple[str, str]]:
        """Who may say a verb in which of the victims' files."""
        for victim in ("guyana", "care", "prosecution", "deciding", "centre"):
            for kind, file in self.files.items():
                if kind in right.kinds and right.say & roles_of(KINDS[victim]) and self.reads(victim, file):
                    yield victim, file

    # -- who is who ------------------------------------------------------------------------

    def of(self, name: str) -> str:
        return self.parties[name].authority

    def file(self, party: Party, kind: str, about: str) -> str:
        ((compartment,),) = party.node.sql().all(
            "select id from access_compartment where kind = ? and about = ?", (kind, about)
        )
        return str(compartment)

    def reads(self, name: str, compartment: str) -> bool:
        key = f"{compartment}:{self.of(name)}"
        return bool(self.parties[name].node.sql().all("select 1 from access_reader where id = ?", (key,)))

    def role(self, name: str, verb: str) -> str:
        """A role in which the party says the verb: a fitting one, where its kind has it."""
        fitting = matrix().entries[verb].say & roles_of(KINDS[name]) & set(self.parties[name].officers)
        return sorted(fitting or self.parties[name].officers)[0]

    def begin(self, name: str, file: str, verb: str) -> str:
        """Something new, with an id that proves whose it is."""

        def act_on(act: Act) -> str:
            subject = act.new_id()
            act.say(file, sample(verb), subject=subject, supersedes={})
            return subject

        return self.parties[name].do(self.role(name, verb), act_on)

    def say(self, name: str, file: str, verb: str, subject: str, **fixed: Any) -> str:
        content = sample(verb, **fixed)
        return self.parties[name].do(
            self.role(name, verb), lambda act: act.say(file, content, subject=subject, supersedes={})
        )

    # -- forging ---------------------------------------------------------------------------

    def forge(self, attackers: Iterable[str] = ATTACKERS) -> dict[Forgery, dict[str, str]]:
        """Every verb by every attacker about others' things, in each file that could hold it: the verdicts.

        Verbs of access come last: what they change would hide what the others do.
        """
        planted: dict[str, dict[str, str]] = {}
        verdicts: dict[Forgery, dict[str, str]] = {}
        for verbs in (lambda verb: verb not in GROUNDS, GROUNDS.__contains__):
            forgeries: list[Forgery] = []
            for attacker in attackers:
                with lawless():
                    if attacker not in planted:
                        planted[attacker] = self.plant(attacker)
                    for verb in filter(verbs, matrix().entries):
                        forgeries += self.forgeries(attacker, verb, planted[attacker])
            self.settle()
            verdicts |= self.verdicts(forgeries)
        return verdicts

    def plant(self, attacker: str) -> dict[str, str]:
        """A file of each kind about what the victims' files are about, for everybody to read."""
        party, files = self.parties[attacker], {}
        everybody = sorted(self.of(name) for name in KINDS)
        abouts = {
            "operation": party.operation,
            "police": f"{party.operation}:GY",
            "case": f"{party.operation}:GY",
            "person": self.things["person"].subject,
            "care": self.things["person"].subject,
            "authority": self.of("care"),
            "count": self.of("care"),
            "desk": self.things["person"].subject,
            "late": party.operation,
            "complaint": self.of("care"),
            "disclosure": self.things["person"].subject,
            "leading": self.things["person"].subject,
        }
        for kind, about in abouts.items():
            role = sorted(party.officers)[0]
            files[kind] = party.do(role, lambda act, k, a: act.open(k, a, everybody), k=kind, a=about)
        return files

    def forgeries(self, attacker: str, verb: str, planted: dict[str, str]) -> Iterator[Forgery]:
        right = matrix().entries[verb]
        kind = BEGUN_BY.get(verb, verb) if VERBS[verb].SUBJECT == "counting" else VERBS[verb].SUBJECT
        target = self.things.get(kind) or Thing(new_id(), "", "guyana")
        if target.victim == attacker:
            target = self.of_third_party(target, attacker)
        for kind in sorted(right.kinds | right.before):
            for file, is_planted in ((self.files.get(kind), False), (planted[kind], True)):
                if file is None or not (is_planted or self.reads(attacker, file)):
                    continue
                entry = self.say(attacker, file, verb, target.subject, **self.fixed(verb, target, file))
                yield Forgery(verb, attacker, target.victim, kind, is_planted, entry, target.compartment)
                if VERBS[verb].CORRECTS and not is_planted and file == target.compartment:
                    entry = self.correction(attacker, file, verb, target)
                    yield Forgery(
                        verb, attacker, target.victim, kind, is_planted, entry, target.compartment, True
                    )

    def correction(self, attacker: str, file: str, verb: str, target: Thing) -> str:
        """What the victim began, corrected by another: it names the very entry that it is to supersede."""
        kind = VERBS[verb]
        bare = get_type_hints(kind)[kind.CORRECTS] is bool
        content = sample(verb, **{kind.CORRECTS: True if bare else "forged"})
        began = self.began(target, verb)
        old = {name: (began,) for name in kind.__struct_fields__ if getattr(content, name)}
        return self.parties[attacker].do(
            self.role(attacker, verb),
            lambda act: act.say(file, content, subject=target.subject, supersedes=old),
        )

    def began(self, target: Thing, verb: str) -> str:
        """The entry by which the victim began a thing."""
        node = self.parties[target.victim].node
        for head, body in node.sql().all("select header, body from journal_entry where body is not null"):
            entry = node.understand(bytes(head), body)
            if (
                entry is not None
                and entry.subject == target.subject
                and entry.verb == BEGUN_BY.get(verb, verb)
            ):
                return str(entry.id)
        raise AssertionError(f"{target.victim} did not say {verb} of it")

    def of_third_party(self, target: Thing, attacker: str) -> Thing:
        if target.subject == self.of(attacker):
            return target._replace(subject=self.of("guyana"), victim="guyana")
        return target

    def fixed(self, verb: str, target: Thing, file: str) -> dict[str, Any]:
        """Fields by which a forgery harms its victim."""
        victim = self.of(target.victim)
        fields = VERBS[verb].__struct_fields__
        values: dict[str, Any] = {}
        if "reader" in fields:
            values["reader"] = [victim] if "reader" in VERBS[verb].multi_valued() else victim
        if "carrier" in fields:
            values["carrier"] = [self.of("trinidad")]
        if verb == "compartment.open":
            values |= {"owner": victim, "kind": "police", "about": target.subject}
        if verb == "device.revoke":
            public = self.parties[target.victim].node.rings.device(victim)[0]
            values |= {"device": device_id(public).hex(), "last": -1, "reason": "forged"}
        if verb == "authority.invite":
            values |= {"kind": "police", "country": "TT", "zone": "America/Guyana"}
        if verb == "attachment.add":
            values["about"] = target.subject
        if verb == "officer.appoint":
            values["role"] = "press"
        return values

    def knows(self, name: str, forged: Forgery) -> bool:
        """Whether a node reads where the thing began: to others its id names nothing."""
        return not forged.begun or self.reads(name, forged.begun)

    # -- what others make of it ------------------------------------------------------------

    def verdicts(self, forgeries: Iterable[Forgery]) -> dict[Forgery, dict[str, str]]:
        """By forgery and node: 'believed', or why it is held; nothing where it is not there or not opened."""
        by_forgery: dict[Forgery, dict[str, str]] = {}
        for forged in forgeries:
            at = by_forgery[forged] = {}
            for name, party in self.parties.items():
                if name == forged.attacker:
                    continue
                row = party.node.sql().first(
                    "select e.header, e.body, h.reason from journal_entry e left join journal_held h "
                    "on h.idx = e.idx where e.hash = ?",
                    (bytes.fromhex(forged.entry),),
                )
                if row is not None and (row[2] or party.node.understand(bytes(row[0]), row[1]) is not None):
                    at[name] = row[2] or "believed"
        return by_forgery

    def lawful(self, forged: Forgery) -> bool:
        """Whether the matrix lets it be about that: beside others' words, or by the file's own office."""
        rules = set(matrix().entries[forged.verb].about)
        kind = KINDS[forged.attacker]
        if forged.verb.startswith("compartment."):  # of a file that its kind may open for itself
            own = {"care": ("care",), "prosecution": ("case",), "support": ("police", "person")}
            own |= {"trinidad": ("person",)}
            care = {"care": ("person",)}
            return forged.verb != "compartment.open" and (
                forged.kind in (*own.get(forged.attacker, ()), *care.get(forged.attacker, ()))
            )
        if "owner" in rules and forged.attacker == "care" and forged.kind in ("care", "disclosure"):
            return True  # in a protection file of its own, or in what it disclosed
        if forged.planted and (forged.attacker, forged.kind) != ("prosecution", "case"):
            return forged.verb == "hit.ask"  # a question under its own name, in a file of its own
        if "coordinator" in rules and forged.attacker == "support":
            return True
        if forged.verb == "hit.tally":
            return True  # a line of the feed under its own name, with which nothing else is folded
        if forged.verb in ("hold.lift", "hold.tally") and kind == "prosecution":
            return True  # its own hold, which it had placed just before; nobody else says these
        if forged.verb == "tally.status":  # an office of the country that counted, and its own kind of status
            return kind in ("care", "deciding", "prosecution")
        responsible = {"case": ("prosecution",), "care": ("deciding",), "person": ("care",)}
        return "reader" in rules or ("responsible" in rules and kind in responsible.get(forged.kind, ()))
