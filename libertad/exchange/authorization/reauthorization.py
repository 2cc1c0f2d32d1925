"""Judging again: what new grounds bear on, until nothing changes.

A ground releases what waited for it, and a withdrawal takes out what is folded. What is taken out, or comes
in, may be a ground itself; so it goes on until the verdicts are those of the whole set of entries.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import cast

import msgspec

from libertad.access import changes
from libertad.access.claims import REASON
from libertad.access.fold_exchange import usable
from libertad.access.grounds import key_id
from libertad.exchange.authorization import forgeries, side_effects, suspension
from libertad.exchange.authorization.entry_authorization import GROUNDS, Judge, Verdict
from libertad.exchange.authorization.succession_lines import Lines
from libertad.exchange.peering import peers
from libertad.exchange.sending import late_readers
from libertad.journal import folding, guarded, header, ingest
from libertad.journal.folding import Said
from libertad.journal.header import Header
from libertad.journal.transaction import WATCHERS, Transaction
from libertad.vocabulary.verbs import access as say
from libertad.vocabulary.verbs.changes import ChangeCut, ChangePropose, OperationBegin

WITHDRAWING = ("officer.withdraw", "device.revoke", "compartment.remove", "operation.begin")
OF_SUSPENDING = ("change.propose", "change.sign", "change.refuse")
OF_CHANGES = ("change.sign", "change.refuse")  # each may end what was carried out, or what was vouched for
ROUNDS = 20  # two in practice; entries that forever take each other out would end here


def settle(tx: Transaction, fresh: Sequence[Said], forked: Iterable[bytes] = ()) -> int:
    """Apply newly accepted entries, or proofs of forks, to what is here; returns how many were released."""
    tx.caches.rights.clear()
    for entry in fresh:
        apply(tx, entry)
    released, todo = 0, _concerned(tx, fresh, withdrawing=True) | _displaced(tx, fresh) | set(forked)
    come: Sequence[Said] = fresh
    turned = suspension.Turned(set(), set())
    for _ in range(ROUNDS):
        start = len(tx.appended)
        todo |= _suspended(tx, turned, come)
        removed = reconsider(tx, sorted(todo)) if todo else []
        removed += reconsider_changed(tx, come)
        side_effects.reassign_devices(tx, Lines(tx), own_devices(tx))
        released += rejudge(tx)
        come = tx.appended[start:]
        todo = _concerned(tx, come, withdrawing=True) | _concerned(tx, removed, withdrawing=False)
        todo |= _displaced(tx, come) | _suspended(tx, turned, [])
        if not todo and not any(entry.verb in OF_CHANGES for entry in come):
            break
    else:  # entries that take each other out: what stands is found from all of them at once
        from libertad.exchange.authorization.full_reauthorization import judge_anew

        forgeries.raise_unsettled(tx)
        judge_anew(tx)
    if turned:
        tx.closing.append(lambda: suspension.act_on(tx, turned))
    peers.learn(tx.sql, tx.node.key.origin)
    tx.sql.run("update exchange_want set again = 0")
    return released


def _suspended(tx: Transaction, turned: suspension.Turned, come: Sequence[Said]) -> set[bytes]:
    """Devices of authorities whose suspension came, was confirmed or is over, or of which a cut came."""
    latest = suspension.look(tx)
    turned.more.update(latest.more)
    turned.less.update(latest.less)
    cuts = {entry.content.whom for entry in come if isinstance(entry.content, ChangeCut)}
    return suspension.devices(tx, latest.more | cuts) - own_devices(tx)


def apply(tx: Transaction, entry: Said) -> None:
    """What an entry that is believed now does beside the journal."""
    enrol(tx, entry)
    if isinstance(entry.content, say.CompartmentRemove):
        late_readers.removed(tx, entry)
    if isinstance(entry.content, say.DeviceRevoke):  # the device may have told its recipient key
        side_effects.forget_recipient(tx, entry.authority)


def enrol(tx: Transaction, entry: Said) -> None:
    """Put the device on file that an accepted entry enrols."""
    if isinstance(entry.content, say.DeviceEnrol) and usable(entry.content.public):
        ingest.enrol(tx, bytes.fromhex(entry.content.public), entry.subject)


def _concerned(tx: Transaction, entries: Iterable[Said], withdrawing: bool) -> set[bytes]:
    """Devices whose folded entries may fall: by withdrawals that came, or by other grounds that went."""
    devices: set[bytes] = set()
    for entry in entries:
        if entry.verb in GROUNDS and (entry.verb in WITHDRAWING) == withdrawing:
            devices.update(affected(tx, entry))
    return devices


def _displaced(tx: Transaction, entries: Iterable[Said]) -> set[bytes]:
    """Devices whose folded entries rest on a weaker word than one that came: a file whose id proves another
    owner, an officer whose id does, an invitation by who coordinates after one by who supports. An enrolment
    may stand before another of its key, which made it a phone, or a node's device."""
    devices: set[bytes] = set()
    for incoming in entries:
        if isinstance(incoming.content, say.DeviceEnrol):
            devices |= _of_another_kind(tx, incoming, incoming.content)
            continue
        if isinstance(incoming.content, say.CompartmentOpen):
            touch = f"access.Compartment:{incoming.compartment}"
        elif isinstance(incoming.content, say.AuthorityInvite):
            touch = f"access.Authority:{incoming.subject}"
        elif isinstance(incoming.content, say.OfficerAppoint):
            touch = f"access.Officer:{incoming.subject}"
        else:
            continue
        for authority in {entry.authority for entry in tx.entries_touching(touch)} - {incoming.authority}:
            rows = tx.sql.all("select id from journal_device where authority = ?", (authority,))
            devices.update(bytes(row[0]) for row in rows)
    return devices - own_devices(tx)


