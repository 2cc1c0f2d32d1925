"""Whose word an evidence package is: the keys in it, who vouches for each, and what was taken back.

Pure, as all of the check is. Which keys to rely on no file can say of itself: see `package_check`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from libertad.evidence.package import Key, Opened, Package
from libertad.evidence.package_page import Story
from libertad.journal import header
from libertad.journal.checkpoint import refuse_small_order
from libertad.journal.header import Header
from libertad.journal.subjects import gives
from libertad.vocabulary.verbs import access as say

NAMED, ENROLLED, UNVOUCHED = "named", "enrolled", "not vouched"
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
    """What a check came to. `wrong`: altered, left out, exchanged; `proven` and `unproven` in plain words.

    `names`: of authorities by id, of these only what entries of the file prove.
    """

    reference: str = ""
    made: str = ""
    wrong: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    keys: list[KeyStanding] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    story: Story | None = None

    @property
    def whole(self) -> bool:
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
    """The part of a check that asks about keys. `signed`: entries that each device truly signed."""

    def __init__(self, package: Package, named: frozenset[str], report: Report) -> None:
        self.package, self.manifest, self.named, self.report = package, package.manifest, named, report
        self.keys: dict[str, Key] = {}
        self.heads: dict[str, Header] = {}
        self.opened: dict[str, Opened] = {}
        self.device: dict[str, str] = {}  # by entry
        self.signed: defaultdict[str, int] = defaultdict(int)  # by device: entries that it truly signed

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

    def _enrolments(self) -> Iterator[Enrolment]:
        """Each enrolment that its key agreed to."""
        for entry in self.opened.values():
            content = entry.content
            if not isinstance(content, say.DeviceEnrol):
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
                for device, authority, by, owner in enrolments
                if device in self.keys and device not in standing and by in standing
                and self.keys[device].authority == authority
                and owner in (authority, coordinates)

            }  # fmt: skip
            if not further:
                break
            standing |= further
        for device in sorted(self.signed, key=lambda device: (self.keys[device].name, device)):
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
        enrolled = {(device, by) for device, _authority, by, _whose in enrolments}
        limits: defaultdict[str, dict[str, int]] = defaultdict(dict)  # by device: last number, by file
        by_others: set[str] = set()
        for entry in self.opened.values():
            content = entry.content
            if not isinstance(content, say.DeviceRevoke) or content.device not in self.keys:
                continue
            by = self.device[entry.id]
            if self.keys[content.device].authority != entry.authority or by not in standing:
                continue
            files = limits[content.device]
            files[entry.compartment] = min(content.last, files.get(entry.compartment, content.last))
            if (by, content.device) not in enrolled:
                by_others.add(content.device)
        for device in by_others:
            limits[device].setdefault(self.manifest.file, -1)
        for name, head in self.heads.items():
            last = limits.get(head.device.hex(), {}).get(head.compartment.hex())
            if last is not None and head.seq > last:
                self.wrong(f"Entry {name[:16]} was signed by a key that its authority took back.")


def spaced(name: str) -> str:
    """A key's id in groups of four, to be read out."""
    return " ".join(name[at : at + 4] for at in range(0, len(name), 4))
