"""Judging everything anew: what is believed becomes a function of the entries alone.

In strata, so that nothing rests on what comes after it: members, devices, officers, files, the rest. Whatever
would end its own ground in the end stays banned, so that the rounds come to an end; if they do not, that is
an alarm. What no longer stands is taken out of every row, and what it did beside the journal is undone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from libertad.access.changes import KINDS
from libertad.exchange.authorization import forgeries, reauthorization, side_effects, suspension
from libertad.exchange.authorization.entry_authorization import Judge, Verdict
from libertad.exchange.authorization.succession_lines import Lines
from libertad.exchange.peering import peers
from libertad.journal import folding, guarded, upgrade
from libertad.journal.folding import Said
from libertad.journal.header import Header, device_id
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say

ROUNDS = 20
STRATA = (
    frozenset({"authority.invite"}),
    frozenset({"device.enrol", "device.revoke", "node.announce"}),
    frozenset({"officer.appoint", "officer.withdraw"}),
    frozenset({"compartment.open", "compartment.readers", "compartment.remove"}),
)


class Anew(NamedTuple):
    """What judging anew changed: entries taken out, entries let in, and whether the verdicts came to rest."""

    held: int
    released: int
    settled: bool


class Case(NamedTuple):
    """An entry to be judged."""

    idx: int
    head: Header
    said: Said


class Afresh(Judge):
    """A judge who takes nothing that is folded for granted."""

    def __init__(self, tx: Transaction, cases: list[Case], ours: Iterable[Said]) -> None:
        super().__init__(tx, parking=False)
        self.filed = filed_here(tx, cases)
        self.enrolled: dict[str, list[Said]] = {}
        for entry in ours:
            self.accept(entry)

    def accept(self, entry: Said) -> None:
        self.found.clear()
        if isinstance(entry.content, say.DeviceEnrol):
            self.enrolled.setdefault(entry.subject, []).append(entry)
        for projection, key in folding.touched(entry):
            self.fresh.setdefault(projection.touch(key), []).append(entry)

    def entries(self, touch: str) -> list[Said]:
        return sorted(self.fresh.get(touch, ()))

    def roster(self, operation: str) -> set[str]:
        return {
            said.subject
            for touch, entries in self.fresh.items()
            if touch.startswith("access.Authority:")
            for said in entries
            if said.operation == operation
        }

    def holders(self, device: str) -> set[str]:
        filed = self.filed.get(device)
        named = {entry.subject for entry in self.claims(device)} | self.successors_of(device)
        return named | ({filed} if filed else set())

    def enrolments(self, authority: str) -> list[Said]:
        return list(self.enrolled.get(authority, ()))


def filed_here(tx: Transaction, cases: list[Case]) -> dict[str, str]:
    """Devices that this node put on file itself (founding, joining, a succession), not because of an entry.

    An entry of a device that is not known is never stored: so a device whose first enrolment it signed
    itself was known before.
    """
    first: dict[tuple[str, str], str] = {}
    for case in cases:
        if isinstance(case.said.content, say.DeviceEnrol):
            named = device_id(bytes.fromhex(case.said.content.public)).hex()
            first.setdefault((named, case.said.subject), case.head.device.hex())
    filed = {device.hex(): authority for device, authority in guarded.owners(tx.sql).items()}
    return {
        device: authority
        for device, authority in filed.items()
        if authority and first.get((device, authority), device) == device
    }


def judge_anew(tx: Transaction) -> Anew:
    """Judge every entry of other nodes anew, take out what may not stand and let in what may."""
    own_entries, cases = _entries(tx)
    verdicts, settled = _verdicts(tx, cases, own_entries)
    held = {row[0]: row[1] for row in tx.sql.all("select idx, reason from journal_held")}
    removed, come = 0, 0
    forged: list[tuple[Said, str]] = []
    let_in: list[Said] = []
    for case in cases:
        verdict = verdicts.get(case.idx)
        if verdict is None and case.idx in held:
            let_in += [case.said] if held[case.idx] in forgeries.ALARMING else []
            tx.sql.run("delete from journal_held where idx = ?", (case.idx,))
            tx.fold(case.idx, case.said)
            reauthorization.apply(tx, case.said)
            come += 1
        elif verdict is not None and case.idx not in held:
            reauthorization.hold(tx, case.idx, case.said, verdict)
            removed += 1
        elif verdict is None and isinstance(case.said.content, say.DeviceRevoke):
            reauthorization.apply(tx, case.said)  # an older version left the device's recipient key in place
        elif verdict is not None and held[case.idx] != verdict[0]:
            tx.sql.run("update journal_held set reason = ?, detail = ? where idx = ?", (*verdict, case.idx))
        if verdict is not None and verdict[0] in forgeries.ALARMING and held.get(case.idx) != verdict[0]:
            forged.append((case.said, verdict[1]))
    side_effects.reassign_devices(tx, Lines(tx), reauthorization.own_devices(tx))
    over = forgeries.settle_what_stands(tx, let_in)
    for case in cases:  # one alarm was for all of a kind: what is held still has one of its own
        verdict = verdicts.get(case.idx)
        if (
            verdict is not None
            and verdict[0] == forgeries.KIND
            and (case.said.authority, case.said.verb) in over
        ):
            forged.append((case.said, verdict[1]))
    forgeries.raise_alarms(tx, forged)
    if not settled:
        forgeries.raise_unsettled(tx)
    if turned := suspension.look(tx):
        tx.closing.append(lambda: suspension.act_on(tx, turned))
    tx.caches.rights.clear()
    peers.learn(tx.sql, tx.node.key.origin)
    return Anew(removed, come, settled)


def _entries(tx: Transaction) -> tuple[list[Said], list[Case]]:
    """What this node's own devices said, and the cases: all else that its rings open, as received.

    A change that two authorities signed is a case wherever it was said: a refusal may arrive after it.
    """
    here = {device_id(ring.device[0]) for ring in tx.node.rings.open.values() if ring.device}
    own_entries: list[Said] = []
    cases: list[Case] = []
    for (idx,) in tx.sql.all("select idx from journal_entry where body is not null order by idx"):
        head, entry = reauthorization.decoded(tx, idx)
        if entry is None:
            continue
        if head.device in here and not _of_two(tx, entry):
            own_entries.append(entry)  # what this node's own officers said was checked when they said it
        else:
            cases.append(Case(idx, head, entry))
    return own_entries, cases


def _of_two(tx: Transaction, entry: Said) -> bool:
    """Whether other authorities may have ended what this node said: a change that was signed, or keys that it
    vouched for and that somebody proposes to take back."""
    if entry.verb in ("device.enrol", "node.announce"):
        return bool(tx.entries_touching(f"access.Undone:{entry.id}:undo"))
    return entry.verb in KINDS and bool(entry.body.proof)


def _verdicts(tx: Transaction, cases: list[Case], own_entries: list[Said]) -> tuple[dict[int, Verdict], bool]:
    """Why each case is held, where it is; and whether the verdicts came to rest."""
    banned: dict[int, Verdict] = {}
    for _ in range(ROUNDS):
        judge = Afresh(tx, cases, own_entries)
        verdicts = _round(judge, [case for case in cases if case.idx not in banned]) | banned
        late = {}
        for case in cases:  # what was accepted before that which ends it
            if case.idx not in verdicts:
                verdict = judge.hold(case.said, case.head, judge.filed.get(case.head.device.hex()))
                if verdict is not None:
                    late[case.idx] = verdict
        if not late:
            return verdicts, True
        banned |= _lowest(judge, [case for case in cases if case.idx in late], late)
    return verdicts | banned, False


def _lowest(judge: Afresh, cases: list[Case], late: dict[int, Verdict]) -> dict[int, Verdict]:
    """Of what falls in the end that on which the rest may rest: the words of devices that an authority does
    not own any more, else those of the lowest stratum. What they had ended is judged in the next round."""
    out = [case for case in cases if case.head.device.hex() in judge.disowned(case.said.authority)]
    for verbs in STRATA if not out else ():
        out = out or [case for case in cases if case.said.verb in verbs]
    return {case.idx: late[case.idx] for case in out or cases}


def _round(judge: Afresh, cases: list[Case]) -> dict[int, Verdict]:
    """Accept what may be accepted, the strata in turn, until no more comes."""
    verdicts: dict[int, Verdict] = {}
    strata: list[list[Case]] = [[] for _ in (*STRATA, None)]
    for case in cases:
        place = next((n for n, verbs in enumerate(STRATA) if case.said.verb in verbs), len(STRATA))
        if judge.operation_file(case.said.operation) == case.said.compartment and place == 3:
            place = 0  # the operation's own file: who its members are
        strata[place].append(case)
    moved = True
    while moved:
        moved = False
        for place, waiting in enumerate(strata):
            left = []
            for case in waiting:
                verdict = judge.hold(case.said, case.head, judge.filed.get(case.head.device.hex()))
                if verdict is None:
                    judge.accept(case.said)
                    verdicts.pop(case.idx, None)
                    moved = True
                else:
                    verdicts[case.idx] = verdict
                    left.append(case)
            strata[place] = left
    return verdicts


def watch() -> None:
    """Have everything judged anew at the first start after an update."""
    if judge_anew not in upgrade.ANEW:
        upgrade.ANEW.append(judge_anew)
