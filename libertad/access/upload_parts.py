"""Files that are uploaded in parts, each sealed as it arrives: a lost line costs one part and no more.

Under `home/uploads`, outside the journal and its backups: for each upload a folder with its head and its
parts, named by where they begin. A part is there whole or not at all, and its address goes by the bytes that
are there, so that nothing is taken twice. Each upload has a key of its own, which lies in its head, sealed
under the node's key for second factors: on a copied disk nothing of it opens without a ring's passphrase.
The head is overwritten when the upload ends.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.access import factor_keys
from libertad.journal.node import Node, node
from libertad.journal.ringfile import overwrite, sync_folder
from libertad.vocabulary import yamlfile
from libertad.vocabulary.decoding import prepared

FILE = Path(__file__).with_name("uploads.yaml")
# By name, the largest that each may be; Django takes no body above 2.5 MB that is no file of a form.
MOST = {"part": 2 * 1024 * 1024, "each": 20, "all": 1000, "idle": 24 * 60, "hours": 7 * 24}
FOLDER, HEAD = "uploads", "head"
NAME, PART = re.compile("[0-9a-f]{32}"), re.compile("[0-9]{12}")
CONTEXT = b"libertad upload v1\x00"
NONCE, TAG = 12, 16
LOCK = threading.Lock()  # of beginning and ending
ATTACHING: set[str] = set()  # names of those whose form is being answered


def read(path: Path) -> Mapping[str, int]:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    return yamlfile.numbers(path, MOST)


@cache
def upload_limits() -> Mapping[str, int]:
    """The limits that hold here."""
    return read(FILE)


class Full(Exception):
    """Too many uploads are under way: of the account (`own`), or at this node."""

    def __init__(self, own: bool) -> None:
        super().__init__("too many uploads are under way")
        self.own = own


class Busy(Exception):
    """Another form attaches the same upload just now."""


class NotNext(Exception):
    """A part does not begin where the bytes that are here end. `have`: how many these are."""

    def __init__(self, have: int) -> None:
        super().__init__(f"the next part begins at {have}")
        self.have = have


class Head(msgspec.Struct, frozen=True):
    """Whose upload it is, of how many bytes, to what (`about`: an address); `mark` tells it from others."""

    account: str
    about: str
    size: int
    mark: str
    key: bytes
    at: float


class Upload:
    """A file of which the first `have` bytes of `size` are here."""

    def __init__(self, folder: Path, head: Head) -> None:
        self.folder, self.head = folder, head
        self.name, self.size = folder.name, head.size

    @property
    def have(self) -> int:
        """Bytes that are here."""
        last = max(self._parts(), default=None, key=lambda path: path.name)
        return 0 if last is None else int(last.name) + last.stat().st_size - NONCE - TAG

    @property
    def touched(self) -> float:
        """When the last part arrived, else when it was begun."""
        with suppress(OSError):
            return max(self.head.at, self.folder.stat().st_mtime)
        return self.head.at

    @property
    def is_idle(self) -> bool:
        """Whether it has not moved for so long that another may take its place."""
        return time.time() - self.touched > upload_limits()["idle"] * 60

    @property
    def is_whole(self) -> bool:
        return self.have == self.size

    def add(self, begin: int, content: bytes) -> int:
        """Keep a part, durable when this returns; how many bytes are here then. NotNext, NotStored.

        ValueError for one that is not as long as parts are, or, the last, as what is left of the file.
        """
        have = self.have
        if begin != have:
            raise NotNext(have)
        if not content or len(content) != min(upload_limits()["part"], self.size - begin):
            raise ValueError("not a part of this file")
        path = self.folder / f"{begin:012d}"
        passing = self.folder / f".{secrets.token_hex(8)}"
        try:
            nonce = os.urandom(NONCE)  # of two parts for one place neither is sealed as the other
            _write(passing, nonce + self._cipher.encrypt(nonce, content, self._bound(begin)))
            os.link(passing, path)  # fails where the same part came a second time meanwhile
            sync_folder(self.folder)
        except FileExistsError:
            raise NotNext(self.have) from None
        except FileNotFoundError:  # it was ended meanwhile
            raise NotNext(0) from None
        except OSError as why:
            raise node().explain(why) from why
        finally:
            with suppress(OSError):
                passing.unlink(missing_ok=True)
        return begin + len(content)

    def content(self) -> bytes:
        """The whole file. NotNext where something of it is missing, or was changed on the disk."""
        content = bytearray()
        for path in sorted(self._parts()):
            begin = int(path.name)
            try:
                sealed = _read(path)
                part = self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._bound(begin))
            except (InvalidTag, ValueError, OSError):
                raise NotNext(len(content)) from None
            if begin != len(content):
                raise NotNext(len(content))
            content += part
        if len(content) != self.size:
            raise NotNext(len(content))
        return bytes(content)

    @contextmanager
    def attaching(self) -> Iterator[None]:
        """While its form is answered; Busy where another form is."""
        with LOCK:
            if self.name in ATTACHING:
                raise Busy
            ATTACHING.add(self.name)
        try:
            yield
        finally:
            ATTACHING.discard(self.name)

    def end(self) -> None:
        """Nothing of it is left: its key is overwritten first."""
        with suppress(OSError):
            overwrite(self.folder / HEAD)
        _remove(self.folder)

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(self.head.key)

    def _bound(self, begin: int) -> bytes:
        return CONTEXT + begin.to_bytes(8, "big") + self.size.to_bytes(8, "big")

    def _parts(self) -> Iterator[Path]:
        return (path for path in _listed(self.folder) if PART.fullmatch(path.name))


def begin(account: str, about: str, size: int, mark: str) -> Upload:
    """An upload of this account to what it is about; one of the same file (`mark`) goes on where it ended.

    Where there are too many, it takes the place of the one that has not moved for longest, if that is idle.
    Full; Locked where no ring is open; NotStored where the disk does not take it.
    """
    here, limits = node(), upload_limits()
    with LOCK:
        uploads = _pruned(here)
        own = [upload for upload in uploads if upload.head.account == account]
        for upload in own:
            told = (upload.head.about, upload.size, upload.head.mark)
            if mark and told == (about, size, mark):
                return upload
        for some, limit in ((own, limits["each"]), (uploads, limits["all"])):
            if len(some) >= limit:
                longest = min(some, key=lambda upload: upload.touched)
                if not longest.is_idle or longest.name in ATTACHING:
                    raise Full(some is own)
                longest.end()
                uploads.remove(longest)
        head = Head(account, about, size, mark, os.urandom(32), time.time())
        folder = here.home / FOLDER / secrets.token_hex(16)
        sealing = AESGCM(_key(here))
        try:
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            folder.mkdir(mode=0o700)
            nonce = os.urandom(NONCE)
            plain = msgspec.msgpack.encode(head)
            _write(folder / HEAD, nonce + sealing.encrypt(nonce, plain, CONTEXT + folder.name.encode()))
            sync_folder(folder)
            sync_folder(folder.parent)
        except OSError as why:
            _remove(folder)
            raise here.explain(why) from why
        return Upload(folder, head)


def find(account: str, about: str, name: str) -> Upload | None:
    """An unfinished upload; None alike for none, for another account's and for one to something else."""
    here = node()
    if not NAME.fullmatch(name):
        return None
    upload = _open_upload(here.home / FOLDER / name, _key(here))
    if upload is None or (upload.head.account, upload.head.about) != (account, about):
        return None
    return upload


