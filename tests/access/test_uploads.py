"""Large files come in parts: a lost line loses one, nobody touches another's, and nothing lies in clear."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from libertad.access import factor_keys, upload_parts
from libertad.access.models import Attachment
from libertad.access.upload_parts import NotNext, upload_limits
from libertad.evidence.actions.seize import seize
from libertad.journal import chunks
from libertad.journal.models import Chunk
from libertad.journal.node import node
from libertad.vocabulary.verbs.attachments import MOST_BYTES
from libertad.web import keeping
from tests.support.pictures import jpeg
from tests.support.world import World

CANARY = b"Marisol at the gate of the mine "
PART = upload_limits()["part"]
PICTURE = jpeg(CANARY * (3 * PART // len(CANARY)))  # of more than three parts
MARK = "ab" * 32
NOT_CHOSEN = "Choose a file."


@pytest.fixture
def phone(world: World) -> str:
    fields = {"country": "GY", "kind": "mobile-phone", "description": "Mobile phone"}
    return str(world.perform("officer", seize, happened=world.at(5, 14, 5), **fields))


def begin(
    client: Client, phone: str, size: int = len(PICTURE), mark: str = MARK, kind: str = "exhibit"
) -> Any:
    return client.post(f"/attach/{kind}/{phone}/upload/", {"size": str(size), "mark": mark})


def begun(client: Client, phone: str, size: int = len(PICTURE), mark: str = MARK) -> tuple[str, str]:
    """Address and name of an upload."""
    answer = begin(client, phone, size, mark)
    assert answer.status_code == 201, answer.content
    told = json.loads(answer.content)
    return told["address"], told["name"]


def send(client: Client, address: str, at: int, content: bytes, method: str = "PATCH") -> Any:
    return client.post(
        address,
        content,
        content_type="application/offset+octet-stream",
        headers={"X-HTTP-Method-Override": method, "Upload-Offset": str(at)},
    )


def have(client: Client, address: str) -> int:
    return int(client.head(address)["Upload-Offset"])


def send_all(client: Client, address: str, content: bytes = PICTURE, at: int = 0) -> None:
    for begin_at in range(at, len(content), PART):
        answer = send(client, address, begin_at, content[begin_at : begin_at + PART])
        assert answer.status_code == 204, answer.status_code
        assert int(answer["Upload-Offset"]) == min(begin_at + PART, len(content))


def attach(client: Client, phone: str, upload: str, **fields: str) -> Any:
    data = {"upload": upload, "name": "The screen", **fields}
    return client.post(f"/attach/exhibit/{phone}/", data, follow=True)


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.content.decode().split())


def left(world: World) -> list[Path]:
    """What lies on the disk of uploads."""
    return [path for path in (world.home / "uploads").rglob("*") if path.is_file()]


def test_a_file_in_parts_is_attached_as_it_is_and_nothing_else_stays(world: World, phone: str) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)
    assert Attachment.objects.count() == 0, "what arrived is not on file yet: the form says whether it is"
    assert "The screen" in text(attach(client, phone, name))
    row = Attachment.objects.get()
    assert world.client("prosecutor").get(f"/attachments/{row.pk}/?original=1").content == PICTURE
    assert left(world) == []


def test_a_lost_line_goes_on_where_it_ended(world: World, phone: str) -> None:
    """A part that did not arrive whole is none; one that arrived and was not answered is not taken twice."""
    client = world.client("officer")
    address, _name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])
    again = send(client, address, 0, PICTURE[:PART])
    assert (again.status_code, again["Upload-Offset"]) == (409, str(PART))
    assert send(client, address, 2 * PART, PICTURE[2 * PART :][:PART]).status_code == 409, "not the next one"
    client = world.client("officer")  # the page was closed; the same file is chosen in another session
    address, name = begun(client, phone)
    assert have(client, address) == PART
    send_all(client, address, at=PART)
    text(attach(client, phone, name))
    assert Attachment.objects.get().chunks == -(-len(PICTURE) // chunks.PLAIN)


def test_what_was_sent_survives_a_restart_of_the_node(world: World, phone: str) -> None:
    """Its key lies in its head, under the node's; of memory nothing is needed."""
    client = world.client("officer")
    address, name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])
    (head,) = (world.home / "uploads").glob("*/head")
    account = str(client.session["_auth_user_id"])
    upload = upload_parts._open_upload(head.parent, upload_parts._key(node()))
    assert upload is not None and upload.head.account == account and upload.have == PART
    (head.parent / ".killed").write_bytes(b"x" * 100)  # of a part that was being written
    assert have(client, address) == PART
    send_all(client, address, at=PART)
    text(attach(client, phone, name))
    assert left(world) == []


