"""Asking other holders to erase what was erased here, and answering such requests.

What comes back is a signed promise and no more: nobody can prove that a copy is gone. A request from
another authority erases nothing by itself: an officer here decides, and a legal hold forbids it.
"""

from __future__ import annotations

import json
from typing import Any

from libertad.access import erasable
from libertad.access.acting import Act, action, new_id
from libertad.access.actions.answer_complaint import complaints_of
from libertad.access.actions.erase_person import references
from libertad.access.legal_holds import under_hold
from libertad.access.models import Compartment
from libertad.exchange.peering import peers
from libertad.exchange.peering.guarded import standing_devices
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol import erasure_messages
from libertad.exchange.protocol.signed import Wrong
from libertad.journal import erase
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import FileErase, PersonErase

MOST = 64
PUT = (
    "insert into exchange_erasure (request, authority, asking, compartments, message, at, sent, receipt, "
    "answer, answered) values (?, ?, ?, ?, ?, ?, null, null, '', null) "
    "on conflict (request, authority) do nothing"
)


def watch() -> None:
    """Whatever erases files on this node asks the other readers to do the same."""
    if note not in erase.ERASING:
        erase.ERASING.append(note)
    if was_given not in erasable.GIVEN:
        erasable.GIVEN.append(was_given)


def was_given(sql: Sql, compartment: str, authority: str) -> bool:
    """Whether a key of a file was made ready for an authority elsewhere: it may have arrived."""
    given = "select 1 from exchange_released where compartment = ? and authority = ? limit 1"
    return sql.first(given, (compartment, authority)) is not None


def note(tx: Transaction, erased_files: frozenset[str]) -> None:
    """In the erasing transaction, while reader lists are still there: one request for each other reader."""
    own = tx.node.rings.authorities()
    readers: dict[str, set[str]] = {}
    for compartment in sorted(erased_files):
        rows = tx.sql.all("select authority from access_reader where compartment = ?", (compartment,))
        names = {row[0] for row in rows}
        asking = sorted(names.intersection(own) & set(tx.node.rings.open))
        for name in names.difference(own):
            if asking and _holds(tx.sql, compartment, name, asking):
                readers.setdefault(name, set()).add(compartment)
    _answered_by(tx, erased_files)
    asker = tx.appended[-1].authority if tx.appended else ""
    for name, held in sorted(readers.items()):
        places = held - _asked_by(tx.sql, name)
        if not places:
            continue
        by = asker if asker in tx.node.rings.open else sorted(tx.node.rings.open)[0]
        _ask(tx, by, name, sorted(places))
    for compartment in sorted(erased_files):
        for table in ("exchange_released", "exchange_offered", "exchange_want"):
            tx.sql.run(f"delete from {table} where compartment = ?", (compartment,))


def _holds(sql: Sql, compartment: str, reader: str, asking: list[str]) -> bool:
    """Whether a reader is asked to erase a file. What care disclosed care alone asks back, and of whom no key
    of it was ever given to, nobody: sealed it opens to nobody any more."""
    row = sql.first("select kind, owner from access_compartment where id = ?", (compartment,))
    if row is None or row[0] != "disclosure":
        return True
    return row[1] in asking and was_given(sql, compartment, reader)


def _asked_by(sql: Sql, asking: str) -> set[str]:
    """Files that an authority asked us to erase: it has erased them, and is not asked in return."""
    rows = sql.all("select compartments from exchange_erasure where asking = ?", (asking,))
    return {place for (places,) in rows for place in json.loads(places)}


def _answered_by(tx: Transaction, erased_files: frozenset[str]) -> None:
    """Requests to authorities here of which nothing is left without these files: erasing answers them."""
    rows = tx.sql.all("select request, authority, compartments from exchange_erasure where answered is null")
    erased = erased_files | {place.hex() for place in tx.node.rings.erased_places()}
    for request, authority, places in rows:
        requested = json.loads(places)
        if authority in tx.node.rings.open and erased.issuperset(requested):
            _promise(tx, authority, request, sum(place in erased_files for place in requested))


def _ask(tx: Transaction, asking: str, reader: str, places: list[str]) -> None:
    at = now_ms()
    message = erasure_messages.request(tx.node.rings, asking, [bytes.fromhex(place) for place in places], at)
    request = erasure_messages.read_request(message, publics(tx.sql))
    tx.sql.run(PUT, (request.id.hex(), reader, asking, json.dumps(places), message, at))


def publics(sql: Sql) -> dict[bytes, tuple[bytes, str]]:
    """The devices that are believed: enrolled, and not revoked."""
    return standing_devices(sql)


def asked_of(sql: Sql, authorities: list[str]) -> list[bytes]:
    """Our requests to authorities that live at a peer and have not answered."""
    if not authorities:
        return []
    marks = ", ".join("?" * len(authorities))
    rows = sql.all(
        f"select message from exchange_erasure where authority in ({marks}) and answered is null "
        f"limit {MOST}",
        authorities,
    )
    return [bytes(row[0]) for row in rows]


def take_requests(node: Node, peer: Peer, messages: list[bytes]) -> list[bytes]:
    """Keep requests of a peer's authorities for an officer to decide; gives the receipts of those decided."""
    sql = node.sql()
    authorities = set(peers.authorities(sql, peer.origin))
    receipts: list[bytes] = []
    fresh: list[tuple[erasure_messages.EraseRequest, bytes]] = []
    for message in messages[:MOST]:
        try:
            request = erasure_messages.read_request(message, publics(sql))
        except Wrong:
            continue
        if request.authority not in authorities:
            continue
        rows = sql.all("select receipt from exchange_erasure where request = ?", (request.id.hex(),))
        receipts += [bytes(row[0]) for row in rows if row[0] is not None]
        if not rows and {*request.compartments} <= node.rings.erased_places():
            receipts += _gone_already(node, request)
        elif not rows:
            fresh.append((request, message))
    if fresh:
        node.writer.submit(lambda tx: _keep_all(tx, fresh))
    return receipts


