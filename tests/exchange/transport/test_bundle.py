"""A bundle is taken whole or not at all, and the refusal names what is broken."""

from __future__ import annotations

import hashlib
import os
import resource
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyrage import x25519

from libertad.exchange.transport import bundle, bundle_format, bundle_stream
from libertad.exchange.transport.bundle import BadBundle
from libertad.exchange.transport.bundle_format import HEAD
from libertad.journal.checkpoint import Signer

SENDER, OTHER, STRANGER = Signer(b"s" * 32), Signer(b"o" * 32), Signer(b"x" * 32)
KNOWN = {OTHER.origin: OTHER.public, SENDER.origin: SENDER.public}
IDENTITY = x25519.Identity.generate()
PARCELS = [os.urandom(size) for size in (1, 65_536, 300, 40_000, 65_536, 7)]


def write(folder: Path, parcels=PARCELS, *, most=None, name="parcel-abc", signer=SENDER, reader=IDENTITY):
    return bundle.write(
        parcels,
        sender_origin=signer.origin,
        sender_seed=signer.seed,
        reader_key=str(reader.to_public()),
        folder=folder,
        name=name,
        most_bytes=most,
    )


def read(paths, *, known=KNOWN, identity=IDENTITY):
    return bundle.read(paths, identity=identity, known_senders=known)


def refused(paths, **kw) -> str:
    """The message of the refusal; fails when a single parcel came out."""
    with pytest.raises(BadBundle) as caught:
        read(paths, **kw)
    return str(caught.value)


def rehead(path: Path, **changes) -> None:
    """The same part with a changed head, signed as a dishonest sender would."""
    raw = path.read_bytes()
    head, _signature = bundle_format.parse(raw[:HEAD], path.name)
    path.write_bytes(head._replace(**changes).signed(SENDER.seed) + raw[HEAD:])


@pytest.mark.parametrize(("most", "count"), [(None, 1), (70_000, 4)])
def test_what_was_written_is_read_in_order_by_the_reader(tmp_path, most, count):
    paths = write(tmp_path, most=most)
    assert len(paths) == count
    assert all(path.stat().st_size <= (most or 1 << 20) for path in paths)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths)
    reading = read(paths[::-1])  # a folder lists its files in any order
    assert (reading.sender, reading.parcels) == (SENDER.origin, len(PARCELS))
    assert list(reading) == PARCELS
    assert list(read([*paths, paths[0]])) == PARCELS  # the same part chosen twice


def test_an_empty_bundle_is_a_bundle(tmp_path):
    assert list(read(write(tmp_path, []))) == []


def test_any_age_opens_the_joined_parts(tmp_path):
    """Recovery without this program: cut off the heads, join, decrypt."""
    joined = b"".join(path.read_bytes()[HEAD:] for path in write(tmp_path, most=70_000))
    plain = pyrage.decrypt(joined, [IDENTITY])
    assert plain.startswith(b"libertad bundle 1\n") and PARCELS[3] in plain


def test_nothing_outside_tells_who_or_what(tmp_path):
    paths = write(tmp_path, [b"Guyana police " * 50], most=20_000)
    for path in paths:
        raw = path.read_bytes()
        for word in (SENDER.origin.encode(), SENDER.public, b"Guyana", str(IDENTITY.to_public()).encode()):
            assert word not in raw
    with pytest.raises(ValueError, match="name"):
        write(tmp_path, name="Guyana Police/to Lyon")
    assert bundle.NAME.fullmatch(bundle.fresh_name())


def test_size_tells_only_the_step(tmp_path):
    sizes = {
        write(tmp_path, [bytes(length)], name=f"p-{length}")[0].stat().st_size
        for length in (1, 100, 2000, 4000)
    }
    assert max(sizes) - min(sizes) < 400  # age adds a random piece to its head; the step is the same
    for size in (1, 4096, 4097, 5_000_000, 3 * 2**30 + 1):
        assert size <= bundle_stream.padded(size) <= max(4096, size * 4)
    assert bundle_stream.padded(5_000_001) <= 5_000_001 * 1.25


def test_a_missing_part_is_named(tmp_path):
    paths = write(tmp_path, [os.urandom(60_000)] * 2, most=20_000)
    assert len(paths) >= 7
    count = len(paths)
    assert f"Part 3 of {count} is missing" in refused([path for path in paths if "-3-of" not in path.name])
    left = [path for path in paths if not any(f"-{n}-of" in path.name for n in (2, 3, 4, 6))]
    assert f"Parts 2-4, 6 of {count} are missing" in refused(left)
    assert "No file was given" in refused([])


def test_a_torn_part_is_named_with_how_much_is_there(tmp_path):
    paths = write(tmp_path, most=70_000)
    whole = paths[1].stat().st_size
    os.truncate(paths[1], 30_000)
    assert f"Part 2 of 4 ends after 30,000 of {whole:,} bytes: copy it again" in refused(paths)
    os.truncate(paths[1], 100)
    assert f"{paths[1].name} ends after 100 of its first {HEAD} bytes: copy it again" in refused(paths)
    os.truncate(paths[1], 0)
    assert "is no part of a bundle" in refused(paths)