def test_two_arrivals_of_a_part_are_one(world: World, phone: str) -> None:
    client = world.client("officer")
    _address, name = begun(client, phone)
    account = str(client.session["_auth_user_id"])
    upload = upload_parts.find(account, f"/attach/exhibit/{phone}/", name)
    assert upload is not None
    taken: list[int] = []
    together = threading.Barrier(8)

    def arrive(number: int) -> None:
        together.wait()
        with suppress(NotNext):
            upload.add(0, bytes([number]) * PART)
            taken.append(number)

    threads = [threading.Thread(target=arrive, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 1 and upload.have == PART


def test_nobody_else_learns_of_it_or_adds_to_it(world: World, phone: str) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])
    nothing = address.replace(name, "0" * 32)
    for role in ("exhibits-officer", "national-lead", "prosecutor", "other-officer", "caseworker"):
        stranger = world.client(role)
        answers = [
            (stranger.head(place).status_code, send(stranger, place, PART, b"x").status_code)
            for place in (address, nothing)
        ]
        assert answers == [(404, 404), (404, 404)], role
        assert send(stranger, address, 0, b"", "DELETE").status_code == 404
    assert send(Client(), address, PART, b"x").status_code == 302, "to the sign-in"
    colleague = world.client("exhibits-officer")
    assert NOT_CHOSEN in text(attach(colleague, phone, name)), "a name that somebody overheard"
    assert begin(world.client("other-officer"), phone).status_code == 404
    assert begin(client, phone, kind="lead").status_code == 404
    assert Attachment.objects.count() == 0 and have(client, address) == PART


def test_an_upload_to_one_thing_is_not_attached_to_another(world: World, phone: str) -> None:
    fields = {"country": "GY", "kind": "mobile-phone", "description": "Another phone"}
    second = str(world.perform("officer", seize, happened=world.at(5, 14, 6), **fields))
    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)
    assert NOT_CHOSEN in text(attach(client, second, name))
    assert client.head(address.replace(phone, second)).status_code == 404


def test_the_rights_are_asked_at_each_part(world: World, phone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is sent away, or may not read the thing any more, adds nothing."""
    from libertad.access.attaching import ABOUT

    client = world.client("officer")
    address, _name = begun(client, phone)
    monkeypatch.setitem(ABOUT, "exhibit", lambda actor, key: None)
    assert send(client, address, 0, PICTURE[:PART]).status_code == 404
    assert client.head(address).status_code == 404
    monkeypatch.undo()
    assert have(client, address) == 0


def test_a_form_of_another_site_adds_nothing(world: World, phone: str) -> None:
    client = world.client("officer")
    address, _name = begun(client, phone)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert send(strict, address, 0, PICTURE[:PART]).status_code == 403
    assert begin(strict, phone).status_code == 403
    assert have(client, address) == 0


def test_nothing_of_it_lies_in_clear(world: World, phone: str) -> None:
    client = world.client("officer")
    address, _name = begun(client, phone)
    send_all(client, address)
    files = left(world)
    assert len(files) == 2 + len(PICTURE) // PART  # its head and its parts
    for path in files:
        data = path.read_bytes()
        for word in (CANARY, phone.encode(), MARK.encode()):
            assert word not in data, path.name
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


def test_without_the_ring_nothing_opens(world: World, phone: str) -> None:
    """Whoever copies the disk has neither the parts' key nor what was sent."""
    client = world.client("officer")
    address, _name = begun(client, phone)
    send_all(client, address)
    (head,) = (world.home / "uploads").glob("*/head")
    assert upload_parts._open_upload(head.parent, upload_parts._key(node())) is not None
    assert upload_parts._open_upload(head.parent, os.urandom(32)) is None
    key = factor_keys.newest(node())
    secrets = [path.read_bytes() for path in world.home.rglob("*") if path.is_file()]
    assert not any(key in data or key.hex().encode() in data for data in secrets)


def test_a_part_that_was_changed_on_the_disk_is_not_attached(world: World, phone: str) -> None:
    client = world.client("officer")
    for change in (lambda data: b"x" + data[1:], lambda data: data[::-1]):
        address, name = begun(client, phone)
        send_all(client, address)
        (path,) = (world.home / "uploads").glob(f"{name}/{PART:012d}")
        path.write_bytes(change(path.read_bytes()))
        assert "has not arrived whole" in text(attach(client, phone, name))
        assert Attachment.objects.count() == 0 and left(world) == []
    # Two parts of the same length that changed places.
    address, name = begun(client, phone)
    send_all(client, address)
    first, second = (world.home / "uploads" / name / f"{at:012d}" for at in (0, PART))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert "has not arrived whole" in text(attach(client, phone, name))


def test_one_that_has_not_arrived_whole_is_not_attached_and_is_kept(world: World, phone: str) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])
    assert "has not arrived whole" in text(attach(client, phone, name))
    assert have(client, address) == PART


