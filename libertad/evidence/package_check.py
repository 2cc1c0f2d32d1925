"""Check an evidence package from the file alone: what is proven, what is wrong, what it cannot prove.

Pure: no database, no home, no network. Which keys to rely on no file can say of itself: whoever checks names
keys (ids that an authority told by another way), and only what follows from them is vouched.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from libertad.evidence import package as form
from libertad.evidence.events import KINDS
from libertad.evidence.package import Key, Opened, Package, SignedEntry
from libertad.evidence.package_page import Story, page, tell
from libertad.journal import header, sealing
from libertad.journal.checkpoint import refuse_small_order
from libertad.journal.header import Header, Malformed
from libertad.journal.subjects import gives
from libertad.vocabulary.body import Body, content
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs import access as say
from libertad.vocabulary.verbs.evidence import CustodyAccept, CustodySettle, CustodyWitness

NAMED, ENROLLED, UNVOUCHED = "named", "enrolled", "not vouched"
ENROLMENT = b"libertad device v1\x00"  # docs/journal-format.md §4, `proof`
BODY = msgspec.json.Decoder(prepared(Body))
Standing = tuple[str, str]  # why a key is relied on, and the device that enrolled it ('' where it was named)
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
    """What a check came to. `wrong`: altered, left out, exchanged; `proven` and `unproven` in plain words."""

    reference: str = ""
    made: str = ""
    wrong: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    keys: list[KeyStanding] = field(default_factory=list)
    story: Story | None = None

    @property
    def whole(self) -> bool:
        """Nothing was altered, left out or exchanged, as far as the file shows."""
        return not self.wrong

    @property
    def vouched(self) -> bool:
        """Every key that signed anything in it is vouched for."""
        return bool(self.keys) and all(key.standing != UNVOUCHED for key in self.keys)


def check_package(data: bytes, named: Collection[str] = ()) -> Report:
    """Check a package's bytes. `named`: ids (32 hex) of the keys that whoever checks relies on."""
    report = Report()
    try:
        package = form.unpack(data)
    except form.BadPackage as why:
        report.wrong.append(f"This is no evidence package: {why}.")
        return report
    _Check(package, frozenset(named), report).run()
    return report