def _gone_already(node: Node, request: erasure_messages.EraseRequest) -> list[bytes]:
    """Receipts for files that were erased here before we were asked: of which authority, we know no more.

    Its asker takes the one that it waits for. Nothing new is told: who erased first asked every reader.
    """
    own = sorted(node.rings.open)
    return [erasure_messages.receipt(node.rings, authority, request.id, now_ms(), 0) for authority in own]


def _keep_all(tx: Transaction, fresh: list[tuple[erasure_messages.EraseRequest, bytes]]) -> None:
    for request, message in fresh:
        _keep(tx, request, message)


def _keep(tx: Transaction, request: erasure_messages.EraseRequest, message: bytes) -> None:
    """For each authority here that reads one of the files, as far as the asker reads it too."""
    places_by_authority: dict[str, list[str]] = {}
    for place in request.compartments:
        rows = tx.sql.all("select authority from access_reader where compartment = ?", (place.hex(),))
        names = {row[0] for row in rows}
        if request.authority in names:
            for name in names.intersection(tx.node.rings.authorities()):
                places_by_authority.setdefault(name, []).append(place.hex())
    for name, places in sorted(places_by_authority.items()):
        tx.sql.run(PUT, (request.id.hex(), name, request.authority, json.dumps(places), message, now_ms()))


def take_receipts(tx: Transaction, peer: Peer, messages: list[bytes]) -> None:
    """Keep the answers of a peer's authorities to our requests."""
    authorities = set(peers.authorities(tx.sql, peer.origin))
    for message in messages[:MOST]:
        try:
            receipt = erasure_messages.read_receipt(message, publics(tx.sql))
        except Wrong:
            continue
        if receipt.authority in authorities:
            tx.sql.run(
                "update exchange_erasure set receipt = ?, answer = ?, answered = ? "
                "where request = ? and authority = ? and answered is null",
                (message, str(receipt.outcome), now_ms(), receipt.request.hex(), receipt.authority),
            )


@action("person.erase", "file.erase")
def erase_as_asked(act: Act, *, request: str, reason: str) -> int:
    """Erase the files that another authority asks for, and promise it. Refused under a legal hold; of a
    country's file also for whatever else forbids erasing it here.

    Returns how many keys were destroyed.
    """
    places = _pending(act, request)
    files = [row for place in places if (row := act.get(Compartment, place)) is not None]
    if any(row["kind"] not in ("person", "care", *erasable.RULES) for row in files):
        raise Refused("request", "only the files of a person or of a country are erased")
    for row in files:
        if row["kind"] in erasable.RULES:
            erasable.RULES[row["kind"]](act, row)
    of_country = [row for row in files if row["kind"] in erasable.OF_COUNTRIES]
    if any(under_hold(act, row["about"]) for row in files if row["kind"] not in erasable.RULES):
        raise Refused("request", "a legal hold forbids erasing: refuse it, or ask who placed the hold")
    own = act.find_compartment("authority", act.actor.authority)
    if own is None:
        raise Refused("request", "this authority has no place of its own here")
    act.say(own, _record(of_country, len(files), reason), subject=new_id(), supersedes={})
    count = "select count(*) from epoch where compartment = ?"
    rings = act.node.rings
    keys = sum(int(rings.rows(count, (bytes.fromhex(place),))[0][0]) for place in places)
    complaints = complaints_of(act, references(act, list(places))) if not of_country else []
    _answer(act, request, keys)
    erase.erase(act.tx, [*places, *complaints])
    return keys


def _record(of_country: list[dict[str, Any]], count: int, reason: str) -> Verb:
    """What the own authority keeps of an erasure: whose files went only where they were a country's."""
    if not of_country:
        return PersonErase(reason=reason, compartments=count)
    kind, country = of_country[0]["kind"], of_country[0]["about"].rpartition(":")[2]
    return FileErase(kind=kind, country=country, reason=reason, compartments=count)


@action("person.erase", "file.erase")
def refuse_to_erase(act: Act, *, request: str, outcome: str = erasure_messages.LEGAL_HOLD) -> None:
    """Answer why the files stay. `outcome`: one of `erasure_messages.REFUSALS`."""
    _pending(act, request)
    _answer(act, request, outcome)


def _pending(act: Act, request: str) -> list[str]:
    row = act.tx.sql.first(
        "select compartments from exchange_erasure where request = ? and authority = ? and answered is null",
        (request, act.actor.authority),
    )
    if row is None:
        raise Refused("request", "there is no such request, or it was answered")
    places: list[str] = json.loads(row[0])
    return places


def _answer(act: Act, request: str, outcome: int | str) -> None:
    _promise(act.tx, act.actor.authority, request, outcome)


def _promise(tx: Transaction, authority: str, request: str, outcome: int | str) -> None:
    receipt = erasure_messages.receipt(tx.node.rings, authority, bytes.fromhex(request), now_ms(), outcome)
    tx.sql.run(
        "update exchange_erasure set receipt = ?, answer = ?, answered = ? "
        "where request = ? and authority = ?",
        (receipt, str(outcome), now_ms(), request, authority),
    )