def test_what_arrived_need_not_be_sent_again_where_the_form_lacks_something(world: World, phone: str) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)
    page = text(attach(client, phone, name, name=""))
    assert "has arrived. It need not be chosen again" in page and f'value="{name}"' in page
    text(attach(client, phone, name))
    assert Attachment.objects.count() == 1 and left(world) == []


def test_what_is_refused_is_deleted(world: World, phone: str) -> None:
    program = b"MZ\x90\x00" + os.urandom(2 * PART)
    client = world.client("officer")
    address, name = begun(client, phone, len(program))
    send_all(client, address, program)
    assert "is no picture" in text(attach(client, phone, name))
    assert left(world) == [] and client.head(address).status_code == 404


@pytest.mark.parametrize("size", ["0", "-1", "", "1e3", "٣", str(MOST_BYTES + 1), "9" * 40])
def test_no_file_beyond_the_limit_is_begun(world: World, phone: str, size: str) -> None:
    answer = begin(world.client("officer"), phone, size)  # type: ignore[arg-type]
    assert answer.status_code == 413 and "above 100 MB" in json.loads(answer.content)["error"]
    assert left(world) == []


def test_no_more_is_taken_than_was_told(world: World, phone: str) -> None:
    """Parts are as long as parts are: of one byte each they would fill the disk with folders' entries."""
    client = world.client("officer")
    address, _name = begun(client, phone, PART + 10)
    for content in (b"", b"x", bytes(PART - 1), bytes(PART + 1), bytes(3 * 1024 * 1024)):
        assert send(client, address, 0, content).status_code in (400, 413)
    assert send(client, address, 0, bytes(PART)).status_code == 204
    for content in (bytes(9), bytes(11)):
        assert send(client, address, PART, content).status_code == 413
    assert send(client, address, PART, bytes(10)).status_code == 204
    assert send(client, address, PART + 10, b"x").status_code == 413
    for at, method in (("-1", "PATCH"), ("x", "PATCH"), ("0", "PUT"), ("0", "")):
        headers = {"X-HTTP-Method-Override": method, "Upload-Offset": at}
        answer = client.post(address, b"x", content_type="application/offset+octet-stream", headers=headers)
        assert answer.status_code == 400
    assert have(client, address) == PART + 10


def test_what_was_not_finished_in_time_is_deleted(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the node itself, whoever asks or not; also what a clock that was wrong put into the future."""
    assert ("libertad-uploads", upload_parts.keep) in [row[:2] for row in keeping.KEPT]
    client, now, hours = world.client("officer"), time.time(), upload_limits()["hours"]
    for ahead in (hours * 3600 + 60, -7200):
        address, _name = begun(client, phone)
        send(client, address, 0, PICTURE[:PART])
        upload_parts.keep()
        assert have(client, address) == PART
        monkeypatch.setattr(upload_parts.time, "time", lambda ahead=ahead: now + ahead)
        upload_parts.keep()
        monkeypatch.undo()
        assert left(world) == [] and client.head(address).status_code == 404


def test_a_full_disk_is_said_and_what_arrived_stays(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = world.client("officer")
    address, _name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("libertad.access.upload_parts.os.link", full)
    assert send(client, address, PART, PICTURE[PART : 2 * PART]).status_code == 503
    monkeypatch.undo()
    monkeypatch.setattr("libertad.access.upload_parts.os.fsync", full)
    assert begin(client, phone, mark="another").status_code == 503
    monkeypatch.undo()
    assert have(client, address) == PART
    assert not [path for path in left(world) if path.name.startswith(".")]


def test_a_form_that_comes_twice_attaches_once(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the node was killed before the upload ended, or before its answer was kept."""
    from libertad.access import submissions

    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)
    fields = {"submission": submissions.new_submission()}
    monkeypatch.setattr("libertad.access.upload_parts.Upload.end", lambda upload: None)
    monkeypatch.setattr(submissions, "keep_answer", lambda *_: None)
    text(attach(client, phone, name, **fields))
    assert have(client, address) == len(PICTURE)
    files = {path.name for path in (world.home / "attachments").rglob("*") if path.is_file()}
    monkeypatch.undo()
    attach(client, phone, name, **fields)  # posted twice
    assert Attachment.objects.count() == 1
    named = set(Chunk.objects.values_list("hash", flat=True))
    assert files == named, "nothing is left of what the second arrival sealed"
    assert {path.name for path in (world.home / "attachments").rglob("*") if path.is_file()} == named
    text(attach(client, phone, name, **fields))  # the upload is gone, and the form comes once more
    assert Attachment.objects.count() == 1
