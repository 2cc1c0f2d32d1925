"""Whose word an evidence package is: the keys in it, who vouches for each, and what was taken back.

Pure, as all of the check is. Which keys to rely on no file can say of itself: see `package_check`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from libertad.access.phone_limits import Phone, past, phone_by
from libertad.evidence.package import Key, Opened, Package
from libertad.evidence.package_page import Story
from libertad.journal import header
from libertad.journal.checkpoint import refuse_small_order
from libertad.journal.header import Header
from libertad.journal.revocation import recognise
from libertad.journal.subjects import gives
from libertad.vocabulary.verbs import access as say

NAMED, ENROLLED, UNVOUCHED = "named", "enrolled", "not vouched"
Standing = tuple[str, str]  # why a key is relied on, and the device that enrolled it ('' where it was named)
Limits = dict[str, dict[str, int]]  # by device: the last number that counts, by file
Enrolment = tuple[str, str, str, str]  # device, its authority, the device that signed, that one's authority


@dataclass(frozen=True)
class KeyStanding:
    """A key of the file: how many entries it signed, and why it is relied on (or that it is not)."""

    key: Key
    entries: int
    standing: str
    by: str = ""


@dataclass
class Report:
    """What a check came to. `wrong`: altered, left out, exchanged; `proven` and `unproven` in plain words.

    `names`: of authorities by id, of these only what entries of the file prove. `untold`: keys that were
    named, and whose they are was not.
    """

    reference: str = ""
    made: str = ""
    wrong: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    keys: list[KeyStanding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    story: Story | None = None

    @property
    def is_intact(self) -> bool:
        """Nothing was altered, left out or exchanged, as far as the file shows."""
        return not self.wrong

    @property
    def vouched(self) -> bool:
        """Every key that signed anything in it is vouched for."""
        return bool(self.keys) and all(key.standing != UNVOUCHED for key in self.keys)

    def called(self, authority: str) -> str:
        """An authority's name where it is proven, else its id."""
        return self.names.get(authority, authority)