class _Check:
    """One run over one package; findings go to the report in the order of a reader's questions."""

    def __init__(self, package: Package, named: frozenset[str], report: Report) -> None:
        self.package, self.manifest, self.named, self.report = package, package.manifest, named, report
        self.keys: dict[str, Key] = {}
        self.heads: dict[str, Header] = {}
        self.opened: dict[str, Opened] = {}
        self.device: dict[str, str] = {}  # by entry
        self.signed: defaultdict[str, int] = defaultdict(int)  # by device: entries that it truly signed

    def run(self) -> None:
        self.report.reference, self.report.made = self.manifest.reference, self.manifest.made.isoformat()
        self._keys()
        self._manifest()
        for number, entry in enumerate(self.package.entries, 1):
            self._entry(number, entry)
        self._left_out()
        self._logs()
        custody = [entry for entry in self.opened.values() if entry.verb in KINDS]
        self._named_entries(custody)
        self._story(custody)
        self._vouched()
        self._limits()

    def wrong(self, text: str) -> None:
        self.report.wrong.append(text)

    def _keys(self) -> None:
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

    def _manifest(self) -> None:
        """The manifest's own signature, and that the files are those that it names."""
        signer = self.keys.get(self.manifest.signer)
        if signer is None or not form.manifest_signed(self.package, bytes.fromhex(signer.public)):
            self.wrong("The manifest was altered, or was not signed by the key that it names.")
        else:
            self.signed[signer.id] += 0
            self.report.proven.append(
                f"The manifest is signed by key {spaced(signer.id)}, which it says is of {called(signer)}."
            )
        for name in form.HASHED:
            if hashlib.sha256(self.package.files[name]).hexdigest() != self.manifest.files.get(name):
                self.wrong(f"{name} was altered: it is not the file that the manifest names.")

    def _entry(self, number: int, entry: SignedEntry) -> None:
        """One entry: header, signature, body, and that it opens with the key that is disclosed for it."""
        name = header.entry_hash(entry.header).hex()
        where = f"Entry {number} ({name[:16]})"
        try:
            head = header.decode(entry.header)
        except Malformed as why:
            self.wrong(f"{where} was altered: {why}.")
            return
        key = self.keys.get(head.device.hex())
        if name in self.heads:
            self.wrong(f"{where} is in the file twice.")
            return
        if name not in self.manifest.entries:
            self.wrong(f"{where} was altered or added: the manifest does not list it.")
        self.heads[name] = head
        if key is None:
            self.wrong(f"{where} is signed by key {spaced(head.device.hex())}, which is not in the file.")
            return
        if not header.verify(entry.header, entry.signature, bytes.fromhex(key.public)):
            self.wrong(f"{where} was altered: its signature is not of its key.")
            return
        if len(entry.body) != head.length or hashlib.sha256(entry.body).digest() != head.body_hash:
            self.wrong(f"{where} was altered: its text is not the one that was signed.")
            return
        opened = open_entry(entry, head, name)
        if opened is None:
            self.wrong(f"{where} does not open with the key that is given for it: that key was altered.")
            return
        if opened.authority != key.authority:
            self.wrong(f"{where} speaks for another authority than its key.")
        self.opened[name], self.device[name] = opened, key.id
        self.signed[key.id] += 1

    def _left_out(self) -> None:
        missing = [name for name in self.manifest.entries if name not in self.heads]
        for name in missing:
            self.wrong(f"Entry {name[:16]} was left out, or altered: the manifest lists it.")
        good, every = len(self.opened), len(self.manifest.entries)
        if good == every and not self.report.wrong:
            self.report.proven.append(
                f"All {every} entries that the manifest lists are here, each unaltered and signed by its key."
            )

    def _logs(self) -> None:
        """Numbers of each key's entries in each file: two of one number are two histories."""
        logs: dict[tuple[bytes, bytes], dict[int, str]] = defaultdict(dict)
        for name, head in self.heads.items():
            log = logs[head.device, head.compartment]
            if head.seq in log:
                self.wrong(f"Entries {log[head.seq][:16]} and {name[:16]} bear one number of one key's log.")
            log[head.seq] = name
        for log in logs.values():
            for seq, name in log.items():
                before = log.get(seq - 1)
                if before is not None and self.heads[name].previous.hex() != before:
                    self.wrong(f"Entry {name[:16]} does not follow the one before it in its key's log.")

    def _named_entries(self, custody: list[Opened]) -> None:
        """Entries that others name: one that is not here was left out by whoever made the file."""
        missing: dict[str, str] = {}
        for entry in custody:
            for name in references(entry):
                if name not in self.heads:
                    missing.setdefault(name, entry.id)
        for name, by in sorted(missing.items()):
            self.wrong(
                f"Entry {name[:16]} was left out: entry {by[:16]} was made in knowledge of it. It had not "
                "arrived at whoever made the file, was not believed there, or was withheld."
            )
        if custody and not missing:
            self.report.proven.append("No entry is left out of those that the entries of this exhibit name.")

    def _story(self, custody: list[Opened]) -> None:
        names = self._names()
        of_exhibit = [
            entry for entry in custody
            if (entry.subject, entry.compartment, entry.body.operation)
            == (self.manifest.exhibit, self.manifest.file, self.manifest.operation)
        ]  # fmt: skip
        for entry in custody:
            if entry not in of_exhibit:
                self.wrong(f"Entry {entry.id[:16]} is of another exhibit, file or operation.")
        story = tell(of_exhibit, self.manifest.made, names)
        if story is None:
            self.wrong("The taking of the exhibit is not in the file: no chain of custody can be told.")
            return
        self.report.story = story
        taken = self.opened[story.chain.holds[0].start.id]
        if gives(taken.subject, taken.authority, taken.compartment, taken.body.nonce):
            self.report.proven.append("The exhibit's id proves which authority took it.")
        else:
            self.report.unproven.append(
                "That no other authority began an exhibit of this id: it is of before 0.2."
            )
        if self.manifest.page != form.PAGE:
            self.report.unproven.append(
                f"That {form.READABLE} says what the entries say: another version wrote it. Read this here."
            )
        elif self.package.files[form.READABLE] == page(self.manifest, story):
            self.report.proven.append(f"{form.READABLE} says exactly what the entries say.")
        else:
            self.wrong(f"{form.READABLE} does not say what the entries say. Read the chain here instead.")

    def _names(self) -> dict[str, str]:
        """Names of authorities, as the manifest has them; they have to be those of the roster's entries."""
        invited: defaultdict[str, set[str]] = defaultdict(set)
        for entry in self.opened.values():
            if isinstance(entry.content, say.AuthorityInvite):
                invited[entry.subject].add(entry.content.name)
        names = {key.authority: key.name for key in self.manifest.keys if key.name}
        for authority, name in names.items():
            if authority in invited and name not in invited[authority]:
                self.wrong(f"The authority that the file calls {name} bears another name in its entries.")
        return names

    def _enrolments(self) -> Iterator[Enrolment]:
        """Each enrolment that its key agreed to."""
        for entry in self.opened.values():
            what = entry.content
            if not isinstance(what, say.DeviceEnrol):
                continue
            public = bytes.fromhex(what.public)
            if entry.body.proof and not _consents(entry.body, public):
                self.wrong(f"Entry {entry.id[:16]} enrols a key that did not agree to it.")
                continue
            yield header.device_id(public).hex(), entry.subject, self.device[entry.id], entry.authority

    def _coordinates(self) -> str:
        """The authority that opened the operation, as the operation's id proves; '' where none is proven."""
        operation = self.manifest.operation
        for entry in self.opened.values():
            begun = entry.verb == "operation.open" and entry.subject == operation
            if begun and gives(operation, entry.authority, entry.compartment, entry.body.nonce):
                return entry.authority
        return ""

    def _vouched(self) -> None:
        """What follows from the keys that are named: an authority's key vouches for its own further ones, the
        coordinating authority's also for those of the operation's others."""
        coordinates = self._coordinates()
        standing: dict[str, Standing] = {key: (NAMED, "") for key in self.named if key in self.keys}
        for name in sorted(self.named - set(self.keys)):
            self.report.unproven.append(f"Key {spaced(name)}, which you named, signed nothing in this file.")
        enrolments = list(self._enrolments())
        for device, authority, by, _whose in enrolments:
            if device in self.keys and self.keys[device].authority != authority and by in standing:
                self.wrong(f"Key {spaced(device)} is enrolled for another authority than the file says.")
        while True:
            further = {
                device: (ENROLLED, by)
                for device, authority, by, whose in enrolments
                if device in self.keys and device not in standing and by in standing
                and self.keys[device].authority == authority
                and whose in (authority, coordinates)

            }  # fmt: skip
            if not further:
                break
            standing |= further
        for device in sorted(self.signed, key=lambda one: (self.keys[one].name, one)):
            state, by = standing.get(device, (UNVOUCHED, ""))
            self.report.keys.append(KeyStanding(self.keys[device], self.signed[device], state, by))
        self._revoked(standing, enrolments)
        if self.report.vouched:
            self.report.proven.append(
                "Every key that signed is one that you named, or one enrolled by such a key."
            )

    def _revoked(self, standing: Mapping[str, Standing], enrolments: Sequence[Enrolment]) -> None:
        """What a key signed beyond the number that its authority recognises in that file is wrong.

        In the exhibit's file that is nothing at all where the key is revoked elsewhere and no word of it in
        that file is here; but what a device enrolled itself revokes nothing from it unsaid, as in
        `exchange/endings.py`.
        """
        made = {(device, by) for device, _authority, by, _whose in enrolments}
        limits: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by device: last number, by file
        by_others: set[str] = set()
        for entry in self.opened.values():
            what = entry.content
            if not isinstance(what, say.DeviceRevoke) or what.device not in self.keys:
                continue
            by = self.device[entry.id]
            if self.keys[what.device].authority != entry.authority or by not in standing:
                continue
            files = limits[what.device]
            files[entry.compartment] = min(what.last, files.get(entry.compartment, what.last))
            if (by, what.device) not in made:
                by_others.add(what.device)
        for device in by_others:
            limits[device].setdefault(self.manifest.file, -1)
        for name, head in self.heads.items():
            last = limits.get(head.device.hex(), {}).get(head.compartment.hex())
            if last is not None and head.seq > last:
                self.wrong(f"Entry {name[:16]} was signed by a key that its authority took back.")

    def _limits(self) -> None:
        if any(key.standing == UNVOUCHED for key in self.report.keys) or not self.report.keys:
            self.report.unproven.append(
                "That the keys are those of the authorities that the file names. Ask each authority, by "
                "another way, for the number of its key, and give it with --key."
            )
        self.report.unproven += [
            "That the officer whom an entry names was appointed, and wrote it: a key is an authority's.",
            "That what an officer wrote is true, and that a clock was right.",
            "That nothing was said after the last entry here. Ask another authority that reads the case for "
            "its own package, and compare.",
            "That no key was taken back in an entry that is not here: ask its authority that too.",
            "That no entry was sealed so that a second key opens it to another text: an entry's own key is "
            "bound to it by the seal alone. Two authorities' packages that agree rule that out.",
            *(
                f"What an audit found, as whoever made the file tells it: {text}"
                for text in self.manifest.audits
            ),
            "Pictures and documents: they are not in this file.",
        ]