def _of_another_kind(tx: Transaction, incoming: Said, content: say.DeviceEnrol) -> set[bytes]:
    """Where a key is enrolled as two kinds of device: it, and the devices that enrolled it."""
    if not usable(content.public):
        return set()
    key = key_id(content.public)
    enrolments = [
        entry
        for entry in tx.entries_touching(f"access.Device:{key}")
        if isinstance(entry.content, say.DeviceEnrol) and entry.id != incoming.id
    ]
    if all(cast(say.DeviceEnrol, entry.content).kind == content.kind for entry in enrolments):
        return set()
    names = [bytes.fromhex(entry.id) for entry in (incoming, *enrolments)]
    rows = [tx.sql.first("select device from journal_entry where hash = ?", (name,)) for name in names]
    return {bytes.fromhex(key), *(bytes(row[0]) for row in rows if row is not None)}


def own_devices(tx: Transaction) -> set[bytes]:
    """This node's devices: what its own officers said was checked when they said it."""
    return {header.device_id(ring.device[0]) for ring in tx.node.rings.open.values() if ring.device}


def decoded(tx: Transaction, idx: int) -> tuple[Header, Said | None]:
    row = tx.sql.all("select header from journal_entry where idx = ?", (idx,))[0]
    return header.decode(bytes(row[0])), tx.entry(idx)


def owners(tx: Transaction) -> dict[bytes, str]:
    return guarded.owners(tx.sql)


def rejudge(tx: Transaction) -> int:
    """Judge again what is held, until nothing changes; returns how many entries are folded now."""
    if tx.sql.first("select 1 from journal_held limit 1") is None:
        return 0
    owner_by_device, released = owners(tx), 0
    while True:
        judge, changed = Judge(tx), 0
        forged: list[tuple[Said, str]] = []
        for idx, reason, _ in tx.sql.all("select idx, reason, detail from journal_held order by idx"):
            head, entry = decoded(tx, idx)
            if entry is None:
                continue
            verdict = judge.hold(entry, head, owner_by_device.get(head.device))
            if verdict is None:
                tx.sql.run("delete from journal_held where idx = ?", (idx,))
                tx.fold(idx, entry)
                tx.appended.append(entry)
                apply(tx, entry)
                judge.accept(entry)
                changed += 1
            elif verdict[0] != reason:
                tx.sql.run("update journal_held set reason = ?, detail = ? where idx = ?", (*verdict, idx))
                forged += [(entry, verdict[1])] if verdict[0] in forgeries.ALARMING else []
        released += changed
        forgeries.raise_alarms(tx, forged)
        reconsider_subjects(tx, judge.definitions)
        if not (judge.grounds or judge.definitions):
            break
    if released:
        tx.caches.rights.clear()
    return released