def keep() -> None:
    """Delete what was not finished in time. Locked where no ring is open."""
    here = node()
    if _listed(here.home / FOLDER):
        with LOCK:
            _pruned(here)


def _pruned(here: Node) -> list[Upload]:
    """Uploads that are not too old, oldest first. Others go, and what no key of this node opens."""
    key, uploads = _key(here), []
    oldest = time.time() - upload_limits()["hours"] * 3600
    for folder in _listed(here.home / FOLDER):
        if not NAME.fullmatch(folder.name) or folder.is_symlink():  # nothing that this node put there
            continue
        upload = _open_upload(folder, key)
        if upload is None:
            if _is_old(folder):  # another process may be making it just now
                _remove(folder)
        elif upload.name in ATTACHING:
            uploads.append(upload)
        elif not oldest <= upload.touched <= time.time() + 3600:  # nor what a wrong clock put ahead
            upload.end()
        else:
            uploads.append(upload)
    return sorted(uploads, key=lambda upload: upload.head.at)


def _open_upload(folder: Path, key: bytes) -> Upload | None:
    try:
        sealed = _read(folder / HEAD)
        plain = AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], CONTEXT + folder.name.encode())
        return Upload(folder, msgspec.msgpack.decode(plain, type=prepared(Head)))
    except (OSError, InvalidTag, ValueError, msgspec.MsgspecError):
        return None


def _is_old(folder: Path) -> bool:
    with suppress(OSError):
        return time.time() - folder.stat().st_mtime > 3600
    return False


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        return
    for path in _listed(folder):
        with suppress(OSError):
            path.unlink()
    with suppress(OSError):
        folder.rmdir()


def _key(here: Node) -> bytes:
    return hmac.digest(factor_keys.newest(here), CONTEXT, "sha256")


def _read(path: Path) -> bytes:
    """A file's content; OSError for a link, and for what is no file and might never answer."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{path.name} is no file")
        return file.read()


def _write(path: Path, content: bytes) -> None:
    """A new file, durable when this returns. OSError."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
