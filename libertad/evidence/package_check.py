"""Check an evidence package from the file alone: what is proven, what is wrong, what it cannot prove.

Pure: no database, no home, no network. Which keys to rely on, and whose they are, no file can say of itself:
whoever checks names keys and their authorities (as these told it by another way), and only what follows from
them is vouched.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.evidence import package as form
from libertad.evidence import package_passkeys as passkeys
from libertad.evidence.events import KINDS
from libertad.evidence.package import Key, Opened, SignedEntry
from libertad.evidence.package_keys import UNVOUCHED, KeyCheck, Report, spaced
from libertad.evidence.package_page import page, readme, tell
from libertad.journal import header, sealing
from libertad.journal.header import Header, Malformed
from libertad.journal.subjects import gives
from libertad.vocabulary.body import Body, content
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyAccept, CustodySettle, CustodyWitness, ExhibitSeize

BODY = msgspec.json.Decoder(prepared(Body))


def check_package(data: bytes, named: Collection[str] | Mapping[str, str] = ()) -> Report:
    """Check a package's bytes. `named`: ids (32 hex) of the keys that whoever checks relies on, with the id
    of the authority that told each; '' (or no mapping): whose it is was not told."""
    report = Report()
    try:
        package = form.unpack(data)
    except form.BadPackage as why:
        report.wrong.append(f"This is no evidence package: {why}.")
        return report
    _Check(package, named if isinstance(named, Mapping) else dict.fromkeys(named, ""), report).run()
    return report


class _Check(KeyCheck):
    """One run over one package; findings go to the report in the order of a reader's questions."""

    def run(self) -> None:
        self.report.reference, self.report.made = self.manifest.reference, self.manifest.made.isoformat()
        self.read_keys()
        signer = self._manifest()
        self.listed = frozenset(self.manifest.entries)
        for number, entry in enumerate(self.package.entries, 1):
            self._entry(number, entry)
        self.judge_names()
        self._maker(signer)
        self._judge_list()
        self._judge_moment()
        self._logs()
        custody = [entry for entry in self.opened.values() if entry.verb in KINDS]
        self._named_entries(custody)
        self._story(custody)
        self.vouch()
        self._limits()

    def _manifest(self) -> Key | None:
        """The manifest's own signature, and that the files are those that it names; the key that signed."""
        signer = self.keys.get(self.manifest.signer)
        if signer is None or not form.manifest_signed(self.package, bytes.fromhex(signer.public)):
            self.wrong("The manifest was altered, or was not signed by the key that it names.")
            signer = None
        else:
            self.signed[signer.id] += 0
        for name in form.HASHED:
            if hashlib.sha256(self.package.files[name]).hexdigest() != self.manifest.files.get(name):
                self.wrong(f"{name} was altered: it is not the file that the manifest names.")
        return signer

    def _maker(self, signer: Key | None) -> None:
        """Who made the file, as far as a signature can say it: of which authority the key is."""
        if signer is None:
            return
        maker = self.manifest.maker
        if maker.authority != signer.authority:
            self.wrong("The manifest names another authority as its maker than its key's.")
        of = self.report.called(signer.authority)
        self.report.proven.append(
            f"The manifest is signed by key {spaced(signer.id)}, which it says is of {of}."
        )
        author, role = maker.name or f"officer {maker.officer}", f" ({maker.role})" if maker.role else ""
        self.report.unproven.append(
            f"That {author}{role} made this file: it says so of itself, and a key is an authority's."
        )

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
        if name not in self.listed:
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

    def _judge_list(self) -> None:
        if len(self.listed) != len(self.manifest.entries):
            self.wrong("The manifest lists an entry twice.")
        missing = sorted(self.listed - set(self.heads))
        for name in missing:
            self.wrong(f"Entry {name[:16]} was left out, or altered: the manifest lists it.")
        verified, every = len(self.opened), len(self.manifest.entries)
        if verified == every and not self.report.wrong:
            self.report.proven.append(
                f"All {every} entries that the manifest lists are here, each unaltered and signed by its key."
            )

    def _judge_moment(self) -> None:
        """A file cannot hold what was said after it was made."""
        last = max(self.opened.values(), key=lambda entry: entry.clock, default=None)
        if last is not None and self.manifest.made < last.clock:
            self.wrong(f"The manifest says that it was made before entry {last.id[:16]} was written down.")

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
        of_exhibit = [
            entry
            for entry in custody
            if (entry.subject, entry.compartment, entry.body.operation)
            == (self.manifest.exhibit, self.manifest.file, self.manifest.operation)
        ]
        here = {entry.id for entry in of_exhibit}
        for entry in custody:
            if entry.id not in here:
                self.wrong(f"Entry {entry.id[:16]} is of another exhibit, file or operation.")
        claimed = {key.authority: key.name for key in self.manifest.keys if key.name}
        confirmed = passkeys.states(self.opened.values())
        as_written = tell(of_exhibit, self.manifest.made, claimed, confirmed)
        story = tell(of_exhibit, self.manifest.made, self.report.names, confirmed)
        self._passkeys(confirmed)
        if as_written is None or story is None:
            self.wrong("The taking of the exhibit is not in the file: no chain of custody can be told.")
            return
        self.report.story = story
        seizure = self.opened[story.chain.holds[0].start.id]
        reference = seizure.content.reference if isinstance(seizure.content, ExhibitSeize) else ""
        if reference != self.manifest.reference:
            self.wrong(
                f"The manifest calls the exhibit {self.manifest.reference}; its taking calls it {reference}."
            )
        if gives(seizure.subject, seizure.authority, seizure.compartment, seizure.body.nonce):
            self.report.proven.append("The exhibit's id proves which authority took it.")
        else:
            self.report.unproven.append(
                "That no other authority began an exhibit of this id: it is of before 0.2."
            )
        if self.package.files[form.READABLE] == page(self.manifest, as_written):
            self.report.proven.append(f"{form.READABLE} says exactly what the entries say.")
        else:
            self.wrong(f"{form.READABLE} does not say what the entries say. Read the chain here instead.")
        if self.package.files[form.README] != readme(self.manifest, as_written):
            self.wrong(f"{form.README} does not say what it says in a package of this exhibit.")

    def _passkeys(self, confirmed: Mapping[str, passkeys.State]) -> None:
        """Which acts of custody a passkey confirms; one whose word does not fit was exchanged."""
        by_state: dict[str, list[str]] = defaultdict(list)
        for name, state in confirmed.items():
            by_state[state].append(name[:16])
        for name in by_state["wrong"]:
            self.wrong(f"What stands with entry {name} as a passkey's confirmation does not fit it.")
        if by_state["confirmed"]:
            self.report.proven.append(
                f"A passkey of the officer whom they name signed exactly the words of these entries: "
                f"{', '.join(by_state['confirmed'])}."
            )
            self.report.unproven.append(
                "That such a passkey is that officer's: an entry by the officer's authority says so."
            )
        if by_state["missing"]:
            self.report.unproven.append(
                f"That the officer made these entries, who had a passkey and did not use it, or whose "
                f"passkey's word was left out: {', '.join(by_state['missing'])}."
            )

    def _limits(self) -> None:
        if any(key.standing == UNVOUCHED for key in self.report.keys) or not self.report.keys:
            self.report.unproven.append(
                "That the keys are those of the authorities that the file names. Ask each authority, by "
                "another way, for the numbers of its key and of itself, and give them with --key, as "
                "NUMBER=AUTHORITY."
            )
        self.report.unproven += [
            f"That this file was made on {self.manifest.made:%Y-%m-%d at %H:%M} UTC: it says so of itself.",
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
            "Pictures, documents and recordings: they are not in this file.",
        ]


def open_entry(entry: SignedEntry, head: Header, name: str) -> Opened | None:
    """The entry's words; None where key, seal or form do not fit."""
    try:
        padded = AESGCM(entry.key).decrypt(sealing.ZERO_NONCE, entry.body[sealing.SALT :], header.bound(head))
        plain = sealing.unpad(padded)
        body = BODY.decode(plain)
        stated = content(body)
    except (InvalidTag, ValueError, RecursionError, msgspec.MsgspecError, Refused):
        return None
    return Opened(body.happened.at, body.clock, name, body, stated, head.compartment.hex(), plain)


def references(entry: Opened) -> set[str]:
    """Hashes of the entries that an entry of custody names: those known to it, and those it answers."""
    names_referred = set(entry.body.after or ())
    for statement in entry.body.statements:
        names_referred.update(statement.supersedes)
    content = entry.content
    if isinstance(content, CustodyAccept):
        names_referred.add(content.offer)
    if isinstance(content, CustodyWitness):
        names_referred.add(content.taking)
    if isinstance(content, CustodySettle):
        names_referred.update((content.keep, *content.aside))
    return names_referred - {""}
