"""Words typed into the screens are nowhere in what the node keeps, raw or packed."""

from __future__ import annotations

import base64
import bz2
import gzip
import os
import re
import time
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from libertad.journal.node import node
from tests.access.signing import raw_rows, sign_in
from tests.support import disk
from tests.support.world import World

# Each stands for one kind of thing that a person tells an officer.
PLANTED = {
    "officer's name": "Ignatia Sorrowfield",
    "service number": "ZQ-88213-KX",
    "lead": "cellar under Wickmere bakery",
    "person's name": "Peregrine Ashdowne",
    "with whom": "sister Melisande Ashdowne",
    "recipient": "Hospice Glimmerfold",
    "wish": "to my aunt in Trebizonde",
    "safety": "call after dusk at Larkspur",
    "phone number": "+597-8812-443-09",
    "exhibit": "ledger with a marigold cover",
    "search": "Vespertine Holloway",
    "password": "quince harbour violet nine",
}
WORDS = sorted({word for text in PLANTED.values() for word in [text, *text.split()] if len(word) > 8})


def shapes(word: str) -> Iterable[bytes]:
    """A word as it could lie in a file: encodings, hex, and base64 at each of its three offsets."""
    for text in {word, word.lower(), word.upper()}:
        raw = text.encode()
        yield from (raw, text.encode("utf-16-le"), text.encode("utf-16-be"), raw.hex().encode())
        yield raw.hex().upper().encode()
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw)
            yield coded[(0, 4, 4)[shift] : len(coded) - 4]
            yield base64.urlsafe_b64encode(b"\0" * shift + raw)[(0, 4, 4)[shift] : len(coded) - 4]


SHAPES = {shape: word for word in WORDS for shape in shapes(word) if len(shape) >= 8}


def unpacked(data: bytes) -> Iterable[bytes]:
    """The data, and whatever in it is packed by zlib, gzip or bzip2, wherever it begins."""
    yield data
    whole = memoryview(data)  # of which a part is no copy
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08|BZh[1-9]1AY", data):
        part = whole[start.start() :]
        for open_it in (
            lambda p: zlib.decompressobj(47).decompress(p, 10_000_000),
            lambda p: bz2.BZ2Decompressor().decompress(p, 10_000_000),
        ):
            try:
                yield open_it(part)
            except (zlib.error, OSError, ValueError, EOFError):
                continue


def found_in(data: bytes) -> set[str]:
    return {word for part in unpacked(data) for shape, word in SHAPES.items() if shape in part}


def files(home: Path) -> Iterable[Path]:
    yield from (path for path in home.rglob("*") if path.is_file())
    # Secrets are in the home with which the settings were loaded; other workers' databases are theirs.
    for path in Path(os.environ["LIBERTAD_HOME"]).rglob("*"):
        if path.is_file() and not path.name.startswith("test.sqlite3"):
            yield path


def plant(world: World) -> list[Client]:
    """Every word goes in through a form, as an officer would."""
    administrator, officer, care = (world.client(role) for role in ("administrator", "officer", "caseworker"))

    def post(client: Client, address: str, **fields: Any) -> Any:
        answer = client.post(address, fields)
        assert answer.status_code in (200, 302), (
            address,
            re.findall(r'error-message">(.*?)<', answer.content.decode()),
        )
        return answer

    post(
        administrator,
        "/officers/appoint/",
        name=PLANTED["officer's name"],
        rank="Sgt.",
        role="officer",
        service_number=PLANTED["service number"],
    )
    post(
        officer,
        "/leads/report/",
        country="GY",
        summary=PLANTED["lead"],
        origin="hotline",
        source_grade="1",
        information_grade="B",
        handling="P",
    )
    _plant_person(world, care, post)
    _plant_exhibit(officer, post)
    post(care, "/people/", find=PLANTED["search"])
    sign_in(Client(), PLANTED["service number"], PLANTED["password"])
    client = Client()
    sign_in(client, "N-officer", "correct horse battery")
    client.post(
        "/enrol/",
        {
            "service_number": PLANTED["service number"],
            "code": PLANTED["password"],
            "password": PLANTED["password"],
            "again": PLANTED["password"],
        },
    )
    return [administrator, officer, care, client]


def _plant_person(world: World, care: Client, post: Any) -> None:
    from libertad.people.models import Person

    before = set(Person.objects.values_list("pk", flat=True))
    answer = post(care, "/people/meet/", **meeting(care))
    person_ids = set(Person.objects.values_list("pk", flat=True)) - before
    assert len(person_ids) == 1, re.findall(r"govuk-error-summary.*?</div>", answer.content.decode(), re.S)
    person = person_ids.pop()
    post(care, f"/care/{person}/open/")
    post(
        care,
        f"/care/{person}/agreements/new/",
        purpose="doctor",
        recipient=PLANTED["recipient"],
        agreed="yes",
        capacity="able",
        language="en",
    )
    post(care, f"/care/{person}/wish/", wish="return", words=PLANTED["wish"])
    post(care, f"/care/{person}/safety/plan/", reach=PLANTED["safety"], avoid="")