def reconsider(tx: Transaction, devices: Iterable[bytes]) -> list[Said]:
    """Judge again what these devices said and is folded; returns what had to be taken out."""
    devices = list(devices)
    if not devices:
        return []
    owner_by_device, judge = owners(tx), Judge(tx, parking=False)
    removed: list[Said] = []
    for device in devices:
        rows = tx.sql.all(
            "select idx from journal_entry where device = ? and body is not null "
            "and idx not in (select idx from journal_held) order by idx",
            (device,),
        )
        for (idx,) in rows:
            head, entry = decoded(tx, idx)
            if entry is None:
                continue
            verdict = judge.hold(entry, head, owner_by_device.get(head.device))
            if verdict is not None:
                hold(tx, idx, entry, verdict)
                judge.found.clear()
                removed.append(entry)
    forgeries.raise_alarms(tx, judge.forged)
    if removed:
        tx.caches.rights.clear()
    return removed


def reconsider_subjects(tx: Transaction, definitions: Sequence[Said]) -> None:
    """Judge again what is folded about subjects of which it is known only now who began them, and where."""
    places: set[int] = set()
    for definition in definitions:
        for projection, key in folding.touched(definition):
            if projection.begins is not None:
                rows = tx.sql.all("select entry from journal_touch where key = ?", (projection.touch(key),))
                places.update(row[0] for row in rows)
        rows = tx.sql.all(
            "select id from access_opening where subject = ? union select id from access_attachment "
            "where about = ?",
            (definition.subject, definition.subject),
        )
        for (entry,) in rows:
            place = tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(entry),))
            places.update(place or ())
    if len(places) <= len(definitions):
        return  # the definitions alone
    own, judge, owner_by_device = own_devices(tx), Judge(tx, parking=False), owners(tx)
    for idx in sorted(places):
        head, said_before = decoded(tx, idx)
        if said_before is None or head.device in own:
            continue
        verdict = judge.hold(said_before, head, owner_by_device.get(head.device))
        if verdict is not None:
            hold(tx, idx, said_before, verdict)
            judge.found.clear()
    forgeries.raise_alarms(tx, judge.forged)


def reconsider_changed(tx: Transaction, entries: Iterable[Said]) -> list[Said]:
    """Judge again what was carried out, or vouched for, where a signature or a refusal came: also what this
    node said itself, since its word may have crossed with theirs."""
    places: set[int] = set()
    for entry in entries:
        if entry.verb not in OF_CHANGES:
            continue
        for proposal in changes.proposals(
            tx.entries_touching(f"access.OperationChange:{entry.subject}")
        ).values():
            places.update(_carried_out(tx, proposal))
    if not places:
        return []
    judge, owner_by_device, removed = Judge(tx, parking=False), owners(tx), []
    for idx in sorted(places):
        head, said_before = decoded(tx, idx)
        if said_before is None or tx.sql.first("select 1 from journal_held where idx = ?", (idx,)):
            continue
        verdict = judge.hold(said_before, head, owner_by_device.get(head.device))
        if verdict is not None:
            hold(tx, idx, said_before, verdict)
            judge.found.clear()
            removed.append(said_before)
    forgeries.raise_alarms(tx, judge.forged)
    return removed


def _carried_out(tx: Transaction, proposal: Said) -> Iterable[int]:
    """The entries that carried a proposed change out, or that it takes back."""
    proposed = proposal.content
    if not isinstance(proposed, ChangePropose):
        return
    names = {proposed.about} if proposed.change == changes.UNDO else set()
    content = None if names else changes.decode(proposed.change, proposed.content)
    if content is not None:
        twin = proposal._replace(
            body=msgspec.structs.replace(
                proposal.body, verb=changes.SAYS[proposed.change], subject=proposed.about
            ),
            content=content,
        )
        for projection, key in folding.touched(twin):
            known = tx.entries_touching(projection.touch(key))
            names |= {entry.id for entry in known if entry.body.proof == proposal.subject}
    for name in names:
        row = tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(name),))
        yield from row or ()


