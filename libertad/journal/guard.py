"""What guards the rings of a node: police and care apart, and not too many tries at a passphrase.

Both are kept in the ring file itself, so that no setting, no variable and no restart gets round them.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from libertad.journal import sides
from libertad.vocabulary import kinds as kind_rows

SCHEMA = """
create table if not exists real (authority text primary key, kind text) without rowid;
create table if not exists tries (authority text primary key, wrong integer, until real) without rowid;
"""
FREE_TRIES = 5  # wrong passphrases in a row; after them each waits twice as long as the one before
FIRST_WAIT, LONGEST_WAIT = 30, 900


class RingError(Exception):
    """A ring that cannot be used; the message says what to do."""


class Mixed(RingError):
    """Police and care would share a process."""


class Waiting(RingError):
    """Too many wrong passphrases; the message says how long to wait."""


def kinds(db: sqlite3.Connection) -> dict[str, str]:
    """Authority -> kind, of the rings that a production node made; a demo's rings are not in it."""
    return dict(db.execute("select authority, kind from real order by authority"))


def hold_apart(db: sqlite3.Connection, home: Path, real: bool, adding: str | None = None) -> None:
    """Mixed unless all rings here, and one to be added, belong to one side.

    A demo's home (`real` is false) may mix, and never opens a ring that a production node made.
    """
    known = kinds(db)
    if not real:
        if known:
            raise Mixed(
                f"{home} is a production node's, and these settings are not: "
                "set DJANGO_SETTINGS_MODULE=libertad.web.settings.production"
            )
        return
    if adding is not None and kind_rows.known(adding) is None:
        raise Mixed(f"'{adding}' is no kind of authority: it is one of {', '.join(kind_rows.kinds())}")
    for (name,) in db.execute("select authority from ring"):
        if name not in known:
            raise Mixed(
                f"{home} holds rings of a demo ({name}), and a production node needs a folder of its own: "
                "set LIBERTAD_HOME to another one and run libertad found"
            )
    held_kinds = {*known.values(), *([adding] if adding is not None else [])}
    if sides.mixed(held_kinds):
        raise Mixed(
            "police and care never share a node, nor does a partner with any other kind: here would be two "
            f"({', '.join(sorted(held_kinds))}): make two nodes, each with a LIBERTAD_HOME, a database and "
            "a system user of its own, and run libertad found in each (docs/deployment.md)"
        )


def count_try(db: sqlite3.Connection, authority: str) -> None:
    """Count a try as wrong before it is made; Waiting after too many. `forget_tries` when it was right."""
    if not db.in_transaction:
        db.execute("begin immediate")
    row = db.execute("select wrong, until from tries where authority=?", (authority,)).fetchone()
    wrong, until = row or (0, 0.0)
    left = until - time.time()
    waiting = 0 < left <= LONGEST_WAIT  # a longer one comes from a clock that was set back
    if not waiting:
        over = wrong + 1 - FREE_TRIES
        wait = 0 if over < 0 else min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(over, 10))
        db.execute("insert or replace into tries values (?,?,?)", (authority, wrong + 1, time.time() + wait))
    db.execute("commit")
    if waiting:
        raise Waiting(
            f"{wrong} wrong passphrases for the ring of {authority}: wait {int(left) + 1} seconds, "
            "then try again"
        )


def forget_tries(db: sqlite3.Connection, authority: str) -> None:
    db.execute("delete from tries where authority=?", (authority,))