def open_entry(entry: SignedEntry, head: Header, name: str) -> Opened | None:
    """The entry's words; None where key, seal or form do not fit."""
    try:
        padded = AESGCM(entry.key).decrypt(sealing.ZERO_NONCE, entry.body[sealing.SALT :], header.bound(head))
        body = BODY.decode(sealing.unpad(padded))
        what = content(body)
    except (InvalidTag, ValueError, msgspec.MsgspecError, Refused):
        return None
    return Opened(body.happened.at, body.clock, name, body, what, head.compartment.hex())


def references(entry: Opened) -> set[str]:
    """Hashes of the entries that an entry of custody names: those known to it, and those it answers."""
    found = set(entry.body.after or ())
    for statement in entry.body.statements:
        found.update(statement.supersedes)
    what = entry.content
    if isinstance(what, CustodyAccept):
        found.add(what.offer)
    if isinstance(what, CustodyWitness):
        found.add(what.taking)
    if isinstance(what, CustodySettle):
        found.update((what.keep, *what.aside))
    return found - {""}


def _consents(body: Body, public: bytes) -> bool:
    """Whether the new key itself signed its enrolment."""
    message = ENROLMENT + body.subject.encode() + b"\x00" + body.operation.encode()
    try:
        crypto_sign_open(bytes.fromhex(body.proof) + message, public)
    except (BadSignatureError, ValueError):
        return False
    return True


def spaced(name: str) -> str:
    """A key's id in groups of four, to be read out."""
    return " ".join(name[at : at + 4] for at in range(0, len(name), 4))


def called(key: Key) -> str:
    return key.name or key.authority
