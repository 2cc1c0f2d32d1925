"""Ids and human references that an action gives to what it begins."""

from __future__ import annotations

import os
import time

from libertad.access.confirmed import Script
from libertad.access.lookup import Lookup
from libertad.journal import sides, subjects
from libertad.vocabulary import kinds

NUMBER = (
    "insert into access_number (series, last) values (?, ?) "
    "on conflict (series) do update set last = excluded.last"
)


class Numbering(Lookup):
    """Ids that prove whose they are, and reference numbers of which none is given twice."""

    script: Script | None = None  # where a passkey confirms what is said

    def new_id(self, place: str = "") -> str:
        """An id for what this act begins, in the file `place` where that is known: it proves the authority.

        That nothing was said of it before is not looked up.
        """
        return self._begin(place, b"")

    def id_in_order(self, place: str = "") -> str:
        """As `new_id`, beginning with the time: for what states its time in plain anyway, and is no person's.

        Rows whose keys grow lie side by side, so that a commit writes fewer pages.
        """
        return self._begin(place, (time.time_ns() // 1_000_000).to_bytes(subjects.PREFIX, "big"))

    def _begin(self, place: str, prefix: bytes) -> str:
        nonce = os.urandom(subjects.NONCE)
        if self.script is not None:
            nonce, prefix = self.script.draw(nonce, prefix)
        subject_id = subjects.derive(self.actor.authority, nonce, place, prefix)
        self.tx.fresh.add(subject_id)
        self.tx.nonces[subject_id] = nonce.hex()
        return subject_id

    def number(self, series: str, mark: str = "") -> int:
        """Next human reference number of a series; none is given twice, not even after erasing.

        With a `mark` the number is of a series of its own: no gap in the plain one tells how many things of
        others were numbered. It begins where the plain series stands, in which 0.1 had numbered them all.
        """
        whole = f"{series} {mark}".rstrip()
        rights, key, numbers = self.tx.caches.rights, ("number", whole), self._numbers()
        last = numbers.get(whole) or rights.get(key)
        if last is None:
            rows = self.tx.sql.all(
                "select series, last from access_number where series in (?, ?)", (whole, series)
            )
            by_series: dict[str, int] = dict(rows)
            last = by_series[whole] if whole in by_series else by_series.get(series, 0)
        rights[key] = numbers[whole] = number = int(last) + 1
        return number

    def reference(self, letter: str, kind: str, country: str, digits: int = 3) -> str:
        """A new human reference, as 'P-GY-001' or, given away from the country's police, 'P-GY-GYC-001'."""
        mark = self.mark(country)
        number = self.number(f"{kind} {country}", mark.rstrip("-"))
        return "-".join(filter(None, (letter, country))) + f"-{mark}{number:0{digits}d}"

    def _numbers(self) -> dict[str, int]:
        """The last number of each series that this job has given: written once, when the job is through."""
        tx = self.tx
        numbers: dict[str, int] | None = tx.memo.get("numbers")
        if numbers is None:
            numbers = tx.memo["numbers"] = {}
            tx.closing.append(lambda: tx.sql.run_many(NUMBER, tx.memo.pop("numbers").items()))
        return numbers

    def mark(self, country: str) -> str:
        """What stands before the number in a reference about a country that is given away from its police.

        Each node counts for itself: the police's own references are plain, those of others say whose they are
        ('L-GY-FRX-001'), so that two nodes never give one reference to two things. Those of care always say
        so, on a node that police share as well: their number is of no series in which police count.
        """
        authority, of = self.actor.authority, self.actor.operation
        key = ("mark", authority, of, country)
        if key not in self.tx.caches.rights:
            here = self.tx.sql.all(
                "select authority from access_member where kind = 'police' and country = ? and operation = ?",
                (country, of),
            )
            hosted = set(self.node.rings.authorities())
            row = self.tx.sql.first(
                "select country, kind from access_member where id = ?", (f"{of}:{authority}",)
            )
            apart = row is not None and sides.side(row[1]) == "care"
            is_own = not apart and (not here or row is None or any(police[0] in hosted for police in here))
            of_kind = kinds.known(row[1]) if row is not None else None
            letter = of_kind.letter if of_kind is not None else ""
            self.tx.caches.rights[key] = "" if is_own or row is None else f"{row[0]}{letter}-"
        return str(self.tx.caches.rights[key])
