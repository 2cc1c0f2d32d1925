"""Restoring a node into an empty home, from the copy and the parts. Needs no settings until it is all there.

Everything is laid beside the home and compared with its hashes; the home gets its name last. It bears a mark
that no node writes to: only `restore.accept`, which makes new device keys, lets it go on.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from libertad.journal import chunks
from libertad.journal.backup import database, manifest, parts, pool, secrets
from libertad.journal.backup.manifest import Ring, Set
from libertad.journal.backup.pool import Wrong
from libertad.journal.checkpoint import Signer
from libertad.journal.guard import RingError
from libertad.journal.ringfile import sync_folder
from libertad.journal.rings import Rings

# What cannot be read as a mark: the node refuses to write and names what goes on.
MARK = "restored from a backup, and not accepted yet\n"
DUMP = "dump"
NODE_KEY = "keys/node.key"
Ask = Callable[[Rings, str], str | None]


class Laid(NamedTuple):
    """A set that lies beside the home: opened, whole, and not in its place yet."""

    folder: Path
    name: str
    listed: Set
    passphrases: dict[str, str]
    authorities: frozenset[str]
    standby: bool  # the database is there already


def lay(
    to_home: Path,
    source: Path,
    parts_from: Path,
    *,
    name: str | None = None,
    standby: bool = False,
    real: bool = True,
    ask: Ask,
) -> Laid:
    """Lay a set (the newest, or the one named) beside the home. Wrong says what is missing or does not fit.

    `standby`: without the set's database, for one that is there and newer.
    `ask` gives the passphrase of a ring that needs one; None where nobody knows it.
    """
    if to_home.exists() and any(to_home.iterdir()):
        raise Wrong(f"{to_home} is not empty: name an empty or new folder in LIBERTAD_HOME")
    head = manifest.read_head(source)
    if head is None:
        raise Wrong(f"there is no backup in {source}: it has no {manifest.HEAD}")
    name = name or max(head.sets)
    listed = manifest.read_set(source, head, name)
    ring, bare = _fitting([copy for copy in (head.ring, head.waiting) if copy is not None], parts_from)
    folder = to_home.with_name(to_home.name + ".restoring")
    shutil.rmtree(folder, ignore_errors=True)
    with _gone_if_refused(folder):
        folder.mkdir(mode=0o700, parents=True)
        files = {} if standby else listed.files
        passphrases = _lay_out(
            folder, source, msgspec.structs.replace(listed, files=files), ring, bare, real, ask
        )
    return Laid(folder, name, listed, passphrases, frozenset(ring.marks), standby)


@contextmanager
def _gone_if_refused(folder: Path) -> Iterator[None]:
    """Ring copy, parts and database lie together in it: whatever ends this takes all of them away."""
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _lay_out(
    folder: Path, source: Path, listed: Set, ring: Ring, bare: Mapping[str, bytes], real: bool, ask: Ask
) -> dict[str, str]:
    """Lay everything into the folder and open it; the passphrases that were given, by authority."""
    _write(folder / "rings.db", manifest.read_hashed(source, ring.copy, ring.hash))
    for authority, part in bare.items():
        _write(folder / "keys" / f"{authority}.part", part)
    for file, stored in listed.files.items():
        path = folder / file
        if not path.resolve().is_relative_to(folder.resolve()):
            raise Wrong(f"the set names the file {file}, which is none of a database's: take another copy")
        pool.take_file(source / "pool", stored, path)
    for attachment in listed.attachments:
        _write(
            folder / chunks.FOLDER / attachment[:2] / attachment,
            pool.read(source / chunks.FOLDER, attachment),
        )
    roots, passphrases = _open_rings(folder, real, ask)
    hidden = manifest.read_hashed(source, ring.secrets, ring.secrets_hash)
    secrets.put_back(secrets.unseal_files(hidden, roots), folder)
    if not (folder / NODE_KEY).is_file():
        raise Wrong(f"the copy has no {NODE_KEY}, without which nobody knows whose node it was: take another")
    _write(folder / "mark", MARK.encode())
    sync_folder(folder)
    return passphrases


def _fitting(rings: list[Ring], parts_from: Path) -> tuple[Ring, dict[str, bytes]]:
    """The ring copy that the parts open; the one that waited for its parts counts where they came."""
    wrong: list[str] = []
    for ring in reversed(rings):
        fitting_parts, lacking = parts.fitting(parts_from, ring.marks)
        if not lacking:
            return ring, fitting_parts
        wrong = lacking
    raise Wrong(f"the parts in {parts_from} do not open this copy: " + "; ".join(wrong))


def _open_rings(folder: Path, real: bool, ask: Ask) -> tuple[dict[str, bytes], dict[str, str]]:
    """(authority -> root, authority -> passphrase): every ring has to open, or what follows would fail."""
    rings = Rings(folder, real)
    passphrases: dict[str, str] = {}
    try:
        rings.unlock_all()
        for authority in rings.by_passphrase():
            passphrase = ask(rings, authority)
            if passphrase is not None:
                rings.unlock(authority, passphrase)
                passphrases[authority] = passphrase
        closed = [authority for authority in rings.authorities() if authority not in rings.open]
        if closed:
            raise Wrong("restoring needs every ring open; these stayed locked: " + ", ".join(closed))
        return {authority: ring.root for authority, ring in rings.open.items()}, passphrases
    except RingError as why:
        raise Wrong(str(why)) from None
    finally:
        rings.close()


def settle(laid: Laid, home: Path, url: str, config: Mapping[str, Any]) -> None:
    """Fill the database and give the home its name. `config`: Django's, of the database that `url` names."""
    with _gone_if_refused(laid.folder):
        _settle(laid, home, url, config)


def _settle(laid: Laid, home: Path, url: str, config: Mapping[str, Any]) -> None:
    kind = database.kind(config)
    if laid.standby:
        origin = Signer((laid.folder / NODE_KEY).read_bytes()).origin
        database.refuse_standby(config, laid.listed.entries, laid.authorities, origin)
    elif kind != laid.listed.database:
        advice = {
            database.SQLITE: "SQLite: leave LIBERTAD_DATABASE_URL out",
            database.POSTGRES: "PostgreSQL: name an empty database in LIBERTAD_DATABASE_URL",
        }
        raise Wrong(f"the set is of {advice[laid.listed.database]}; libertad journal move comes afterwards")
    if laid.standby:
        pass
    elif kind == database.POSTGRES:
        database.put_back(config, laid.folder / DUMP)
        shutil.rmtree(laid.folder / DUMP)
    elif url:
        target = Path(config["NAME"])
        if target.exists():
            raise Wrong(
                f"{target} is there already: name a file that is not, or leave LIBERTAD_DATABASE_URL out"
            )
        shutil.move(laid.folder / database.SQLITE_FILE, target)
    if home.exists():
        home.rmdir()
    os.replace(laid.folder, home)
    sync_folder(home.parent)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(data)