def hold(tx: Transaction, idx: int, entry: Said, verdict: Verdict) -> None:
    """Take a folded entry out of every row and keep it in quarantine."""
    tx.sql.run(
        "insert into journal_held (idx, reason, detail, since) values (?, ?, ?, ?) "
        "on conflict (idx) do nothing",
        (idx, *verdict, int(time.time() * 1000)),
    )
    for projection, key in folding.touched(entry):
        touch = projection.touch(key)
        tx.sql.run("delete from journal_touch where key = ? and entry = ?", (touch, idx))
        tx.sealing.touched(touch, idx, present=False)
        tx.refold(projection, key)
    if (files := side_effects.undo(tx, entry)) and verdict[0] == REASON:
        forgeries.raise_alarms(tx, [(entry, verdict[1])])
        forgeries.add_files(tx, entry, files)


def affected(tx: Transaction, entry: Said) -> list[bytes]:
    """Foreign devices on whose entries a ground bears."""
    content, here = entry.content, own_devices(tx)
    if isinstance(content, (say.DeviceRevoke, say.DeviceEnrol)):
        device = content.device if isinstance(content, say.DeviceRevoke) else key_id(content.public)
        descendants = Lines(tx).descendants(entry.subject, device)
        return [
            bytes.fromhex(device),
            *(descendant for descendant in map(bytes.fromhex, sorted(descendants)) if descendant not in here),
        ]
    if isinstance(content, (say.CompartmentOpen, OperationBegin)):
        rows = tx.sql.all(
            "select distinct device from journal_entry where compartment = ?", (entry.compartment,)
        )
    else:
        marks = sorted(_authorities(tx, entry))
        rows = (
            tx.sql.all(
                f"select id from journal_device where authority in ({', '.join('?' * len(marks))})", marks
            )
            if marks
            else []
        )
    return [bytes(row[0]) for row in rows if bytes(row[0]) not in here]


def _authorities(tx: Transaction, entry: Said) -> Iterable[str]:
    content = entry.content
    if isinstance(content, say.OfficerWithdraw):
        return {
            appointment.authority for appointment in tx.entries_touching(f"access.Officer:{entry.subject}")
        }
    if isinstance(content, (say.CompartmentReaders, say.CompartmentRemove)):
        return content.reader
    if isinstance(content, say.OfficerAppoint):
        return [entry.authority]
    return [entry.subject] if isinstance(content, say.AuthorityInvite) else []


def apply_own_entry(tx: Transaction, entry: Said) -> None:
    """An officer of this node withdrew an officer, a device or a reader, or proposed, signed or refused a
    change; or invited whom others have invited into another operation, perhaps as of another kind."""
    if isinstance(entry.content, ChangePropose) and entry.content.change != changes.SUSPEND:
        return
    if isinstance(entry.content, say.AuthorityInvite) and not _spoken_elsewhere(tx, entry):
        return
    if isinstance(entry.content, say.CompartmentRemove):  # who stays is given the new epoch's key
        tx.sql.run("delete from exchange_released where compartment = ?", (entry.compartment,))
    tx.closing.append(lambda: settle(tx, [entry]))


def _spoken_elsewhere(tx: Transaction, invitation: Said) -> bool:
    """Whether another authority speaks of this one in another operation."""
    return any(
        entry.operation not in ("", invitation.operation) and entry.authority != invitation.authority
        for entry in tx.entries_touching(f"access.Authority:{invitation.subject}")
    )


def watch() -> None:
    for verb in {*WITHDRAWING, *OF_CHANGES, *OF_SUSPENDING, "authority.invite"}:
        if apply_own_entry not in WATCHERS.setdefault(verb, []):
            WATCHERS[verb].append(apply_own_entry)