def test_a_longer_or_changed_part_is_named(tmp_path):
    paths = write(tmp_path, most=70_000)
    raw = paths[2].read_bytes()
    paths[2].write_bytes(raw + b"\0")
    assert "Part 3 of 4 has" in refused(paths)
    paths[2].write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert "Part 3 of 4 was changed" in refused(paths)
    paths[2].write_bytes(raw[:20] + b"\xff" + raw[21:])
    assert "is damaged: copy it again" in refused(paths)
    assert bundle.describe(paths)[2].problem and not bundle.describe(paths)[0].problem


def test_two_bundles_are_not_mixed(tmp_path):
    first, second = write(tmp_path, most=70_000), write(tmp_path, most=70_000, name="parcel-xyz")
    message = refused([first[0], second[1], first[2], first[3]])
    assert "2 different bundles" in message and second[1].name in message
    first[1].write_bytes(second[1].read_bytes())
    assert "2 different bundles" in refused(first)


def test_a_strangers_file_is_refused(tmp_path):
    assert "stranger" in refused(write(tmp_path, signer=STRANGER))
    assert "stranger" in refused(write(tmp_path, name="b"), known={OTHER.origin: OTHER.public})
    assert "stranger" in refused(write(tmp_path, name="c"), known={})


def test_the_signature_is_what_refuses_the_stranger(tmp_path, monkeypatch):
    """Planted bug: with the signature unchecked, the stranger's file would be taken."""
    paths = write(tmp_path, signer=STRANGER)
    monkeypatch.setattr(bundle_format, "signer", lambda *_args: STRANGER.origin)
    assert list(read(paths)) == PARCELS


def test_a_known_node_cannot_sign_anothers_bundle_as_its_own(tmp_path):
    (path,) = write(tmp_path)
    raw = path.read_bytes()
    head, _signature = bundle_format.parse(raw[:HEAD], "")
    path.write_bytes(head.signed(OTHER.seed) + raw[HEAD:])
    assert "written by another node" in refused([path])


def test_another_readers_bundle_is_refused(tmp_path):
    assert "written for another node" in refused(write(tmp_path, reader=x25519.Identity.generate()))


def test_a_lie_of_gigabytes_costs_nothing(tmp_path):
    (path,) = write(tmp_path)
    rehead(path, size=2 * 2**30, total=2 * 2**30)
    assert "ends after" in refused([path])
    rehead(path, size=2**63, total=2**63)
    assert "ends after" in refused([path])
    os.truncate(path, 8192)
    with path.open("r+b") as file:  # the lie made true by a sparse file of 64 MB: it is hashed, not held
        file.truncate(64 * 2**20)
    rehead(path, size=64 * 2**20 - HEAD, total=64 * 2**20 - HEAD)
    assert "was changed" in refused([path])


def test_an_inside_that_lies_is_refused(tmp_path, monkeypatch):
    front = bundle_stream.FRONT + len(SENDER.origin).to_bytes(4, "big") + SENDER.origin.encode()
    end = bytes(4) + (1).to_bytes(8, "big")
    parcel = b"\0\0\0\x01x"
    for inside in (
        b"",
        b"something else\n" * 4,
        front,
        front + b"\x7f\xff\xff\xff" + b"x" * 99,  # a parcel of 2 GB
        front + parcel,
        front + parcel + bytes(4) + (2).to_bytes(8, "big"),
        front + parcel + end + b"\0\0x",
        bundle_stream.FRONT + b"\xff\xff\xff\xff" + b"x" * 99,
    ):
        monkeypatch.setattr(bundle_stream.Packed, "_stream", staticmethod(lambda *_a, i=inside: iter([i])))
        (path,) = write(tmp_path)
        assert "malformed" in refused([path]) or "another node than" in refused([path])
        path.unlink()
    monkeypatch.setattr(
        bundle_stream.Packed, "_stream", staticmethod(lambda *_a: iter([front + parcel + end]))
    )
    assert list(read(write(tmp_path))) == [b"x"]


def test_a_newer_format_says_upgrade(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle_format, "VERSION", 99)
    paths = write(tmp_path)
    monkeypatch.undo()
    assert "version 99" in refused(paths)


