"""Rows of what an owner holds, within the writer's jobs: records, marks, and the parts that are given out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from libertad.exchange.peering.peers import now_ms
from libertad.hits.erasure import ABOUT
from libertad.hits.private import parts
from libertad.journal.transaction import Transaction

KEPT = (
    "insert into hits_private_kept (id, authority, epoch, ref, digest) values (?, ?, ?, ?, ?) "
    "on conflict (ref, authority, epoch) do update set digest = excluded.digest"
)


def ids(tx: Transaction, authority: str, epoch: int, digests: Mapping[str, bytes]) -> dict[str, int]:
    """Write records down; their numbers."""
    last = tx.sql.first("select coalesce(max(id), 0) from hits_private_kept")
    first = last[0] + 1 if last else 1
    rows = [(first + at, authority, epoch, ref, digest) for at, (ref, digest) in enumerate(digests.items())]
    tx.sql.run_many(KEPT, rows)
    known = "select id from hits_private_kept where ref = ? and authority = ? and epoch = ?"
    rows_by_ref = {ref: tx.sql.first(known, (ref, authority, epoch)) for ref in digests}
    return {ref: row[0] for ref, row in rows_by_ref.items() if row}


def publish(tx: Transaction, authority: str, epoch: int) -> None:
    """A part of the marks that wait, but for those of records that have gone meanwhile."""
    rows = tx.sql.all(
        "select w.mark from hits_private_waiting w where w.authority = ? and w.epoch = ? and exists "
        "(select 1 from hits_private_mark m where m.epoch = w.epoch and m.mark = w.mark)",
        (authority, epoch),
    )
    tx.sql.run("delete from hits_private_waiting where authority = ?", (authority,))
    part(tx, authority, epoch, [row[0] for row in rows])


def part(tx: Transaction, authority: str, epoch: int, marks: Iterable[int]) -> None:
    """Marks as one part more, or several."""
    name = (authority, epoch)
    last = tx.sql.first(
        "select coalesce(max(number), 0) from hits_private_part where authority = ? and epoch = ?", name
    )
    number: int = last[0] if last else 0
    for chunk in chunks(marks, parts.MOST_PART - parts.STEP):
        number += 1
        tx.sql.run(
            "insert into hits_private_part (authority, epoch, number, marks) values (?, ?, ?, ?)",
            (*name, number, parts.part(chunk)),
        )
    tx.sql.run(
        "update hits_private_owner set published = ? where authority = ? and epoch = ?", (now_ms(), *name)
    )


def drop(tx: Transaction, authority: str, refs: Iterable[str]) -> None:
    _delete_records(tx, "ref = ? and authority = ?", [(ref, authority) for ref in refs])


def _delete_records(tx: Transaction, where: str, rows: list[tuple[Any, ...]]) -> None:
    """Records, and the marks that they alone held."""
    of = f"select id from hits_private_kept where {where}"  # noqa: S608
    tx.sql.run_many(f"delete from hits_private_mark where record in ({of})", rows)  # noqa: S608
    tx.sql.run_many(f"delete from hits_private_kept where {where}", rows)  # noqa: S608


def erasing(tx: Transaction, compartments: frozenset[str]) -> None:
    """In an erasure's own transaction: whom the files are about is found by nobody any more."""
    for compartment in sorted(compartments):
        rows = tx.sql.all(ABOUT, (compartment,))
        _delete_records(tx, "ref = ?", [(f"person:{about}",) for (about,) in rows])


def forget(tx: Transaction, authority: str, epoch: int) -> None:
    """All that is of another epoch than this one."""
    _delete_records(tx, "authority = ? and epoch <> ?", [(authority, epoch)])
    for table in ("hits_private_waiting", "hits_private_part"):
        tx.sql.run(f"delete from {table} where authority = ? and epoch <> ?", (authority, epoch))  # noqa: S608


def end(tx: Transaction, authority: str) -> None:
    forget(tx, authority, -1)
    tx.sql.run("delete from hits_private_owner where authority = ?", (authority,))


def chunks(values: Iterable[object], size: int) -> Iterator[list]:  # type: ignore[type-arg]
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
