"""Key rings: one per authority, in a small database of their own beside the main one.

`rings.db` holds, per authority, epoch keys and device seeds sealed under the authority's root;
the root is wrapped under a key made from the authority's *part* (a file in `keys/`, never in a
backup) and, where set, a passphrase (Argon2id). Erasing destroys keys, makes a new root and a new
part, and rewrites file and backup, so no older copy of ring or backup opens any more.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Iterable
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.journal import guard, header, recipients, safe, sealing
from libertad.journal.guard import RingError as RingError
from libertad.journal.passphrases import Passphrases
from libertad.journal.ringfile import Locked as Locked
from libertad.journal.ringfile import Unlocked, overwrite, sync_folder

SCHEMA = """
create table if not exists ring (authority text primary key, salt blob, wrapped blob, generation integer);
create table if not exists epoch (authority text, key_id blob, compartment blob, number integer,
  sealed blob, primary key (authority, key_id)) without rowid;
create table if not exists device (authority text, public blob primary key, sealed blob) without rowid;
create table if not exists erased (authority text, key_id blob,
  primary key (authority, key_id)) without rowid;
create table if not exists gone (compartment blob primary key) without rowid;
create table if not exists erasing (compartment blob primary key) without rowid;
"""
ARGON2 = {"time_cost": 3, "memory_cost": 65536, "parallelism": 4}


class Rings(Passphrases):
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
        self.held = False
        self.added: list[tuple[str, bytes, bytes, int, bytes]] = []
        self.parts.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.roots_locked():
            self._connect()

    def _connect(self) -> None:
        fresh = not self.path.exists()
        self.db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        if fresh:
            self.path.chmod(0o600)
        self.db.execute("pragma journal_mode=delete")
        self.db.execute("pragma synchronous=full")
        self.db.execute("pragma secure_delete=on")
        self.db.execute("pragma temp_store=memory")  # no statement leaves old pages in a temporary file
        self.db.executescript(SCHEMA + recipients.SCHEMA + guard.SCHEMA + safe.SCHEMA)
        self.seen = self._stamp()

    def _stamp(self) -> tuple[int, int]:
        try:
            status = self.path.stat()
        except FileNotFoundError:
            return (0, 0)
        version = self.db.execute("pragma data_version").fetchone()[0]
        return (status.st_ino, version)

    def refresh(self) -> None:
        """Take up what another process changed: added keys, erasures, re-rooting."""
        with self.roots_locked():
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
            raise RingError(
                f"key file {path} is damaged ({len(data)} bytes instead of 32): put back the one from its "
                "safe place"
            )
        part_mark = safe.mark(data)
        if self._mark_made(authority, part_mark) != part_mark:
            raise RingError(
                f"the key file is not the one of this ring: {path} is damaged, or of another copy of the "
                f"ring of {authority}. Nothing is lost yet: put back the one from its safe place, then chmod "
                "600"
            )
        return data

    def _wrapping_key(self, authority: str, salt: bytes, passphrase: str | None) -> bytes:
        return self._key_of(authority, self._part(authority), salt, passphrase)

    def _key_of(self, authority: str, part: bytes, salt: bytes, passphrase: str | None) -> bytes:
        """What a root is wrapped under, with this part and the passphrase given or remembered."""
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

    def _remember_passphrase(self, authority: str, passphrase: str) -> None:
        self._remembered[authority] = passphrase

    # -- life of a ring --------------------------------------------------------------------

    def kinds(self) -> dict[str, str]:
        """Authority -> kind, of the rings that a production node made."""
        with self.lock:
            return guard.kinds(self.db)

    def by_passphrase(self) -> list[str]:
        """Authorities whose ring needs a passphrase."""
        return [row[0] for row in self.rows("select authority from ring where salt != x'' order by 1")]

    def hold_apart(self, adding: str | None = None) -> None:
        """Mixed when police and care would share this process; see `guard.hold_apart`."""
        with self.lock:
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
            self._say_part(authority, self.part_path(authority).read_bytes())
            self._wrap(authority, salt, passphrase, root, 1)
            self._say_sealer(authority, root)
            ring = self.open[authority] = Unlocked(root)
            if passphrase:
                self._remembered[authority] = passphrase
            public = self._new_device(authority, ring)
            self.commit()
            self.backup()
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
            overwrite(path)
        os.replace(fresh, path)
        sync_folder(self.parts)

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
        with self.roots_locked():
            self.hold_apart()
            if passphrase is not None and authority in self.by_passphrase():
                self._part(authority)  # a missing key file is no try
                guard.count_try(self.db, authority)
            ring = self._open_ring(authority, passphrase)
            if passphrase:
                self._remembered[authority] = passphrase
                guard.forget_tries(self.db, authority)
            self._take({**self.open, authority: ring})
            self._say_sealers()
            self._say_parts()

    def _open_ring(self, authority: str, passphrase: str | None = None) -> Unlocked:
        row = self.db.execute("select salt, wrapped from ring where authority=?", (authority,)).fetchone()
        if row is None:
            raise RingError(f"there is no ring of {authority} on this node")
        salt, wrapped = row
        key = self._wrapping_key(authority, salt, passphrase)
        try:
            root = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], authority.encode())
        except InvalidTag:
            cause = "the passphrase is wrong, or the" if salt else "the"
            raise RingError(
                f"the ring of {authority} does not open: {cause} key file is not the one of this ring"
            ) from None
        return self._loaded(authority, root)

    def unlock_all(self) -> dict[str, str]:
        """Unlock every ring that opens by key file; returns authority -> why not, for the others."""
        self.hold_apart()
        with self.roots_locked():
            if self._replaced():
                self.refresh()
            fresh, failed = self._try(a for a in self.authorities() if a not in self.open)
            self._take({**self.open, **fresh})
            self._say_sealers()
            self._say_parts()
        return {authority: str(why) for authority, why in failed.items()}

    def _try(self, authorities: Iterable[str]) -> tuple[dict[str, Unlocked], dict[str, RingError]]:
        """Those rings that open, and why the others do not."""
        fresh: dict[str, Unlocked] = {}
        failed: dict[str, RingError] = {}
        for authority in authorities:
            try:
                fresh[authority] = self._open_ring(authority)
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
            ring.add_key(kid, compartment, number, raw)
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
                if (number, kid) >= newest.get(compartment, (-1, b"", b""))[:2]:
                    newest[compartment] = (number, kid, ring.keys[kid])
        self.open, self.known, self.newest = fresh, known, newest
        sealing.forget()

    def _remember(self, ring: Unlocked, kid: bytes, compartment: bytes, number: int, raw: bytes) -> None:
        self.known[kid] = raw
        if (number, kid) >= self.newest.get(compartment, (-1, b"", b""))[:2]:
            self.newest[compartment] = (number, kid, raw)
        ring.add_key(kid, compartment, number, raw)

    # -- devices and keys ------------------------------------------------------------------

    def _new_device(self, authority: str, ring: Unlocked) -> bytes:
        public, secret = header.keypair(os.urandom(32))
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(ring.root).encrypt(nonce, secret, public)
        self.db.execute("insert into device values (?,?,?)", (authority, public, sealed))
        ring.device = (public, secret)
        return public

    def renew_device(self, authority: str) -> bytes:
        """A new device key in place of the old one: after a restore, so that no log forks.

        Recipient keys go too: peers may know newer ones than an older copy holds.
        """
        with self.lock:
            self.destroy_recipients(authority, [key_id for key_id, _ in self.recipients(authority)])
            self._begin()
            self.db.execute("delete from device where authority=?", (authority,))
            public = self._new_device(authority, self.ring(authority))
            self.commit()
            self.backup()
            return public

    def device(self, authority: str) -> tuple[bytes, bytes]:
        """(public, secret) of the authority's device on this node."""
        key_pair = self.ring(authority).device
        if key_pair is None:
            raise RingError(f"{authority} has no device key on this node")
        return key_pair

    def device_public(self, authority: str) -> bytes | None:
        """The authority's device's public key, of a locked ring too; None where it has none here."""
        with self.lock:
            row = self.db.execute("select public from device where authority=?", (authority,)).fetchone()
        return None if row is None else bytes(row[0])

    def add(self, authorities: Iterable[str], compartment: bytes, key: bytes, number: int = 0) -> bytes:
        """Put an epoch key into the rings of its readers hosted here; durable at `commit`.

        The next transaction of the writer copies it into the database.
        """
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
                self.added.append((authority, kid, compartment, number, key))
        return kid

    def current(self, authority: str, compartment: bytes) -> tuple[bytes, bytes]:
        """(key id, key) with which the authority seals to a compartment; KeyError if it may not."""
        ring = self.ring(authority)
        kid = ring.current[compartment][1]
        return kid, ring.keys[kid]

    def key(self, authority: str, kid: bytes) -> bytes | None:
        """The key of an id, or of its first 16 bytes, from one authority's ring and no other."""
        ring = self.ring(authority)
        return ring.keys.get(kid) if len(kid) == 32 else ring.prefixes.get(kid)

    def epochs(self, authority: str, compartment: bytes) -> list[tuple[int, bytes]]:
        """(number, key id) of the epochs that an authority's ring holds, in the order in which they count."""
        return self.rows(
            "select number, key_id from epoch where authority = ? and compartment = ? order by 1, 2",
            (authority, compartment),
        )

    def place(self, kid: bytes) -> tuple[bytes, int] | None:
        """(compartment, number) under which any ring here, locked or not, holds a key."""
        with self.lock:
            kept_under: tuple[bytes, int] | None = self.db.execute(
                "select compartment, number from epoch where key_id = ? limit 1", (kid,)
            ).fetchone()
            return kept_under

    def sealing_key(self, compartment: str) -> tuple[bytes, bytes] | None:
        """For folding only: the newest (key id, key) of a compartment that any unlocked ring holds."""
        newest = self.newest.get(bytes.fromhex(compartment))
        return (newest[1], newest[2]) if newest else None

    def _reload(self) -> None:
        self._take({authority: self._loaded(authority, ring.root) for authority, ring in self.open.items()})

    def close(self) -> None:
        """Once nobody reads any more: closing a connection under another thread's hands ends the process."""
        with self.lock:
            self.commit()
            self.db.close()
            self.open.clear()
            self.known.clear()
            self.newest.clear()