class KeyCheck:
    """The part of a check that asks about keys. `named`: authority's id by key's, '' if it was not told."""

    def __init__(self, package: Package, named: Mapping[str, str], report: Report) -> None:
        self.package, self.manifest, self.named, self.report = package, package.manifest, named, report
        self.keys: dict[str, Key] = {}
        self.heads: dict[str, Header] = {}
        self.opened: dict[str, Opened] = {}
        self.device: dict[str, str] = {}  # by entry
        self.signed: defaultdict[str, int] = defaultdict(int)  # by device: entries that it truly signed
        self.phones: defaultdict[str, list[Phone]] = defaultdict(list)

    def wrong(self, text: str) -> None:
        self.report.wrong.append(text)

    def read_keys(self) -> None:
        for key in self.manifest.keys:
            try:
                public = bytes.fromhex(key.public)
                refuse_small_order(public)
            except ValueError:
                self.wrong(f"Key {spaced(key.id)} is no key that can be relied on.")
                continue
            if header.device_id(public).hex() != key.id or key.id in self.keys:
                self.wrong(f"Key {spaced(key.id)} was exchanged: it is not the key of that number.")
                continue
            self.keys[key.id] = key

    def judge_names(self) -> None:
        """Names of authorities, as the manifest has them, have to be those of the roster's invitations.

        Proven are those by the authority that coordinates, or by the one that the invited one's id proves.
        """
        stated_names: defaultdict[str, set[str]] = defaultdict(set)
        offices: defaultdict[str, set[str]] = defaultdict(set)
        coordinates = self._coordinates()
        for entry in self.opened.values():
            if not isinstance(entry.content, say.AuthorityInvite):
                continue
            stated_names[entry.subject].add(entry.content.name)
            proves = gives(entry.subject, entry.authority, entry.compartment, entry.body.nonce)
            if proves or entry.authority == coordinates:
                offices[entry.subject].add(entry.content.name)
        maker = self.manifest.maker
        pairs = [(key.authority, key.name) for key in self.manifest.keys]
        called: defaultdict[str, set[str]] = defaultdict(set)
        for authority, name in (*pairs, (maker.authority, maker.authority_name)):
            called[authority] |= {name} - {""}
        for authority, names in called.items():
            if len(names) > 1:
                self.wrong(f"The file calls one authority by two names: {' and '.join(sorted(names))}.")
            for name in sorted(names):
                if authority in stated_names and name not in stated_names[authority]:
                    self.wrong(f"The authority that the file calls {name} bears another name in its entries.")
                elif name not in offices[authority]:
                    self.report.unproven.append(
                        f"That authority {authority} is called {name}: no invitation by who may give it a "
                        "name is in the file."
                    )
                elif len(names) == 1:
                    self.report.names[authority] = name

    def _read_phones(self) -> None:
        """Officers' phones among the keys, whatever else the file says of a key that its own authority
        enrolled as one: whoever has it could say that. Nodes hold what calls a node's device a phone."""
        for entry in self.opened.values():
            phone = phone_by(entry)
            if phone is None or not isinstance(entry.content, say.DeviceEnrol):
                continue
            device = header.device_id(bytes.fromhex(entry.content.public)).hex()
            if device in self.keys and self.keys[device].authority == entry.authority:
                self.phones[device].append(phone)

    def _judge_phones(self) -> None:
        """A phone is no authority: what it signed beyond its enrolments is wrong, and so is a manifest."""
        if self.manifest.signer in self.phones:
            self.wrong("The manifest is signed by an officer's phone.")
        for entry in self.opened.values():
            whys = [past(entry, phone) for phone in self.phones.get(self.device[entry.id], ())]
            if why := next(filter(None, whys), ""):
                self.wrong(
                    f"Entry {entry.id[:16]} was signed by an officer's phone that may not say it: {why}."
                )

    def _enrolments(self) -> Iterator[Enrolment]:
        """Each enrolment that its key agreed to. A phone enrols nothing, and is enrolled by its own authority
        with its own signature alone."""
        for entry in self.opened.values():
            content = entry.content
            if not isinstance(content, say.DeviceEnrol) or self.device[entry.id] in self.phones:
                continue
            if content.kind and (entry.authority != entry.subject or not entry.body.proof):
                continue
            proof, authority, operation = entry.body.proof, entry.subject, entry.body.operation
            if proof and not header.proves_enrolment(proof, content.public, authority, operation):
                self.wrong(f"Entry {entry.id[:16]} enrols a key that did not agree to it.")
                continue
            device = header.device_id(bytes.fromhex(content.public)).hex()
            yield device, authority, self.device[entry.id], entry.authority

    def _coordinates(self) -> str:
        """The authority that opened the operation, as the operation's id proves; '' where none is proven."""
        operation = self.manifest.operation
        for entry in self.opened.values():
            begun = entry.verb == "operation.open" and entry.subject == operation
            if begun and gives(operation, entry.authority, entry.compartment, entry.body.nonce):
                return entry.authority
        return ""

    def vouch(self) -> None:
        """What follows from the keys that are named: an authority's key vouches for its own further ones, the
        coordinating authority's also for those of the operation's others.

        Whose a named key is the file says; of that another authority's key only follows where it was told.
        """
        self._read_phones()
        self._judge_phones()
        enrolments, coordinates = list(self._enrolments()), self._coordinates()
        stated = self._read_named()
        certain = self._follow(dict.fromkeys(stated, (NAMED, "")), enrolments, coordinates)
        plain = {key: (NAMED, "") for key in self.named if key in self.keys and key not in stated}
        self.report.untold = sorted(plain.keys() - certain.keys())
        for key in self.report.untold:
            of = self.report.called(self.keys[key].authority)
            self.report.unproven.append(
                f"That key {spaced(key)}, which you named, is of {of}: compare with who told you."
            )
        standing = self._follow({**certain, **plain}, enrolments, coordinates, certain.keys())
        for device in sorted(self.signed, key=lambda device: (self.keys[device].name, device)):
            state, by = standing.get(device, (UNVOUCHED, ""))
            self.report.keys.append(KeyStanding(self.keys[device], self.signed[device], state, by))
        # What would be wrong if a named key is whose the file says, is wrong: nobody says so in its favour.
        likely = self._follow({**standing, **plain}, enrolments, coordinates)
        for device, authority, by, _owner in enrolments:
            if device in self.keys and self.keys[device].authority != authority and by in self.named:
                self.wrong(f"Key {spaced(device)} is enrolled for another authority than the file says.")
        self._judge_revoked(likely, enrolments)
        if any(self._is_by_another(key) for key in self.report.keys):
            self.report.unproven.append(
                f"That the other authorities took part: {self.report.called(coordinates)} opened the "
                "operation, and only its keys vouch for theirs. Ask each for its own key, and name it."
            )
        if self.report.vouched:
            self.report.proven.append(
                "Every key that signed is one that you named, or one enrolled by such a key."
            )

    def _read_named(self) -> list[str]:
        """Keys of the file whose authority was told with their number; wrong where the file says another."""
        stated: list[str] = []
        for name, authority in sorted(self.named.items()):
            if name not in self.keys:
                self.report.unproven.append(
                    f"Key {spaced(name)}, which you named, signed nothing in this file."
                )
            elif authority and authority != self.keys[name].authority:
                self.wrong(
                    f"Key {spaced(name)} is, as you were told, of authority {authority}; the file says of "
                    f"{self.keys[name].authority}."
                )
            elif authority:
                stated.append(name)
        return stated

    def _follow(
        self,
        standing: Mapping[str, Standing],
        enrolments: Sequence[Enrolment],
        coordinates: str,
        certain: Container[str] | None = None,
    ) -> dict[str, Standing]:
        """These keys and all that they enrolled. `certain`: the only ones that vouch for another authority's
        (None: each does). Each enrolment is looked at once."""
        vouched, newest = dict(standing), list(standing)
        by_enroller: defaultdict[str, list[Enrolment]] = defaultdict(list)
        for enrolment in enrolments:
            by_enroller[enrolment[2]].append(enrolment)
        while newest:
            further = {
                device: (ENROLLED, by)
                for enroller in newest
                for device, authority, by, owner in by_enroller[enroller]
                if device in self.keys
                and device not in vouched
                and self.keys[device].authority == authority
                and (owner == authority or (owner == coordinates and (certain is None or by in certain)))
            }
            vouched |= further
            newest = list(further)
        return vouched

    def _is_by_another(self, key: KeyStanding) -> bool:
        return key.standing == ENROLLED and self.keys[key.by].authority != key.key.authority

    def _judge_revoked(self, standing: Mapping[str, Standing], enrolments: Sequence[Enrolment]) -> None:
        """What a key signed beyond the number that its authority recognises in that file is wrong.

        As nodes judge it (`journal/revocation.py`): in the exhibit's file that is nothing at all where the
        key is revoked elsewhere and no word of it in that file is here; and what a device enrolled itself
        takes back nothing that a node had before. Which came first is in no file: that is not proven, and not
        wrong.
        """
        enrolled = {(device, by) for device, _authority, by, _owner in enrolments}
        every: Limits = defaultdict(dict)
        independent: Limits = defaultdict(dict)  # by the word of devices that the revoked one did not enrol
        for entry in self.opened.values():
            content = entry.content
            if not isinstance(content, say.DeviceRevoke) or content.device not in self.keys:
                continue
            by = self.device[entry.id]
            if by in self.phones:
                continue
            if self.keys[content.device].authority != entry.authority or by not in standing:
                continue
            for limits in (every, independent) if (by, content.device) not in enrolled else (every,):
                files = limits[content.device]
                files[entry.compartment] = min(content.last, files.get(entry.compartment, content.last))
        if self.manifest.signer in every and self.manifest.signer in self.signed:
            self.wrong("The manifest is signed by a key that its authority took back.")
        doubtful: set[str] = set()
        for name, head in self.heads.items():
            device, file = head.device.hex(), head.compartment.hex()
            recognised = every.get(device, {})
            if not recognised or (file not in recognised and file != self.manifest.file):
                continue  # of another file no word has to be here
            recognition = recognise(head.seq, file, recognised, independent.get(device, {}))
            if recognition == "beyond":
                self.wrong(f"Entry {name[:16]} was signed by a key that its authority took back.")
            elif recognition == "by-what-it-enrolled":
                doubtful.add(device)
        for device in sorted(every.keys() & self.signed.keys()):
            self.report.unproven.append(
                f"That its authority signed what key {spaced(device)} signed, before it was taken back: a "
                "number that counts and is not in this file can be filled by whoever has the key."
            )
        for device in sorted(doubtful):
            self.report.unproven.append(
                f"That key {spaced(device)} signed all that is here before it was taken back: only a key "
                "that it enrolled itself took it back, and what came first is in no file."
            )


def spaced(name: str) -> str:
    """A key's id in groups of four, to be read out."""
    return " ".join(name[at : at + 4] for at in range(0, len(name), 4))
