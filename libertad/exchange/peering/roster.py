"""Officers on the operation's roster: whoever was appointed before the operation reached this node is told to
the others once it has.

Until then an appointment can only be said in the authority's own file, which no other node reads: the others
hold what such an officer says. The node says it again, as it stands, in the operation's file; what is held
there is judged anew when it arrives, whatever came first. Nothing is appointed by that: the officer, the role
and the authority are those of the appointment, whose nonce goes along where the id is made from one.
"""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.access.actor import itself
from libertad.access.models import Officer
from libertad.access.operation_files import pinned_file
from libertad.journal.node import Node
from libertad.journal.seals import RowChanged
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs.access import OfficerAppoint

# Officers who serve, and whose last appointment stands in another file than this one.
ELSEWHERE = (
    "select id from access_officer where authority = ? and compartment <> ? and not withdrawn order by id"
)

APPOINTED = (
    "select e.header, e.body from journal_touch t join journal_entry e on e.idx = t.entry "
    "where t.key = 'access.Officer:' || ? and e.compartment = ? order by e.idx"
)


def unlisted(node: Node, sql: Sql) -> list[tuple[str, str, str, str, str]]:
    """(officer, authority, operation, zone, file) that the operation's other nodes do not know yet.

    A ring that is locked, or has not received the file's key, can say nothing and is left for later.
    """
    unlisted_officers = []
    for authority, ring in sorted(node.rings.open.items()):
        rows = sql.all(
            "select m.operation, a.zone from access_member m join access_authority a on a.id = m.authority "
            "where a.id = ? order by m.operation",
            (authority,),
        )
        for operation, zone in rows:
            file = pinned_file(sql, operation) or ""
            if not file or bytes.fromhex(file) not in ring.current:
                continue
            if sql.first("select 1 from access_reader where id = ?", (f"{file}:{authority}",)) is None:
                continue
            officers = [str(row[0]) for row in sql.all(ELSEWHERE, (authority, file))]
            # One that was said here may not be the last: an operation's clock may be set to the past, and an
            # officer of several operations stands in one file for each of them.
            unlisted_officers += [
                (officer, authority, str(operation), str(zone), file)
                for officer in _missing(node, sql, authority, file, officers)
            ]
    return unlisted_officers


def _missing(node: Node, sql: Sql, authority: str, file: str, officers: list[str]) -> list[str]:
    """Those whose appointment in the role of today does not stand in this file."""
    missing = []
    for officer in officers:
        role = sql.first("select role from access_officer where id = ?", (officer,))
        entries = [node.understand(bytes(row[0]), row[1]) for row in sql.all(APPOINTED, (officer, file))]
        stands = any(
            isinstance(entry.content, OfficerAppoint)
            and (entry.authority, entry.content.role) == (authority, role[0])
            for entry in entries
            if entry is not None and role is not None
        )
        if not stands:
            missing.append(officer)
    return missing


def put_on_roster(node: Node) -> int:
    """Say what is missing, in one commit; returns how many appointments were said. Nothing where none is."""
    if not unlisted(node, node.sql()):
        return 0

    def job(tx: Transaction) -> int:
        count = 0
        for officer, authority, operation, zone, file in unlisted(node, tx.sql):
            count += _say(Act(tx, itself(authority, operation, zone), source="decision"), officer, file)
        return count

    return node.writer.submit(job)


def _say(act: Act, officer: str, file: str) -> bool:
    """The appointment as it stands; not from a row that somebody else wrote."""
    try:
        row = act.get(Officer, officer)
    except RowChanged:
        return False
    words = act.open_row(Officer, row) if row is not None else {}
    if row is None or not words:
        return False
    content = OfficerAppoint(
        name=words["name"], rank=words["rank"], service_number=words["service_number"], role=row["role"]
    )
    nonces = [
        entry.body.nonce
        for entry in act.tx.entries_touching(f"access.Officer:{officer}")
        if isinstance(entry.content, OfficerAppoint) and entry.authority == row["authority"]
    ]
    nonce = next(filter(None, nonces), "")
    act.say(file, content, subject=officer, supersedes={}, provenance=row["provenance"], nonce=nonce)
    return True