def test_a_failure_while_writing_leaves_nothing(tmp_path, monkeypatch):
    def broken():
        yield from PARCELS
        raise RuntimeError("the journal went away")

    with pytest.raises(RuntimeError, match="the journal went away"):
        write(tmp_path, broken(), most=20_000)
    with pytest.raises(ValueError, match="parcel of"):
        write(tmp_path, [bytes(bundle.MOST_PARCEL + 1)])
    with pytest.raises(ValueError, match="parcel of"):
        write(tmp_path, [b""])
    assert list(tmp_path.iterdir()) == []
    write(tmp_path)
    with pytest.raises(BadBundle, match="is there already"):
        write(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_stick_says_so_and_keeps_nothing(tmp_path):
    """A limit on file size stands in for a full stick: the system call fails in the same place."""
    code = f"""
import resource, signal, sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(USE_I18N=False)
from libertad.exchange.transport import bundle
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    bundle.write([bytes(60_000)] * 9, sender_origin="libertad/1", sender_seed=b"s" * 32,
        reader_key={str(IDENTITY.to_public())!r}, folder=Path({str(tmp_path)!r}), name="p", most_bytes=None)
except bundle.BadBundle as bad:
    print(bad)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "has no room" in done.stdout, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_memory_does_not_grow_with_the_bundle(tmp_path):
    """64 MB pass through 24 MB of growth, written and read."""
    parcel = os.urandom(65_536)
    write(tmp_path, [parcel], name="warm")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    paths = write(tmp_path, (parcel for _ in range(1024)), most=30_000_000)
    assert sum(1 for received in read(paths) if received == parcel) == 1024
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024


def test_a_stick_pulled_out_while_reading_ends_the_reading(tmp_path):
    (path,) = write(tmp_path, [os.urandom(65_536)] * 64)
    reading = read([path])
    next(reading)
    with path.open("r+b") as file:
        file.seek(3_000_000)
        file.write(b"changed")
    with pytest.raises(BadBundle):
        list(reading)


def test_a_reading_given_up_leaves_no_thread(tmp_path):
    before = threading.active_count()
    reading = read(write(tmp_path, [os.urandom(65_536)] * 64))
    next(reading)
    del reading
    assert threading.active_count() == before


def test_the_bundle_key_is_made_once_and_private(tmp_path):
    recipients = []
    threads = [
        threading.Thread(target=lambda: recipients.append(bundle.bundle_recipient(tmp_path)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(recipients) == 8 and len(set(recipients)) == 1
    path = tmp_path / "keys" / "bundle.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["bundle.key"]
    path.write_text("nonsense")
    with pytest.raises(ValueError, match="restore it from the backup"):
        bundle.bundle_identity(tmp_path)
    assert path.read_text() == "nonsense"


# -- fuzz ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_bundles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    first = [path.read_bytes() for path in write(folder, most=40_000)]
    second = [path.read_bytes() for path in write(folder, most=40_000, name="parcel-two")]

    class Bundles:  # its name is all that a failing example shows of 500 KB
        pass

    Bundles.folder, Bundles.one, Bundles.two = folder, first, second
    return Bundles


def damaged(draw, one: list[bytes], two: list[bytes]):
    """Files that are not bundle one: truncated, flipped, lengthened, reordered, mixed, left out."""
    files = list(one)
    at = draw(st.integers(0, len(files) - 1))
    raw = files[at]
    kind = draw(st.sampled_from(["cut", "flip", "add", "swap", "mix", "head", "drop", "zero", "shift"]))
    place = draw(st.one_of(st.integers(0, HEAD - 1), st.integers(0, len(raw) - 1)))
    if kind == "cut":
        files[at] = raw[:place]
    elif kind == "flip":
        files[at] = raw[:place] + bytes([raw[place] ^ (1 << draw(st.integers(0, 7)))]) + raw[place + 1 :]
    elif kind == "add":
        files[at] = raw[:place] + draw(st.binary(min_size=1, max_size=99)) + raw[place:]
    elif kind == "swap":  # two blocks of one part change places
        block = 4096
        body = raw[HEAD:]
        files[at] = raw[:HEAD] + body[block : 2 * block] + body[:block] + body[2 * block :]
    elif kind == "mix":
        files[at] = two[at]
    elif kind == "head":  # a head on another part's content
        files[at] = raw[:HEAD] + files[at - 1][HEAD:]
    elif kind == "drop":
        del files[at]
    elif kind == "zero":
        files[at] = raw[:place] + bytes(len(raw) - place)
    elif kind == "shift":
        files[at] = raw[place:] + raw[:place] if place else b""
    return files


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_damage_is_refused_and_the_order_of_files_is_free(two_bundles, data):
    folder, first, second = two_bundles.folder, two_bundles.one, two_bundles.two
    files = damaged(data.draw, first, second)
    paths = []
    for number, raw in enumerate(files):
        paths.append(folder / f"f{number}")
        paths[-1].write_bytes(raw)
    whole = {hashlib.sha256(raw).digest() for raw in first} <= {hashlib.sha256(raw).digest() for raw in files}
    if whole:  # blocks of the padding's length may be equal only by chance: nothing was damaged
        assert list(read(data.draw(st.permutations(paths)))) == PARCELS
    else:
        assert refused(data.draw(st.permutations(paths)))
    bundle.describe(paths)  # never raises
