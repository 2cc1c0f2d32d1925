"""Key rings: one per authority, in a small database of their own beside the main one.

`rings.db` holds, per authority, epoch keys and device seeds sealed under the authority's root;
the root is wrapped under a key made from the authority's *part* (a file in `keys/`, never in a
backup) and, where set, a passphrase (Argon2id). Erasing destroys keys, makes a new root and a new
part, and rewrites file and backup, so no older copy of ring or backup opens any more.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.journal import guard, header, sealing
from libertad.journal.guard import RingError as RingError

SCHEMA = """
create table if not exists ring (authority text primary key, salt blob, wrapped blob, generation integer);
create table if not exists epoch (authority text, key_id blob, compartment blob, number integer,
  sealed blob, primary key (authority, key_id)) without rowid;
create table if not exists device (authority text, public blob primary key, sealed blob) without rowid;
create table if not exists erased (authority text, key_id blob,
  primary key (authority, key_id)) without rowid;
create table if not exists erasing (compartment blob primary key) without rowid;
"""
ARGON2 = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}


class Locked(RingError):
    """The authority's ring is not unlocked on this node."""


@dataclass
class Unlocked:
    """One authority's raw keys in memory. `current` is compartment -> key id."""

    root: bytes
    keys: dict[bytes, bytes] = field(default_factory=dict)
    prefixes: dict[bytes, bytes] = field(default_factory=dict)
    current: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    device: tuple[bytes, bytes] | None = None

    def put(self, kid: bytes, compartment: bytes, number: int, raw: bytes) -> None:
        self.keys[kid] = raw
        self.prefixes[kid[:16]] = raw
        if number >= self.current.get(compartment, (-1, b""))[0]:
            self.current[compartment] = (number, kid)


