"""Uploads in parts under attack and in a crowd: by whoever has a sign-in, or may write to the folder."""

from __future__ import annotations

import json
import os
import time

import pytest

from libertad.access import attaching, features, upload_parts
from libertad.access.actions.add_attachment import OLDER
from libertad.access.attaching import About, attach
from libertad.access.cleaning import BUSY, NO_SANDBOX, SLOW
from libertad.access.media_kinds import kind_of
from libertad.access.models import Attachment
from libertad.access.upload_parts import upload_limits
from libertad.look.page_objects import Link
from libertad.people.actions.answer_share import approve_share
from libertad.vocabulary import formats
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.attachments import USUAL_BYTES
from tests.access.test_uploads import PART, PICTURE, begin, begun, have, left, phone, send, send_all, text
from tests.access.test_uploads import attach as post
from tests.people import test_sharing as sharing
from tests.support.pictures import jpeg
from tests.support.world import World

__all__ = ["phone"]


@pytest.mark.parametrize("rule", [BUSY, SLOW, NO_SANDBOX, OLDER])
def test_what_only_has_to_wait_is_kept(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)

    def wait(*_: object, **__: object) -> None:
        raise Refused("file", rule)

    monkeypatch.setattr(attaching, "attach", wait)
    assert "has arrived. It need not be chosen again" in text(post(client, phone, name))
    monkeypatch.undo()
    text(post(client, phone, name))
    assert Attachment.objects.count() == 1 and left(world) == []


def test_one_large_file_at_a_time_is_held_in_memory(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = jpeg(bytes(USUAL_BYTES))
    client = world.client("officer")
    address, name = begun(client, phone, len(content))
    send_all(client, address, content)
    monkeypatch.setattr(attaching, "recording_limits", lambda: {"turn": 0.01})
    with attaching.turn(USUAL_BYTES + 1), attaching.turn(USUAL_BYTES):
        assert "try again in a minute" in text(post(client, phone, name))
    text(post(client, phone, name))
    assert Attachment.objects.count() == 1


def test_an_upload_is_attached_by_one_form_at_a_time(world: World, phone: str) -> None:
    client = world.client("officer")
    address, name = begun(client, phone)
    send_all(client, address)
    account = str(client.session["_auth_user_id"])
    upload = upload_parts.find(account, f"/attach/exhibit/{phone}/", name)
    assert upload is not None
    with upload.attaching():
        assert "is being added just now" in text(post(client, phone, name))
    text(post(client, phone, name))
    assert Attachment.objects.count() == 1


def test_a_text_is_read_without_a_multiple_of_it_in_memory() -> None:
    assert kind_of("é€😀".encode() * 20_000) == "text/plain"  # signs that lie across two pieces
    for wrong in (b"a\x00b", b"\x1f", b"\xc3", b"ab\xff" * 50_000, b"x" * (USUAL_BYTES + 1), b""):
        with pytest.raises(Refused, match="is no picture"):
            kind_of(wrong)


def test_an_officer_has_few_unfinished_ones_and_whole_ones_stay(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A third in a third tab is refused while the others move; one that stands still makes room."""
    client, limits = world.client("officer"), upload_limits()
    addresses = [begun(client, phone, mark=str(number))[0] for number in range(limits["each"])]
    answer = begin(client, phone, mark="one more")
    assert answer.status_code == 429 and "Finish one of them first" in json.loads(answer.content)["error"]
    assert begin(client, phone, mark="0").status_code == 201, "the same file goes on"
    monkeypatch.setattr(upload_parts, "upload_limits", lambda: {**limits, "all": limits["each"]})
    answer = begin(world.client("exhibits-officer"), phone)
    assert answer.status_code == 429 and "Try again" in json.loads(answer.content)["error"]
    now = time.time()
    first, *_rest = (world.home / "uploads" / address.split("/")[-2] for address in addresses)
    os.utime(first, (now + 60, now + 60))  # a part of it came a minute later than of the other
    monkeypatch.setattr(upload_parts.time, "time", lambda: now + 60 * limits["idle"] + 30)
    assert begin(world.client("exhibits-officer"), phone).status_code == 201
    assert [client.head(address).status_code for address in addresses] == [200, 404]


def test_two_parts_for_one_place_are_sealed_apart(world: World, phone: str) -> None:
    """Of the one that was not taken nothing can be computed by the one that was."""
    client = world.client("officer")
    address, name = begun(client, phone)
    path, sealed = world.home / "uploads" / name / f"{0:012d}", []
    for _ in range(2):
        assert send(client, address, 0, PICTURE[:PART]).status_code == 204
        sealed.append(path.read_bytes())
        path.unlink()
    assert sum(a == b for a, b in zip(*sealed, strict=True)) < PART // 64  # by chance every 256th


def test_what_somebody_put_into_the_folder_harms_nothing(world: World, phone: str) -> None:
    """A link, a pipe that never answers, names that are none: not followed, not waited for, not an error."""
    client = world.client("officer")
    address, name = begun(client, phone)
    send(client, address, 0, PICTURE[:PART])
    uploads, precious = world.home / "uploads", world.home / "precious"
    precious.mkdir()
    (precious / "a file").write_bytes(b"of somebody")
    link, pipe = uploads / ("a" * 32), uploads / ("b" * 32)
    link.symlink_to(precious, target_is_directory=True)
    pipe.mkdir()
    os.mkfifo(pipe / "head")
    (uploads / name / "\u00b2").write_bytes(b"x")
    (uploads / name / "000000999999").symlink_to(precious / "a file")
    for folder in (precious, pipe):
        os.utime(folder, (0, 0))
    upload_parts.keep()
    assert (precious / "a file").read_bytes() == b"of somebody" and not pipe.exists()
    assert client.head(address).status_code == 200
    (uploads / name / "000000999999").unlink()
    assert have(client, address) == PART
    send_all(client, address, at=PART)
    text(post(client, phone, name))
    assert Attachment.objects.count() == 1


def test_who_takes_no_large_file_is_not_let_into_a_file_that_holds_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = sharing.meet(world)
    about = About(sharing.place_of(person), person, "", Link("", ""))
    attach(world.actor("officer"), about, content=jpeg(bytes(USUAL_BYTES)), name="A video")
    knows, older = features.knows, world.authorities["other-police"]
    monkeypatch.setattr(
        features,
        "knows",
        lambda node, sql, authority, feature: (
            (authority, feature) != (older, "large") and knows(node, sql, authority, feature)
        ),
    )
    proposal = sharing.propose(world, person)
    with pytest.raises(Refused, match="above 20 MB"):
        world.perform("national-lead", approve_share, **proposal, words="I asked her team")
    assert not sharing.reads(world, person, "other-police")
    monkeypatch.undo()
    world.perform("national-lead", approve_share, **proposal, words="I asked her team")
    assert sharing.reads(world, person, "other-police")


def test_more_than_older_nodes_take_is_refused_while_one_of_them_reads(
    world: World, phone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = jpeg(bytes(USUAL_BYTES))
    client = world.client("officer")
    monkeypatch.setattr("libertad.access.features.knows", lambda *_: False)
    address, name = begun(client, phone, len(content))
    send_all(client, address, content)
    assert "does not take before it is updated" in text(post(client, phone, name))
    assert Attachment.objects.count() == 0
    monkeypatch.undo()
    assert formats.FIRST < formats.needed("large") <= formats.TODAY
    text(post(client, phone, name))
    assert Attachment.objects.count() == 1
