"""Making an evidence package of an exhibit: what its reader may read, signed by the reader's authority.

That it is made is on file before its first byte leaves (`file.open`, page `evidence-package`), as every
opening is. It holds the entries of the exhibit in its case file; of the operation those that opened it,
invited the authorities who speak and enrolled their keys, and what took these keys back there and in the
case file; and of each entry its own key, which opens no other. No file of a person is in it; the taking may
hold the number of one, a return the name of who received it. Who was appointed is not in it: an appointment
holds the number with which an officer signs in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.actor import Actor
from libertad.access.entries import Disclosed, disclosed
from libertad.access.fold_passkeys import NAMED
from libertad.access.models import Authority, Device, Opening, Passkey
from libertad.access.queries import authority_names, clock_now, officer_names, readable
from libertad.evidence import package as form
from libertad.evidence import package_passkeys as passkeys
from libertad.evidence.difference_words import difference_title, difference_told
from libertad.evidence.models import Exhibit, SignedCustody
from libertad.evidence.package import Key, Maker, Manifest, SignedEntry
from libertad.evidence.package_check import open_entry
from libertad.evidence.package_page import page, readme, tell
from libertad.evidence.queries import ExhibitSeen
from libertad.evidence.queries_store import differences_of
from libertad.journal import header
from libertad.journal.models import Device as DeviceKey
from libertad.journal.node import node
from libertad.vocabulary.values import Refused

PAGE = "evidence-package"  # of the code list `pages`
FILES = ("case",)
ROSTER = ("operation", "authority")
ROSTER_VERBS = frozenset({"operation.open", "authority.invite", "device.enrol", "device.revoke"})
OPERATION = "operations.Operation"  # that room's row of an operation
MOST_ROUNDS = 50  # of keys that enrolled keys


def make_package(actor: Actor, exhibit: ExhibitSeen) -> bytes:
    """The package of an exhibit, as bytes; recorded first. Refused where its taking is not readable."""
    perform(actor, open_file, compartment=exhibit.compartment, subject=exhibit.id, page=PAGE)
    custody = disclosed(actor, [f"{Exhibit._meta.label}:{exhibit.id}"], kinds=FILES)
    custody = [entry for entry in custody if entry.said.compartment == exhibit.compartment]
    confirming = _confirming(actor, custody, exhibit.compartment)
    roster, keys = _roster(actor, [*custody, *confirming], exhibit.compartment)
    roster = [*confirming, *roster]
    secret = node().rings.device(actor.authority)[1]
    with translation.override("en"):  # a verifier makes the same page from the entries, and compares
        return _packed(actor, exhibit, custody, roster, keys, clock_now(actor.operation), secret)


def _packed(
    actor: Actor,
    exhibit: ExhibitSeen,
    custody: list[Disclosed],
    roster: list[Disclosed],
    keys: list[Key],
    made_at: datetime,
    secret: bytes,
) -> bytes:
    every = [SignedEntry(*entry[1:]) for entry in (*custody, *roster)]
    made_at = max(made_at, *(entry.said.clock for entry in (*custody, *roster)))  # another node's may be fast
    names = {key.authority: key.name for key in keys if key.name}
    opened = [_open_entry(entry) for entry in (*custody, *roster)]
    confirmed = passkeys.states(opened)
    story = tell(opened[: len(custody)], made_at, names, confirmed)
    if story is None:
        raise Refused("exhibit", "its taking does not open here: no package can be made of it")
    manifest = Manifest(
        format=form.FORMAT,
        version=form.PASSKEYS if confirmed else form.VERSION,
        page=form.PAGE,
        made=made_at,
        zone=actor.zone,
        maker=Maker(
            officer=actor.officer,
            authority=actor.authority,
            role=actor.role,
            name=officer_names(actor, [actor.officer]).get(actor.officer, ""),
            authority_name=authority_names([actor.authority]).get(actor.authority, ""),
        ),
        signer=header.device_id(node().rings.device(actor.authority)[0]).hex(),
        exhibit=exhibit.id,
        reference=exhibit.reference,
        file=exhibit.compartment,
        operation=actor.operation,
        keys=tuple(keys),
        entries=tuple(entry.said.id for entry in (*custody, *roster)),
        files={},
        audits=tuple(_audits(actor, exhibit)),
    )
    files = {
        form.README: readme(manifest, story),
        form.READABLE: page(manifest, story),
        form.ENTRIES: form.encode_entries(every),
    }
    return form.pack(manifest, files, secret)


def _audits(actor: Actor, exhibit: ExhibitSeen) -> Iterator[str]:
    """What audits of the store found of an exhibit, a sentence or two each, newest first."""
    for audit, difference in differences_of(actor, exhibit.id):
        lines = [difference_title(difference), *difference_told(audit, difference)]
        if not difference.explained:
            lines.append(_("Not explained"))
        yield ". ".join(text.rstrip(".") for text in lines) + "."


def _open_entry(entry: Disclosed) -> form.Opened:
    opened = open_entry(SignedEntry(*entry[1:]), header.decode(entry.header), entry.said.id)
    if opened is None:
        raise Refused("exhibit", "one of its entries does not open here: no package can be made of it")
    return opened


def _confirming(actor: Actor, custody: Iterable[Disclosed], file: str) -> list[Disclosed]:
    """The passkeys of those who moved the exhibit, and what these confirmed of it."""
    acts = [entry.said for entry in custody if entry.said.verb in passkeys.CUSTODY]
    rows = [f"{SignedCustody._meta.label}:{act.id[:NAMED]}" for act in acts]
    vouches = [
        entry
        for entry in disclosed(actor, rows, kinds=FILES)
        if entry.said.verb == "entry.vouch" and entry.said.compartment == file
    ]
    officers = {(act.authority, act.officer) for act in acts}
    published = [
        f"{Passkey._meta.label}:{row.pk}"
        for row in readable(actor, Passkey).filter(officer__in={officer for _of, officer in officers})
        if (row.authority, row.officer) in officers and row.operation == actor.operation
    ]
    return [*vouches, *disclosed(actor, published, kinds=("operation",))]


def _roster(actor: Actor, custody: Iterable[Disclosed], file: str) -> tuple[list[Disclosed], list[Key]]:
    """Entries of the roster behind those of custody, and the keys that signed these and the manifest.

    A revocation counts in the file that it stands in: those of the exhibit's own file (an id) are among them.
    """
    spoken = list(custody)
    authorities = {entry.said.authority for entry in spoken} | {actor.authority}
    devices = {header.decode(entry.header).device for entry in spoken}
    devices.add(header.device_id(node().rings.device(actor.authority)[0]))
    disclosures: dict[str, Disclosed] = {}
    for _round in range(MOST_ROUNDS):
        of_devices = [f"{Device._meta.label}:{device.hex()}" for device in devices]
        of_authorities = [f"{Authority._meta.label}:{authority}" for authority in authorities]
        rows = [f"{OPERATION}:{actor.operation}", *of_devices, *of_authorities]
        roster = disclosed(actor, rows, kinds=ROSTER)
        here = [
            disclosure
            for disclosure in disclosed(actor, of_devices, kinds=FILES)
            if disclosure.said.compartment == file
        ]
        disclosures = {entry.said.id: entry for entry in (*roster, *here) if entry.said.verb in ROSTER_VERBS}
        further = {header.decode(entry.header).device for entry in disclosures.values()} - devices
        speaking = {entry.said.authority for entry in disclosures.values()} - authorities
        if not further and not speaking:
            break
        devices |= further
        authorities |= speaking
    return list(disclosures.values()), _keys(devices)


def _keys(devices: Iterable[bytes]) -> list[Key]:
    rows = list(DeviceKey.objects.filter(pk__in=list(devices)))
    names = authority_names([row.authority for row in rows])
    keys = [
        Key(
            id=bytes(row.pk).hex(),
            public=bytes(row.public).hex(),
            authority=row.authority,
            name=names.get(row.authority, ""),
        )
        for row in rows
    ]
    return sorted(keys, key=lambda key: (key.name, key.id))


def keys_behind(actor: Actor, exhibit: ExhibitSeen) -> list[Key]:
    """The keys that a package of this exhibit would hold, to be told to a court by another way."""
    custody = disclosed(actor, [f"{Exhibit._meta.label}:{exhibit.id}"], kinds=FILES)
    custody = [entry for entry in custody if entry.said.compartment == exhibit.compartment]
    confirming = _confirming(actor, custody, exhibit.compartment)
    return _roster(actor, [*custody, *confirming], exhibit.compartment)[1]


def packages_made(actor: Actor, exhibit: ExhibitSeen) -> list[Opening]:
    """Every package that was made of an exhibit, newest first, as far as the actor may read."""
    opened = readable(actor, Opening).filter(subject=exhibit.id)
    return sorted((row for row in opened if row.page == PAGE), key=lambda row: row.at, reverse=True)
