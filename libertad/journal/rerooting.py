"""Erasing in the rings: keys are destroyed, what remains is sealed under new roots, and backups follow.

The order of the steps, so that a crash leaves the old rings or the new ones, stands in
docs/journal-format.md §8.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

from libertad.journal import guard, safe
from libertad.journal.guard import RingError
from libertad.journal.recipients import NOT_BACKED_UP, Recipients
from libertad.journal.ringfile import Locked, locked_roots, overwrite, seal, sync_folder

REPLACED = "rings.replaced"


class Rerooting(Recipients, safe.Safe):
    """The part of `Rings` that destroys epoch keys and writes backups."""

    def intend(self, compartments: Iterable[bytes]) -> None:
        """Note what is about to be erased; durable at `commit`, gone once it is destroyed."""
        with self.lock:
            self._begin()
            self.db.executemany(
                "insert or ignore into erasing values (?)", [(compartment,) for compartment in compartments]
            )

    def intended(self) -> list[bytes]:
        return [row[0] for row in self.db.execute("select compartment from erasing order by compartment")]

    def forget_intended(self) -> None:
        with self.lock:
            self._begin()
            self.db.execute("delete from erasing")
            self.commit()

    def destroy(self, compartments: Iterable[bytes]) -> int:
        """Destroy every epoch key of the compartments in every ring, and re-root the rings.

        All rings of the node must be unlocked. Returns how many keys were destroyed. Should a step fail,
        the rings are as before or as after; whatever was begun is finished by `recover` at the next start.
        """
        erased = set(compartments)
        with self.lock:
            closed = [a for a in self.authorities() if a not in self.open]
            if closed:
                raise Locked("erasing needs every ring of this node unlocked; locked: " + ", ".join(closed))
            with self.roots_locked(alone=True):
                return self._reroot_without(erased)

    def _reroot_without(self, erased: set[bytes]) -> int:
        self.commit()
        self.begin()  # held until the new file stands: nobody adds a key to the old one meanwhile
        held = self.db
        roots = {authority: ring.root for authority, ring in self.open.items()}
        try:
            destroyed = self._write_without(erased)
            # From here on it is decided: `recover` finishes whichever step a crash leaves open.
            os.replace(self.home / "rings.new", self.home / "rings.next")
            self._finish_reroot()
        except BaseException:
            held.close()
            self._back_to_disk(roots)
            raise
        held.close()
        self._connect()
        self._reload()
        self.backup()
        return destroyed

    def _write_without(self, erased_places: set[bytes]) -> int:
        """All rings but for the keys of `gone`, under new roots and staged parts, into rings.new."""
        epochs = self.db.execute("select authority, key_id, compartment, number from epoch").fetchall()
        erased = self.db.execute("select authority, key_id from erased").fetchall()
        destroyed = [row[:2] for row in epochs if row[2] in erased_places]
        known_gone = self.rows("select compartment from gone")
        carried = self._carry_passing()
        announced = self.db.execute("select authority, made from announced").fetchall()
        rings = self.db.execute("select authority, salt, generation from ring").fetchall()
        kinds = guard.kinds(self.db)
        saved = dict(self.db.execute("select authority, mark from safe"))
        places = dict(self.db.execute("select authority, place from safe"))
        now = time.time_ns() // 1_000_000
        old, self.path = self.path, self.home / "rings.new"
        self.path.unlink(missing_ok=True)
        try:
            self._connect()
            self._begin()
            self.db.executemany("insert into real values (?,?)", kinds.items())
            for authority, salt, generation in rings:
                self._say_part(authority, self._stage_part(authority))
                ring, root = self.open[authority], os.urandom(32)
                wrapped = seal(self._staged_key(authority, salt), root, authority.encode())
                self.db.execute(
                    "insert into ring values (?,?,?,?)", (authority, salt, wrapped, generation + 1)
                )
                ring.root = root
                self._say_sealer(authority, root)
                self.db.execute(
                    "insert into safe (authority, renewed, mark, place) values (?,?,?,?)",
                    (authority, now, saved.get(authority), places.get(authority)),
                )
                if ring.device:
                    public, secret = ring.device
                    row = (authority, public, seal(root, secret, public))
                    self.db.execute("insert into device values (?,?,?)", row)
            for authority, kid, compartment, number in epochs:
                if compartment not in erased_places:
                    ring = self.open[authority]
                    sealed = seal(ring.root, ring.keys[kid], kid)
                    self.db.execute(
                        "insert into epoch values (?,?,?,?,?)", (authority, kid, compartment, number, sealed)
                    )
            for table, authority, kid, made_at, secret in carried:
                self._keep(table, self.open[authority].root, authority, kid, made_at, secret)
            self.db.executemany("insert into announced values (?,?)", announced)
            self.db.executemany("insert or ignore into erased values (?,?)", erased + destroyed)
            self.db.executemany(
                "insert or ignore into gone values (?)",
                known_gone + [(compartment,) for compartment in erased_places],
            )
            self.commit()
        finally:
            self.db.close()
            self.path = old
        return len({kid for _, kid in destroyed})

    def _back_to_disk(self, roots: dict[str, bytes]) -> None:
        """After a failed step: finish it or take it back, and go on with what is on the disk."""
        for authority, root in roots.items():
            self.open[authority].root = root
        with contextlib.suppress(OSError):
            self._recover(self.home)
        self._connect()
        for authority in list(self.open):
            with contextlib.suppress(RingError):
                self.unlock(authority)

    def _stage_part(self, authority: str) -> bytes:
        path, fresh = self.parts / f"{authority}.next", os.urandom(32)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(fresh)
            out.flush()
            os.fsync(out.fileno())
        return fresh

    def _staged_key(self, authority: str, salt: bytes) -> bytes:
        return self._key_of(authority, (self.parts / f"{authority}.next").read_bytes(), salt, None)

    def _finish_reroot(self) -> None:
        """Swap in `rings.next` and the staged parts; safe to run again after a crash."""
        following = self.home / "rings.next"
        if not following.exists():
            return
        sync_folder(self.home)
        for staged in sorted(self.parts.glob("*.next")):
            target = staged.with_suffix(".part")
            if target.exists():
                overwrite(target)
            os.replace(staged, target)
        sync_folder(self.parts)
        # Overwritten after it was replaced: whoever has it open finds the new one in its place.
        self._forget_replaced()
        if self.path.exists():
            os.link(self.path, self.home / REPLACED)
        os.replace(following, self.path)
        sync_folder(self.home)
        self._forget_replaced()
        backup = self.home / "rings.backup"
        if backup.exists():
            overwrite(backup)
            backup.unlink()
        sync_folder(self.home)

    def _forget_replaced(self) -> None:
        """Overwrite a ring file that another took the place of; only the name goes where none did."""
        replaced = self.home / REPLACED
        if not replaced.exists():
            return
        if not (self.path.exists() and self.path.samefile(replaced)):
            overwrite(replaced)
        replaced.unlink()

    @classmethod
    def recover(cls, home: Path) -> None:
        """Finish a re-rooting that a crash interrupted. Called before a node opens its rings.

        Where another process is in the midst of one, its end is waited for.
        """
        if (home / "keys").is_dir():
            with locked_roots(home, alone=True):
                cls._recover(home)

    @classmethod
    def _recover(cls, home: Path) -> None:
        half = cls.__new__(cls)
        half.home, half.parts, half.path = home, home / "keys", home / "rings.db"
        if (home / "rings.next").exists():
            half._finish_reroot()
        else:
            for staged in (home / "keys").glob("*.next"):
                staged.unlink()
            (home / "rings.new").unlink(missing_ok=True)
            half._forget_replaced()

    def backup(self) -> Path:
        """Write `rings.backup`: sealed keys without the parts, so alone it opens nothing.

        Secrets that pass never get into it, sealed or not: they must not outlive their destruction here, and
        a backup stolen together with recorded traffic must not open that. A restored ring makes new ones.
        """
        with self.roots_locked(alone=True):  # two that write it at once would take each other's file
            self.commit()
            target = self.home / "rings.backup"
            fresh = self.home / "rings.backup.new"
            fresh.unlink(missing_ok=True)
            fresh.touch(0o600)
            copy = sqlite3.connect(fresh, isolation_level=None)
            copy.execute("pragma journal_mode=off")  # a file that nobody uses before it is whole
            try:
                # Row by row into a new file: copied pages would carry the secrets along.
                self._copy_rows(copy)
            finally:
                copy.close()
            os.replace(fresh, target)
            sync_folder(self.home)
            return target

    def _copy_rows(self, copy: sqlite3.Connection) -> None:
        self.db.execute("begin")  # one state of all tables, also while another process writes
        try:
            copy.execute("begin")
            tables = self.db.execute("select name, sql from sqlite_master where type = 'table'").fetchall()
            for name, statement in tables:
                copy.execute(statement)
                if name in NOT_BACKED_UP:
                    continue
                for row in self.db.execute(f"select * from {name}"):
                    copy.execute(f"insert into {name} values ({','.join('?' * len(row))})", row)
            copy.execute("commit")
        finally:
            self.db.execute("commit")

    def erased(self) -> set[bytes]:
        """Ids of the destroyed keys."""
        return {row[0] for row in self.rows("select distinct key_id from erased")}

    def erased_places(self) -> set[bytes]:
        """Compartments that were erased here: no key of theirs is taken again, of whichever epoch."""
        return {row[0] for row in self.rows("select compartment from gone")}