def meeting(client: Client) -> dict[str, str]:
    page = client.get("/people/meet/").content.decode()
    named = set(re.findall(r'name="([^"]+)"', page))
    fields = {
        "danger": "no",
        "country": "GY",
        "with_whom": PLANTED["with whom"],
        "seen_as": "potential-victim",
        "source": "said",
    }
    for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"', page):
        fields.setdefault(name, value)
    for name in named:
        if "name" in name and name not in ("names", "csrfmiddlewaretoken") and "kind" not in name:
            fields.setdefault(name, PLANTED["person's name"])
        if name.endswith(("TOTAL_FORMS", "INITIAL_FORMS")):
            fields[name] = re.findall(rf'name="{name}" value="(\d+)"', page)[0]
    return fields


def _plant_exhibit(officer: Client, post: Any) -> None:
    address = reverse("exhibit-new")
    fields = {
        "kind": "mobile-phone",
        "description": PLANTED["exhibit"],
        "phone_number": PLANTED["phone number"],
        "receipt": "yes",
    }
    post(officer, address, **fields)


def postgres_files(since: float) -> list[Path]:
    """The server's own files that were written since then: database, log of writes, its own log."""
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
        cursor.execute("show data_directory")
        folder = Path(cursor.fetchone()[0])
        cursor.execute("select oid from pg_database where datname = current_database()")
        base = folder / "base" / str(cursor.fetchone()[0])
    paths = [*base.rglob("*"), *(folder / "pg_wal").rglob("*"), folder.parent / "log"]
    return [path for path in paths if path.is_file() and path.stat().st_mtime >= since - 2]


def log_head(path: Path) -> tuple[int, bytes]:
    """How long a write-ahead log is, and its head: another one once it was begun anew."""
    data = disk.read(path)[:32]
    return (path.stat().st_size if data else 0), data


def read_since(path: Path, before: tuple[int, bytes]) -> bytes:
    """What was written to a log since: tests before this one leave hundreds of megabytes in it."""
    size, head = before
    data = disk.read(path)
    return data[size:] if data[:32] == head else data


@pytest.mark.guard
def test_no_planted_word_is_at_rest(world: World, caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    began = time.time()
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    before = log_head(log)
    clients = plant(world)
    node().rings.backup()
    looked, leaks = 0, {}
    paths = list(files(world.home))
    if connection.vendor == "postgresql":
        paths += postgres_files(began)
    else:
        name = connection.settings_dict["NAME"]
        paths += [path for ending in ("", "-wal", "-shm") if (path := Path(f"{name}{ending}")).exists()]
    for path in dict.fromkeys(paths):
        looked += 1
        if leaked := found_in(read_since(path, before) if path == log else disk.read(path)):
            leaks[str(path)] = leaked
    assert looked > 8 and leaks == {}
    assert found_in(raw_rows()) == set(), "no table, the sessions' included"
    assert found_in(caplog.text.encode() + capsys.readouterr().err.encode()) == set()
    for client in clients:
        cookies = "".join(cookie.value for cookie in client.cookies.values())
        assert found_in(cookies.encode()) == set()
    assert found_in(repr(cache._cache).encode()) == set()


def test_the_words_did_go_in(world: World) -> None:
    """Otherwise finding none would prove nothing: whoever may, reads them on the screen."""
    plant(world)
    pages = {
        "caseworker": ["/people/", "/care/"],
        "officer": ["/leads/"],
        "administrator": ["/officers/"],
    }
    text = "".join(
        world.client(role).get(page).content.decode()
        for role, addresses in pages.items()
        for page in addresses
    )
    for key in ("lead", "officer's name", "service number", "person's name"):
        assert PLANTED[key] in text, key


@pytest.mark.parametrize(
    "kept",
    [
        lambda text: text.encode(),
        lambda text: zlib.compress(text.encode()),
        lambda text: gzip.compress(text.encode()),
        lambda text: text.encode("utf-16"),
        lambda text: base64.b64encode(b"x" + text.encode()),
        lambda text: text.encode().hex().encode(),
        lambda text: bz2.compress(text.encode()),
        lambda text: text.upper().encode(),
    ],
)
def test_the_search_finds_a_planted_word_however_it_is_kept(kept: Any) -> None:
    assert "Ashdowne" not in found_in(os.urandom(4096))
    for padding in (b"", b"\0" * 7, b"abc"):
        assert "Peregrine" in found_in(padding + kept("met Peregrine Ashdowne") + padding)


def test_an_unsealed_row_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: identifying columns that are stored as they are."""
    from libertad.journal import sealing

    real = sealing.seal_columns

    def bare(plain: bytes, *args: Any, **kwargs: Any) -> bytes:
        return real(plain, *args, **kwargs) + plain

    monkeypatch.setattr(sealing, "seal_columns", bare)
    word = "Brackenhurst"  # of this test alone: PostgreSQL's log of writes keeps it for the tests beside
    monkeypatch.setitem(SHAPES, word.encode(), word)
    client = world.client("officer")
    client.post(
        "/leads/report/",
        {
            "country": "GY",
            "summary": f"loft at {word}",
            "origin": "hotline",
            "source_grade": "1",
            "information_grade": "B",
            "handling": "P",
        },
    )
    assert found_in(raw_rows()) == {word}


@pytest.mark.sqlite_only
def test_a_deleted_row_leaves_no_free_page(world: World) -> None:
    """`secure_delete` is on for the node's database."""
    with connection.cursor() as cursor:
        cursor.execute("pragma secure_delete")
        assert cursor.fetchone()[0] == 1
