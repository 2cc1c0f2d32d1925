"""What the host keeps: sealed questions and sealed answers, in one SQLite file; nothing that it can open.

A page is 'open' until it is answered, its tries are used up, its time is over, or it is recalled. What ends
it deletes the question in the same transaction; that it was there is remembered, so that no repeated request
brings it back.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from libertad.answer_page.limits import page_limits
from libertad.answer_page.messages import ID, Item, Standing, State

SCHEMA = """
create table if not exists page (
  sender text not null, id text not null, link text unique, salt blob, sealed blob,
  ends integer not null, tries integer not null default 0, state text not null,
  opened text not null default '[]', answer blob, ended integer,
  primary key (sender, id)
) without rowid
"""
MOST_SEALED = 1024
MOST_OPENED = 20  # of openings kept; the later ones are counted no more
LIVE = "state = 'open' and ends > ?"
END = "update page set state = ?, ended = ?, link = null, salt = null, sealed = null"


@dataclass(frozen=True)
class SealedPage:
    """A page that a link names."""

    sender: str
    id: str
    salt: bytes
    sealed: bytes


def now() -> int:
    """Seconds, by this host's clock: for how long a page is there, nothing else."""
    return int(time.time())


class Store:
    """The pages of one host. Every method is one transaction, whatever process asks."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, timeout=20, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        self.lock = threading.Lock()
        # No write-ahead log, in which deleted bytes would stay; what is deleted is overwritten.
        for pragma in ("journal_mode=DELETE", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY"):
            self.db.execute(f"pragma {pragma}")
        self.db.execute(SCHEMA)

    def close(self) -> None:
        self.db.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self.lock:
            self.db.execute("begin immediate")
            try:
                yield self.db
            except BaseException:
                self.db.execute("rollback")
                raise
            self.db.execute("commit")

    # -- asked by a page ---------------------------------------------------------------------

    def is_live(self, link: str) -> bool:
        """Whether a link leads to a page that can be answered. Changes nothing."""
        with self.lock:
            row = self.db.execute(f"select 1 from page where link = ? and {LIVE}", (link, now())).fetchone()
        return row is not None

    def begin_try(self, link: str) -> SealedPage | None:
        """Count a try before its code is looked at, so that tries side by side are not more than tries one
        after the other. None where nothing can be tried."""
        with self._transaction() as db:
            row = db.execute(
                f"update page set tries = tries + 1 where link = ? and tries < ? and {LIVE} "
                "returning sender, id, salt, sealed",
                (link, page_limits().tries, now()),
            ).fetchone()
        return None if row is None else SealedPage(row[0], row[1], bytes(row[2]), bytes(row[3]))

    def fail_try(self, page: SealedPage) -> int:
        """A code was wrong; the last one that may be tried ends the page. How many may still be tried."""
        with self._transaction() as db:
            row = db.execute(
                "select tries from page where sender = ? and id = ? and state = 'open'",
                (page.sender, page.id),
            ).fetchone()
            left = 0 if row is None else max(0, page_limits().tries - int(row[0]))
            if row is not None and not left:
                self._end(page.sender, page.id, "dead")
        return left

    def end_try(self, page: SealedPage, opening: bool) -> None:
        """The code was right: the try does not count. That the question was opened is kept (`opening`)."""
        with self._transaction() as db:
            row = db.execute(
                "update page set tries = tries - 1 where sender = ? and id = ? and state = 'open' "
                "returning opened",
                (page.sender, page.id),
            ).fetchone()
            if opening and row is not None and len(opened := json.loads(row[0])) < MOST_OPENED:
                db.execute(
                    "update page set opened = ? where sender = ? and id = ?",
                    (json.dumps([*opened, now()]), page.sender, page.id),
                )

    def take_answer(self, page: SealedPage, sealed: bytes) -> bool:
        """Keep the one answer, and delete the question. False where the page ended meanwhile."""
        with self._transaction() as db:
            row = db.execute(
                f"update page set answer = ?, tries = 0 where sender = ? and id = ? and {LIVE} returning 1",
                (sealed, page.sender, page.id, now()),
            ).fetchone()
            if row is not None:
                self._end(page.sender, page.id, "answered")
        return row is not None

    # -- asked by the node -------------------------------------------------------------------

    def answer_item(self, sender: str, item: Item) -> Standing:
        """Do what a node asks of one of its pages, and tell how that stands. Asked twice, it is done once."""
        with self._transaction():
            self._sweep()
            if ID.fullmatch(item.id) is None:
                return Standing(item.id, "absent")
            match item.op:
                case "put":
                    self._insert(sender, item)
                case "recall":
                    self._recall(sender, item.id)
                case "forget":
                    self.db.execute(
                        "update page set answer = null where sender = ? and id = ?", (sender, item.id)
                    )
            return self._standing(sender, item.id)

    def _insert(self, sender: str, item: Item) -> None:
        seconds = min(item.seconds, int(page_limits().open_for.total_seconds()))
        salt, sealed = bytes.fromhex(item.salt), bytes.fromhex(item.sealed)
        if seconds > 0 and len(item.link) == 64 and salt and 0 < len(sealed) <= MOST_SEALED:
            self.db.execute(
                "insert or ignore into page (sender, id, link, salt, sealed, ends, state) "
                "values (?, ?, ?, ?, ?, ?, 'open')",
                (sender, item.id, item.link, salt, sealed, now() + seconds),
            )

    def _recall(self, sender: str, page: str) -> None:
        """Also one that never arrived: should it still arrive, it is not shown."""
        self.db.execute(
            "insert or ignore into page (sender, id, ends, state) values (?, ?, ?, 'open')",
            (sender, page, now() + 1),
        )
        if self._standing(sender, page).state == "open":
            self._end(sender, page, "recalled")

    def _end(self, sender: str, page: str, state: State) -> None:
        self.db.execute(f"{END} where sender = ? and id = ?", (state, now(), sender, page))

    def _sweep(self) -> None:
        """End what is over; forget what ended long ago, and with it answers that nobody took."""
        moment = now()
        self.db.execute(f"{END} where state = 'open' and ends <= ?", ("expired", moment, moment))
        self.db.execute("delete from page where ended < ?", (moment - page_limits().kept_days * 86400,))

    def _standing(self, sender: str, page: str) -> Standing:
        row = self.db.execute(
            "select state, opened, answer from page where sender = ? and id = ?", (sender, page)
        ).fetchone()
        if row is None:
            return Standing(page, "absent")
        moment = now()
        opened = tuple(max(0, moment - at) for at in json.loads(row[1]))
        return Standing(page, row[0], opened, bytes(row[2] or b"").hex())
