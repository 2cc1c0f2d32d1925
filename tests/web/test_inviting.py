"""Inviting an authority that has its own node; the open invitations; who reads a file, and removing."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

from libertad.access.models import Authority, Reader
from libertad.exchange.models import Invitation, PeerAuthority, Released
from libertad.exchange.onboarding.invitation import read
from libertad.exchange.protocol import fingerprint_words
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from tests.support.sharing import approve_waiting
from tests.support.world import World

ASKED = {
    "name": "Trinidad police",
    "kind": "police",
    "country": "TT",
    "zone": "",
    "officers": "",
    "lives": "own",
    "address": "https://centre.example",
}


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def invited(world: World, **fields: str) -> Any:
    return world.client("coordinator").post("/operation/invite/", {**ASKED, **fields})


def armoured(answer: Any) -> str:
    match = re.search(r'name="text" value="([^"]+)"', answer.content.decode())
    assert match is not None
    return html.unescape(match.group(1))


def test_an_invitation_shows_the_words_a_square_and_a_file_and_is_kept_nowhere(world: World) -> None:
    answer = invited(world)
    page_text, secret = text(answer), armoured(answer)
    assert " ".join(fingerprint_words.fingerprint_words(node().key.public, "en")) in page_text
    assert " ".join(fingerprint_words.digits(node().key.public)) in page_text
    assert 'src="data:image/svg+xml;base64,' in answer.content.decode()
    invitation = read(secret, datetime.now(UTC))
    assert (invitation.name, invitation.address) == ("Trinidad police", "https://centre.example")
    row = Invitation.objects.get(pk=invitation.id)
    assert bytes(row.token) != invitation.token and row.officer == world.actor("coordinator").officer
    client = world.client("coordinator")
    file = client.post("/invitations/file/", {"text": secret.replace("\n", "\r\n")})
    assert file["Content-Disposition"].startswith("attachment") and file.content.decode() == secret
    assert client.post("/invitations/file/", {"text": secret[:-90]}).status_code == 404
    assert secret.splitlines()[2] not in text(client.get("/invitations/"))


def test_an_address_that_is_none_is_refused_at_its_field(world: World) -> None:
    answer = invited(world, address="centre.example")
    assert "begins with https://" in text(answer) and not Invitation.objects.exists()


def test_no_country_is_preset(world: World) -> None:
    page = world.client("coordinator").get("/operation/invite/").content.decode()
    assert '<option value="" selected>Choose a country or territory' in page
    assert "Error:" in text(invited(world, country="")) and not Invitation.objects.exists()


def test_an_authority_on_this_node_is_invited_as_before(world: World) -> None:
    answer = invited(world, lives="here", name="Prosecution, Trinidad", kind="prosecution")
    assert answer.status_code == 302 and not Invitation.objects.exists()


def test_an_open_invitation_is_withdrawn(world: World) -> None:
    invitation = read(armoured(invited(world)), datetime.now(UTC))
    client, address = world.client("coordinator"), f"/invitations/{invitation.id}/withdraw/"
    assert "Trinidad police" in text(client.get("/invitations/"))
    assert "cannot join with it any more" in text(client.get(address))
    client.post(address)
    assert Invitation.objects.get(pk=invitation.id).revoked
    assert "No invitation is open" in text(client.get("/invitations/"))
    assert client.get(f"/invitations/{'0' * 32}/withdraw/").status_code == 404


def test_who_is_invited_again_is_the_same_authority_and_the_earlier_invitation_ends(world: World) -> None:
    """Two of one name on the list could be taken for each other: one of them has no node."""
    first = read(armoured(invited(world)), datetime.now(UTC))
    second = read(armoured(invited(world, name=" trinidad Police ")), datetime.now(UTC))
    assert second.authority == first.authority and second.id != first.id
    assert Invitation.objects.get(pk=first.id).revoked and not Invitation.objects.get(pk=second.id).revoked
    assert Authority.objects.filter(country="TT", kind="police").count() == 1
    page_text = text(world.client("coordinator").get("/operation/"))
    assert "has not joined yet" in page_text
    care_invitation = read(armoured(invited(world, kind="care")), datetime.now(UTC))
    assert care_invitation.authority != first.authority


def shared(world: World) -> tuple[str, str]:
    key = world.perform("officer", meet_person, country="GY", source="said", happened=world.at(5, 13))
    client = world.client("officer")
    other_police = world.authorities["other-police"]
    assert client.post(f"/people/{key}/share/", {"authority": other_police, "reason": ""}).status_code == 200
    done = client.post(f"/people/{key}/share/", {"authority": other_police, "reason": "Her sister is there"})
    assert done.status_code == 302
    approve_waiting(world)
    return key, other_police


def test_a_reader_is_listed_with_who_since_and_why_and_removed_from_now_on(world: World) -> None:
    key, other_police = shared(world)
    client = world.client("officer")
    page_text = text(client.get(f"/people/{key}/share/"))
    for part in (
        "undone only for the future",
        "Saint Vincent police",
        "Her sister is there",
        "Remove from now on",
    ):
        assert part in page_text, part
    assert world.client("other-officer").get(f"/people/{key}/").status_code == 200
    address = f"/people/{key}/share/{other_police}/"
    assert "nobody can take that back" in text(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert client.post(address, {"reason": "It was another sister"}).status_code == 302
    place = Person.objects.get(pk=key).compartment
    assert not Reader.objects.filter(pk=f"{place}:{other_police}").exists()
    assert world.client("other-officer").get(f"/people/{key}/").status_code == 404
    assert client.get(address).status_code == 404


def test_nobody_removes_the_owner_or_whom_another_let_in(world: World) -> None:
    key, _other = shared(world)
    own = world.authorities["police"]
    assert world.client("officer").get(f"/people/{key}/share/{own}/").status_code == 404
    assert world.client("other-officer").get(f"/people/{key}/share/{own}/").status_code == 404


def test_whether_the_keys_arrived_at_another_node_is_said(world: World) -> None:
    key, other_police = shared(world)
    place = Person.objects.get(pk=key).compartment
    PeerAuthority.objects.create(authority=other_police, origin="libertad/" + "0" * 16)
    client = world.client("officer")
    assert "Not given yet" in text(client.get(f"/people/{key}/share/"))
    row = Released.objects.create(
        authority=other_police, kid=b"k" * 32, compartment=place, given=1, taken=None
    )
    assert "not confirmed yet" in text(client.get(f"/people/{key}/share/"))
    Released.objects.filter(authority=row.authority).update(taken=2)
    assert "Taken" in text(client.get(f"/people/{key}/share/"))