class Rings:
    """All rings of a node. Thread-safe; writes are durable when `commit` returns."""

    def __init__(self, home: Path, real: bool = False) -> None:
        """`real`: of a production node, whose rings say of which kind their authority is."""
        self.home = home
        self.real = real
        self.parts = home / "keys"
        self.path = home / "rings.db"
        self.lock = threading.RLock()
        self.open: dict[str, Unlocked] = {}
        self._remembered: dict[str, str] = {}
        # For folding: every key of every unlocked ring, and the newest one of each compartment.
        self.known: dict[bytes, bytes] = {}
        self.newest: dict[bytes, tuple[int, bytes, bytes]] = {}
        self.seen: tuple[int, int] = (0, 0)
        self.parts.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._connect()

    def _connect(self) -> None:
        fresh = not self.path.exists()
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        if fresh:
            self.path.chmod(0o600)
        self.db.execute("pragma journal_mode=delete")
        self.db.execute("pragma synchronous=full")
        self.db.execute("pragma secure_delete=on")
        self.db.executescript(SCHEMA + guard.SCHEMA)
        self.seen = self._stamp()

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        version = self.db.execute("pragma data_version").fetchone()[0]
        return (found.st_ino, version)

    def refresh(self) -> None:
        """Take up what another process changed: added keys, erasures, re-rooting."""
        with self.lock:
            inode = self.path.stat().st_ino
            if inode != self.seen[0]:
                self.db.close()
                self._connect()
                fresh, failed = self._try(self.open)
                self._take(fresh)  # what no longer opens is locked: its keys may have been destroyed
                for why in failed.values():
                    raise why
            elif (stamp := self._stamp()) != self.seen:
                self._reload()
                self.seen = stamp

    # -- parts and passphrases -------------------------------------------------------------

    def part_path(self, authority: str) -> Path:
        return self.parts / f"{authority}.part"

    def _part(self, authority: str) -> bytes:
        path = self.part_path(authority)
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
        except FileNotFoundError:
            raise RingError(
                f"key file {path} is missing: put it back from its own safe place; "
                "without it this authority's ring does not open"
            ) from None
        if mode & 0o077:
            raise RingError(f"key file {path} may be read by others (mode {mode:o}): run chmod 600 {path}")
        data = path.read_bytes()
        if len(data) != 32:
            raise RingError(f"key file {path} has {len(data)} bytes instead of 32: put the right one back")
        return data

    def _wrapping_key(self, authority: str, salt: bytes, passphrase: str | None) -> bytes:
        part = self._part(authority)
        if not salt:
            return sealing.derive(part, b"libertad ring", b"key file")
        if passphrase is None:
            passphrase = self._remembered.get(authority)
        if passphrase is None:
            raise Locked(
                f"the ring of {authority} opens by passphrase: run libertad run on a terminal, "
                "or name a file in LIBERTAD_PASSPHRASE_FILE"
            )
        secret = hash_secret_raw(passphrase.encode(), salt, hash_len=32, type=Type.ID, **ARGON2)
        return sealing.derive(part + secret, b"libertad ring", b"passphrase")

    # -- life of a ring --------------------------------------------------------------------

    def authorities(self) -> list[str]:
        return [row[0] for row in self.db.execute("select authority from ring order by authority")]

    def kinds(self) -> dict[str, str]:
        """Authority -> kind, of the rings that a production node made."""
        return guard.kinds(self.db)

    def by_passphrase(self) -> list[str]:
        """Authorities whose ring needs a passphrase."""
        return [row[0] for row in self.db.execute("select authority from ring where salt != x'' order by 1")]

    def hold_apart(self, adding: str | None = None) -> None:
        """Mixed when police and care would share this process; see `guard.hold_apart`."""
        guard.hold_apart(self.db, self.home, self.real, adding)

    def create(self, authority: str, passphrase: str | None = None, kind: str = "") -> bytes:
        """Make a ring with a device key; returns the device's public key. `kind`: of the authority."""
        with self.lock:
            if self.db.execute("select 1 from ring where authority=?", (authority,)).fetchone():
                raise RingError(f"{authority} has a ring already")
            self.hold_apart(kind)
            self._write_part(authority)
            salt = os.urandom(16) if passphrase else b""
            root = os.urandom(32)
            self._begin()
            self._say_kind(authority, kind)
            self._wrap(authority, salt, passphrase, root, 1)
            ring = self.open[authority] = Unlocked(root)
            if passphrase:
                self._remembered[authority] = passphrase
            public = self._new_device(authority, ring)
            self.commit()
            return public

    def _say_kind(self, authority: str, kind: str) -> None:
        """Asked again under the file's lock: no second process slips a ring of the other side in."""
        try:
            self.hold_apart(kind)
        except RingError:
            self.commit()  # nothing of this ring is written yet
            raise
        if self.real:
            self.db.execute("insert or replace into real values (?,?)", (authority, kind))

    def _write_part(self, authority: str) -> None:
        path = self.part_path(authority)
        fresh = path.with_suffix(".new")
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(os.urandom(32))
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            _overwrite(path)
        os.replace(fresh, path)
        _sync_folder(self.parts)

    def _wrap(
        self, authority: str, salt: bytes, passphrase: str | None, root: bytes, generation: int
    ) -> None:
        nonce = os.urandom(12)
        key = self._wrapping_key(authority, salt, passphrase)
        wrapped = nonce + AESGCM(key).encrypt(nonce, root, authority.encode())
        self.db.execute(
            "insert or replace into ring values (?,?,?,?)", (authority, salt, wrapped, generation)
        )

    def unlock(self, authority: str, passphrase: str | None = None) -> None:
        """Open a ring into memory; RingError says which of part, passphrase or ring is wrong."""
        with self.lock:
            self.hold_apart()
            if passphrase is not None and authority in self.by_passphrase():
                self._part(authority)  # a missing key file is no try
                guard.count_try(self.db, authority)
            ring = self._opened(authority, passphrase)
            if passphrase:
                self._remembered[authority] = passphrase
                guard.forget_tries(self.db, authority)
            self._take({**self.open, authority: ring})

    def _opened(self, authority: str, passphrase: str | None = None) -> Unlocked:
        row = self.db.execute("select salt, wrapped from ring where authority=?", (authority,)).fetchone()
        if row is None:
            raise RingError(f"there is no ring of {authority} on this node")
        salt, wrapped = row
        key = self._wrapping_key(authority, salt, passphrase)
        try:
            root = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], authority.encode())
        except InvalidTag:
            what = "the passphrase is wrong, or the" if salt else "the"
            raise RingError(
                f"the ring of {authority} does not open: {what} key file is not the one of this ring"
            ) from None
        return self._loaded(authority, root)

    def unlock_all(self) -> dict[str, str]:
        """Unlock every ring that opens by key file; returns authority -> why not, for the others."""
        self.hold_apart()
        with self.lock:
            fresh, failed = self._try(a for a in self.authorities() if a not in self.open)
            self._take({**self.open, **fresh})
        return {authority: str(why) for authority, why in failed.items()}

    def _try(self, authorities: Iterable[str]) -> tuple[dict[str, Unlocked], dict[str, RingError]]:
        """Those rings that open, and why the others do not."""
        fresh: dict[str, Unlocked] = {}
        failed: dict[str, RingError] = {}
        for authority in authorities:
            try:
                fresh[authority] = self._opened(authority)
            except RingError as why:
                failed[authority] = why
        return fresh, failed

    def _loaded(self, authority: str, root: bytes) -> Unlocked:
        """A ring as the disk has it now, in its own dictionaries; each key is the one that its id names."""
        ring = Unlocked(root)
        cipher = AESGCM(root)
        rows = self.db.execute(
            "select key_id, compartment, number, sealed from epoch where authority=?", (authority,)
        )
        for kid, compartment, number, sealed in rows:
            raw = cipher.decrypt(sealed[:12], sealed[12:], kid)
            if sealing.key_id(raw) != kid:
                raise RingError(f"the ring of {authority} holds a key that is not the one it names")
            ring.put(kid, compartment, number, raw)
        for public, sealed in self.db.execute(
            "select public, sealed from device where authority=?", (authority,)
        ):
            ring.device = (public, cipher.decrypt(sealed[:12], sealed[12:], public))
        return ring

    def _take(self, fresh: dict[str, Unlocked]) -> None:
        """Put whole new dictionaries in place of the old: other threads read while rings are loaded."""
        known: dict[bytes, bytes] = {}
        newest: dict[bytes, tuple[int, bytes, bytes]] = {}
        for ring in fresh.values():
            known.update(ring.keys)
            for compartment, (number, kid) in ring.current.items():
                if number >= newest.get(compartment, (-1, b"", b""))[0]:
                    newest[compartment] = (number, kid, ring.keys[kid])
        self.open, self.known, self.newest = fresh, known, newest
        sealing.forget()

    def _remember(self, ring: Unlocked, kid: bytes, compartment: bytes, number: int, raw: bytes) -> None:
        self.known[kid] = raw
        if number >= self.newest.get(compartment, (-1, b"", b""))[0]:
            self.newest[compartment] = (number, kid, raw)
        ring.put(kid, compartment, number, raw)

    # -- devices and keys ------------------------------------------------------------------

    def _new_device(self, authority: str, ring: Unlocked) -> bytes:
        public, secret = header.keypair(os.urandom(32))
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(ring.root).encrypt(nonce, secret, public)
        self.db.execute("insert into device values (?,?,?)", (authority, public, sealed))
        ring.device = (public, secret)
        return public

    def renew_device(self, authority: str) -> bytes:
        """A new device key in place of the old one: after a restore, so that no log forks."""
        with self.lock:
            self._begin()
            self.db.execute("delete from device where authority=?", (authority,))
            public = self._new_device(authority, self.ring(authority))
            self.commit()
            return public

    def device(self, authority: str) -> tuple[bytes, bytes]:
        """(public, secret) of the authority's device on this node."""
        found = self.ring(authority).device
        if found is None:
            raise RingError(f"{authority} has no device key on this node")
        return found

    def ring(self, authority: str) -> Unlocked:
        try:
            return self.open[authority]
        except KeyError:
            raise Locked(f"the ring of {authority} is locked on this node") from None

    def add(self, authorities: Iterable[str], compartment: bytes, key: bytes, number: int = 0) -> bytes:
        """Put an epoch key into the rings of its readers hosted here; durable at `commit`."""
        kid = sealing.key_id(key)
        with self.lock:
            self._begin()
            for authority in authorities:
                ring = self.ring(authority)
                nonce = os.urandom(12)
                sealed = nonce + AESGCM(ring.root).encrypt(nonce, key, kid)
                self.db.execute(
                    "insert or replace into epoch values (?,?,?,?,?)",
                    (authority, kid, compartment, number, sealed),
                )
                self._remember(ring, kid, compartment, number, key)
        return kid

    def _begin(self) -> None:
        if not self.db.in_transaction:
            self.db.execute("begin immediate")

    def commit(self) -> None:
        with self.lock:
            if self.db.in_transaction:
                self.db.execute("commit")

    def current(self, authority: str, compartment: bytes) -> tuple[bytes, bytes]:
        """(key id, key) with which the authority seals to a compartment; KeyError if it may not."""
        ring = self.ring(authority)
        kid = ring.current[compartment][1]
        return kid, ring.keys[kid]

    def key(self, authority: str, kid: bytes) -> bytes | None:
        """The key of an id, or of its first 16 bytes, from one authority's ring and no other."""
        ring = self.ring(authority)
        return ring.keys.get(kid) if len(kid) == 32 else ring.prefixes.get(kid)

    def sealing_key(self, compartment: str) -> tuple[bytes, bytes] | None:
        """For folding only: the newest (key id, key) of a compartment that any unlocked ring holds."""
        found = self.newest.get(bytes.fromhex(compartment))
        return (found[1], found[2]) if found else None

    # -- erasing and backup ----------------------------------------------------------------

    def intend(self, compartments: Iterable[bytes]) -> None:
        """Note what is about to be erased; durable at `commit`, gone once it is destroyed."""
        with self.lock:
            self._begin()
            self.db.executemany("insert or ignore into erasing values (?)", [(one,) for one in compartments])

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
        gone = set(compartments)
        with self.lock:
            closed = [a for a in self.authorities() if a not in self.open]
            if closed:
                raise Locked("erasing needs every ring of this node unlocked; locked: " + ", ".join(closed))
            self.commit()
            roots = {authority: ring.root for authority, ring in self.open.items()}
            try:
                destroyed = self._write_without(gone)
                # From here on it is decided: `recover` finishes whichever step a crash leaves open.
                os.replace(self.home / "rings.new", self.home / "rings.next")
                self._finish_reroot()
            except BaseException:
                self._back_to_disk(roots)
                raise
            self._connect()
            self._reload()
            self.backup()
            return destroyed

    def _write_without(self, gone: set[bytes]) -> int:
        """All rings but for the keys of `gone`, under new roots and staged parts, into rings.new."""
        kept = self.db.execute("select authority, key_id, compartment, number from epoch").fetchall()
        erased = self.db.execute("select authority, key_id from erased").fetchall()
        destroyed = [row[:2] for row in kept if row[2] in gone]
        rings = self.db.execute("select authority, salt, generation from ring").fetchall()
        kinds = guard.kinds(self.db)
        old, self.path = self.path, self.home / "rings.new"
        self.path.unlink(missing_ok=True)
        self.db.close()
        try:
            self._connect()
            self._begin()
            self.db.executemany("insert into real values (?,?)", kinds.items())
            for authority, salt, generation in rings:
                self._stage_part(authority)
                ring, root = self.open[authority], os.urandom(32)
                wrapped = _sealed(self._staged_key(authority, salt), root, authority.encode())
                self.db.execute(
                    "insert into ring values (?,?,?,?)", (authority, salt, wrapped, generation + 1)
                )
                ring.root = root
                if ring.device:
                    public, secret = ring.device
                    row = (authority, public, _sealed(root, secret, public))
                    self.db.execute("insert into device values (?,?,?)", row)
            for authority, kid, compartment, number in kept:
                if compartment not in gone:
                    ring = self.open[authority]
                    sealed = _sealed(ring.root, ring.keys[kid], kid)
                    self.db.execute(
                        "insert into epoch values (?,?,?,?,?)", (authority, kid, compartment, number, sealed)
                    )
            self.db.executemany("insert or ignore into erased values (?,?)", erased + destroyed)
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
            self.recover(self.home)
        self._connect()
        for authority in list(self.open):
            with contextlib.suppress(RingError):
                self.unlock(authority)

    def _reload(self) -> None:
        self._take({authority: self._loaded(authority, ring.root) for authority, ring in self.open.items()})

    def _stage_part(self, authority: str) -> None:
        path = self.parts / f"{authority}.next"
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(os.urandom(32))
            out.flush()
            os.fsync(out.fileno())

    def _staged_key(self, authority: str, salt: bytes) -> bytes:
        part = (self.parts / f"{authority}.next").read_bytes()
        if not salt:
            return sealing.derive(part, b"libertad ring", b"key file")
        passphrase = self._remembered[authority]
        secret = hash_secret_raw(passphrase.encode(), salt, hash_len=32, type=Type.ID, **ARGON2)
        return sealing.derive(part + secret, b"libertad ring", b"passphrase")

    def _finish_reroot(self) -> None:
        """Swap in `rings.next` and the staged parts; safe to run again after a crash."""
        following = self.home / "rings.next"
        if not following.exists():
            return
        _sync_folder(self.home)
        for staged in sorted(self.parts.glob("*.next")):
            target = staged.with_suffix(".part")
            if target.exists():
                _overwrite(target)
            os.replace(staged, target)
        _sync_folder(self.parts)
        if self.path.exists():
            _overwrite(self.path)
        os.replace(following, self.path)
        backup = self.home / "rings.backup"
        if backup.exists():
            _overwrite(backup)
            backup.unlink()
        _sync_folder(self.home)

    @classmethod
    def recover(cls, home: Path) -> None:
        """Finish a re-rooting that a crash interrupted. Called before a node opens its rings."""
        if (home / "rings.next").exists():
            half = cls.__new__(cls)
            half.home, half.parts, half.path = home, home / "keys", home / "rings.db"
            half._finish_reroot()
        else:
            for staged in (home / "keys").glob("*.next"):
                staged.unlink()
            (home / "rings.new").unlink(missing_ok=True)

    def backup(self) -> Path:
        """Write `rings.backup`: sealed keys without the parts, so alone it opens nothing."""
        with self.lock:
            self.commit()
            target = self.home / "rings.backup"
            fresh = self.home / "rings.backup.new"
            fresh.unlink(missing_ok=True)
            copy = sqlite3.connect(fresh)
            self.db.backup(copy)
            copy.close()
            fresh.chmod(0o600)
            os.replace(fresh, target)
            return target

    def erased(self) -> set[bytes]:
        return {row[0] for row in self.db.execute("select distinct key_id from erased")}

    def close(self) -> None:
        self.commit()
        self.db.close()
        self.open.clear()
        self.known.clear()
        self.newest.clear()


def _sealed(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """nonce (12) || AES-256-GCM."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def _overwrite(path: Path) -> None:
    """Overwrite a file's bytes in place before it goes, as far as the file system allows."""
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as out:
        out.write(bytes(size))
        os.fsync(out.fileno())


def _sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
