"""The pages of the exchange: what they say, what they let do, and what they never show."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from libertad.access.acting import Forbidden
from libertad.exchange import queries, queries_failing, scheduler
from libertad.exchange.authorization import peer_decisions, settle_alarm
from libertad.exchange.models import Alarm, Decision, Erasure, Failure, Peer, Settlement
from libertad.exchange.peering import peers
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import fingerprint_words
from libertad.exchange.receiving import receiver
from libertad.journal.checkpoint import origin_of
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.values import PersonName, Refused
from tests.support.exchanged import Exchanged, exchanged
from tests.support.world import World

SECRET = "Ozymandia Quillfeather"


@pytest.fixture
def peer_rows(world: World) -> Iterator[Exchanged]:
    lead = world.actor("coordinator")
    yield exchanged(world.operation, lead.authority, lead.officer)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_an_empty_exchange_says_what_to_do_first(world: World) -> None:
    page = text(world.client("administrator").get("/peers/"))
    assert "exchanges with nobody yet" in page and "none yet" in page
    own = " ".join(fingerprint_words.fingerprint_words(node().key.public, "en"))
    assert own in page and " ".join(fingerprint_words.digits(node().key.public)) in page


def test_each_peer_says_how_it_is_and_what_to_do(world: World, peer_rows: Exchanged) -> None:
    page = text(world.client("coordinator").get("/peers/"))
    for part in (
        "Trinidad and Tobago police",
        "Not reached",
        "No answer in time: the line is slow or cut.",
        "2 h 00 min ago",
        "90 entries",
        "as it told 3 h 00 min ago",
        "1.2 MB in",
        "20.5 kB out",
        "to entry 1200",
        "Suspended",
    ):
        assert part in page, part
    assert "0 of 1 as they should be" in page and "1 h 00 min ago" in page


def test_what_failed_last_is_on_the_page_by_peer_and_way(world: World, peer_rows: Exchanged) -> None:
    client, now = world.client("administrator"), now_ms()
    assert "What failed last" not in text(client.get("/peers/"))
    for origin, way, code in (
        (queries.PREFIX + peer_rows.failing, "letter-out", "not-taken"),
        (queries.PREFIX + peer_rows.suspended, "ask", "down"),
        ("", "carry", "no-hub"),
        ("", "letter-in", "<b>Call 555</b>"),
    ):
        Failure.objects.create(origin=origin, way=way, code=code, since=now - 7_200_000, at=now, times=3)
    page = text(client.get("/peers/"))
    assert (
        "Trinidad and Tobago police " + queries.PREFIX + peer_rows.failing + " Letters out, to the broker"
        in page
    )
    assert "The broker did not take a letter in time: it is sent again." in page
    assert "The hub does not answer: letters wait on the leaf's disk." in page
    assert "2 h 00 min ago last just now" in page
    assert "Asking over the network" not in page, "with a suspended peer nothing fails"
    assert "Call 555" not in page, "a code that this node does not write is not shown"


def test_a_peer_that_takes_no_letters_is_told_and_does_not_fail(world: World, peer_rows: Exchanged) -> None:
    peer = queries.PREFIX + peer_rows.failing
    Peer.objects.filter(pk=peer).update(error="")
    failure = {"origin": peer, "way": "carry", "since": 1, "at": 1, "times": 1}
    Failure.objects.create(code="no-box-there", **failure)
    (row,) = [listed for listed in queries.peers() if listed.origin == peer]
    assert row.condition == "well" and [fault.alone for fault in queries_failing.standing()] == [True]
    assert "It has no box at the hub" in text(world.client("administrator").get("/peers/"))
    Failure.objects.update(code="no-room")
    (row,) = [listed for listed in queries.peers() if listed.origin == peer]
    assert row.condition == "failing" and [fault.alone for fault in queries_failing.standing()] == [False]


def test_a_peers_page_has_the_words_for_the_telephone(world: World, peer_rows: Exchanged) -> None:
    row = Peer.objects.get(pk=queries.PREFIX + peer_rows.failing)
    client = world.client("national-lead")
    page = text(client.get(f"/peers/{peer_rows.failing}/"))
    assert " ".join(fingerprint_words.fingerprint_words(bytes(row.public), "en")) in page
    assert " ".join(fingerprint_words.digits(bytes(row.public))) in page
    assert "Suspend" not in page, "a national lead decides nothing here"
    with override_settings(LANGUAGES=[("en", "English"), ("es", "Spanish")]):
        spanish = client.get(
            f"/peers/{peer_rows.failing}/", headers={"accept-language": "es"}
        ).content.decode()
    assert fingerprint_words.fingerprint_words(bytes(row.public), "es")[0] in html.unescape(spanish)


def test_a_peer_is_suspended_with_a_reason_that_is_kept_here(world: World, peer_rows: Exchanged) -> None:
    client, address = world.client("coordinator"), f"/peers/{peer_rows.failing}/suspend/"
    assert "not even that this node is here" in text(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    assert Peer.objects.get(pk=queries.PREFIX + peer_rows.failing).state == "active"
    assert client.post(address, {"reason": "The words differ"}).status_code == 302
    page = text(client.get(f"/peers/{peer_rows.failing}/"))
    assert "Suspended" in page and "The words differ" in page and "do not travel" in page
    assert client.post(f"/peers/{peer_rows.failing}/resume/", {"reason": "Compared"}).status_code == 302
    assert Peer.objects.get(pk=queries.PREFIX + peer_rows.failing).state == "active"
    assert client.get(f"/peers/{peer_rows.failing}/abolish/").status_code == 404


def test_a_role_that_decides_nothing_is_refused_beside_the_screens_too(
    world: World, peer_rows: Exchanged
) -> None:
    origin = queries.PREFIX + peer_rows.failing
    with pytest.raises(Forbidden):
        peer_decisions.set_state(node(), world.actor("national-lead"), origin, "ended", "because")
    with pytest.raises(Refused, match="no such peer"):
        peer_decisions.set_state(node(), world.actor("coordinator"), "libertad/0", "ended", "because")
    with pytest.raises(Forbidden):
        settle_alarm.propose_settling(node(), world.actor("national-lead"), peer_rows.node_alarm, "because")
    assert Decision.objects.filter(what="ended").count() == 0


def test_the_switch_cuts_and_restores_and_is_not_in_production(
    world: World, peer_rows: Exchanged, settings: Any
) -> None:
    client, address = world.client("coordinator"), f"/peers/{peer_rows.failing}/line/"
    origin = queries.PREFIX + peer_rows.failing
    assert "Demonstration: cut a line" in text(client.get("/peers/"))
    scheduler.start()
    try:
        assert client.post(address, {"line": "cut"}).status_code == 302
        assert origin in scheduler.start().exchange.cuts
        assert "Line cut" in text(client.get(f"/peers/{peer_rows.failing}/"))
        cut = text(client.get(f"/peers/{peer_rows.failing}/"))
        assert cut.index("Restore the line to") < cut.index("How far we are"), "what needs somebody is first"
        client.post(address, {"line": "on"})
        assert origin not in scheduler.start().exchange.cuts
    finally:
        scheduler.stop()
    settings.LIBERTAD_DEMO = False
    assert client.post(address, {"line": "cut"}).status_code == 404
    assert "Demonstration" not in text(client.get("/peers/"))


def test_ask_and_repair_say_where_nothing_exchanges(world: World, peer_rows: Exchanged) -> None:
    client = world.client("coordinator")
    for act in ("ask", "repair"):
        answer = client.post(f"/peers/{peer_rows.failing}/{act}/", follow=True)
        assert "serve the node with libertad run" in text(answer)


def test_quarantine_says_why_and_what_to_do_and_never_what_was_said(world: World) -> None:
    world.perform(
        "officer",
        meet_person,
        country="GY",
        source="said",
        happened=world.at(5, 13),
        name=(PersonName(text=SECRET),),
    )
    lead = world.actor("coordinator")
    exchanged(world.operation, lead.authority, lead.officer)
    page = text(world.client("coordinator").get("/peers/quarantine/"))
    assert "a file that you do not read" in page, "the kind of a file that is not the reader's is not told"
    assert "may not say this here" in page and "Update this node" in page and "Ask Guyana police to" in page
    for role in ("administrator", "national-lead", "coordinator"):
        assert SECRET.split()[0] not in text(world.client(role).get("/peers/quarantine/"))
    assert world.client("coordinator").get("/peers/quarantine/?page=9").status_code == 404
    assert world.client("coordinator").get("/peers/quarantine/?page=x").status_code == 200


def test_an_alarm_names_the_node_and_carries_the_proof(world: World, peer_rows: Exchanged) -> None:
    client = world.client("administrator")
    page = text(client.get(f"/peers/alarms/{peer_rows.node_alarm}/"))
    assert "Trinidad and Tobago police" in page or "libertad/" in page
    assert "one size, two roots" in page and page.count("900") >= 2
    proof = client.get(f"/peers/alarms/{peer_rows.node_alarm}/proof/")
    assert proof["Content-Disposition"].startswith("attachment") and len(proof.json()["signed"]) == 2
    device = text(client.get(f"/peers/alarms/{peer_rows.device_alarm}/"))
    assert "A device wrote two histories" in device and "in quarantine" in device
    assert len(client.get(f"/peers/alarms/{peer_rows.device_alarm}/proof/").json()["signed"]) == 4


def test_an_alarm_is_settled_once_with_a_reason_and_its_proof_stays(
    world: World, peer_rows: Exchanged
) -> None:
    client, address = world.client("coordinator"), f"/peers/alarms/{peer_rows.node_alarm}/settle/"
    assert "A node showed two histories" in text(client.get("/"))
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Restored without saying so; called"}).status_code == 302
    settle_alarm.confirm_settling(
        node(), world.actor("administrator"), Settlement.objects.get().pk, "I called too"
    )
    page = text(client.get(f"/peers/alarms/{peer_rows.node_alarm}/"))
    assert "Restored without saying so" in page and "one size, two roots" in page
    row = Alarm.objects.get(pk=peer_rows.node_alarm)
    assert row.settled and row.settled_by == world.actor("coordinator").officer and row.proof
    with pytest.raises(Refused, match="settled it already"):
        settle_alarm.propose_settling(node(), world.actor("coordinator"), peer_rows.node_alarm, "again")
    assert queries.waits().alarms == 1


def test_who_has_not_promised_is_named_and_a_promise_is_called_one(
    world: World, peer_rows: Exchanged
) -> None:
    page = text(world.client("coordinator").get("/peers/erasures/"))
    for part in (
        "No answer yet",
        "Promised: 3 keys destroyed",
        "Refused: legal hold",
        "nothing more",
        "1 has not",
    ):
        assert part in page, part
    caseworker_page = text(world.client("caseworker").get("/peers/erasures/"))
    assert "Nobody was asked to erase" in caseworker_page, "others' requests are not shown"


def test_the_count_on_exchange_is_of_the_requests_that_its_page_lists(
    world: World, peer_rows: Exchanged
) -> None:
    """Others' requests lie on the same node; their number is not this authority's."""
    waits = "Requests to erase without an answer"
    assert f"{waits} 1 " in text(world.client("coordinator").get("/peers/"))
    assert f"{waits} 0 " in text(world.client("national-lead").get("/peers/"))
    assert queries.waits().unanswered == 1


def test_a_suspended_peer_is_not_repaired_and_nothing_says_how(world: World, peer_rows: Exchanged) -> None:
    client = world.client("coordinator")
    assert "It takes nothing away" in text(client.get(f"/peers/{peer_rows.failing}/"))
    page = text(client.get(f"/peers/{peer_rows.suspended}/"))
    assert "Exchange again" in page and "Repair" not in page
    answer = client.post(f"/peers/{peer_rows.suspended}/repair/", follow=True)
    assert "serve the node with libertad run" in text(answer)


def test_what_is_wrong_with_a_reason_stands_on_the_page(world: World, peer_rows: Exchanged) -> None:
    """In the reader's language, with a way to the field: no bubble of the browser comes before it."""
    client = world.client("coordinator")
    for address in (f"/peers/{peer_rows.failing}/end/", f"/peers/alarms/{peer_rows.node_alarm}/settle/"):
        assert '<form method="post" novalidate>' in client.get(address).content.decode()
        answer = client.post(address, {"reason": ""})
        page = answer.content.decode()
        assert answer.status_code == 422 and "<title>Error: " in page
        assert 'href="#id_reason"' in page and 'id="id_reason"' in page


def test_an_alarm_waits_on_today_under_its_authoritys_name(world: World, peer_rows: Exchanged) -> None:
    page = text(world.client("coordinator").get("/"))
    assert re.search(r"A node showed two histories .{0,120} Trinidad and Tobago police", page)
    assert "two histories" not in text(world.client("officer").get("/"))


@pytest.mark.parametrize(
    ("decision", "outcome", "shown"),
    [
        ("refuse", "refused: legal hold", "Refused: legal hold"),
        ("needed", "refused: needed", "Refused: still needed there"),
    ],
)
def test_a_request_is_answered_by_who_may_erase(
    world: World, peer_rows: Exchanged, decision: str, outcome: str, shown: str
) -> None:
    worker = world.actor("caseworker")
    Erasure.objects.create(
        request="f" * 32,
        authority=worker.authority,
        asking=peer_rows.authority,
        message=b"",
        compartments='["' + "c" * 32 + '"]',
        at=now_ms(),
    )
    address = f"/peers/erasures/{'f' * 32}/"
    assert world.client("national-lead").get(address).status_code == 404, "it is another authority's"
    client = world.client("caseworker")
    assert "A request to erase waits for your answer" in text(client.get("/"))
    assert client.post(address, {"decision": "erase", "reason": " "}).status_code == 422
    assert client.post(address, {"decision": decision}).status_code == 302
    row = Erasure.objects.get(request="f" * 32)
    assert row.answer == outcome and row.receipt
    assert shown in text(client.get("/peers/erasures/"))
    assert client.get(address).status_code == 404


def test_a_forgery_is_told_with_whose_thing_it_was_about_and_what_to_do(
    world: World, peer_rows: Exchanged
) -> None:
    entry = Entry.objects.order_by("-idx").first()
    assert entry is not None
    name = bytes(entry.hash).hex()
    proof = {
        "why": "the officer is another authority's",
        "verb": "officer.appoint",
        "victims": [world.authorities["police"]],
        "signed": [bytes(entry.header).hex(), bytes(entry.signature).hex()],
    }
    for kind, key, accused, evidence in (
        ("about", f"about:{name}", peer_rows.authority, proof),
        ("rounds", "rounds:12", "libertad/0123456789abcdef", proof | {"signed": [], "victims": []}),
    ):
        Alarm.objects.create(id=key, kind=kind, who=accused, proof=json.dumps(evidence), at=now_ms())
    client = world.client("administrator")
    listed = text(client.get("/peers/alarms/"))
    assert "Entry from an authority not entitled" in listed and "cannot settle what to believe" in listed
    page = text(client.get(f"/peers/alarms/about:{name}/"))
    for part in ("officer.appoint", "the officer is another authority", name[:16], "Guyana", "by telephone"):
        assert part in page, part
    assert len(client.get(f"/peers/alarms/about:{name}/proof/").json()["signed"]) == 2
    assert "held" in text(client.get("/peers/alarms/rounds:12/"))
    assert client.get("/peers/alarms/rounds:12/proof/").status_code == 200
    assert "Entry from an authority not entitled" in text(world.client("coordinator").get("/"))


def test_authorities_that_are_not_enrolled_are_named_and_the_coordinator_enrols_them(world: World) -> None:
    """The documented way once: police invited onto the centre's node, and no other node reads them."""
    public = b"\x09" * 32
    node().writer.submit(lambda tx: peers.save_peer(tx.sql, origin_of(public), public, "", ()))
    client = world.client("coordinator")
    page = client.get("/peers/").content.decode()
    assert "Not read at other nodes" in page and "Enrol them" in page
    assert "Enrol them" not in world.client("administrator").get("/peers/").content.decode()
    assert world.client("administrator").post("/peers/enrol/").status_code == 404
    assert "Enrolled." in client.post("/peers/enrol/", follow=True).content.decode()
    assert "Not read at other nodes" not in client.get("/peers/").content.decode()
    assert client.get("/peers/enrol/").status_code == 405


def test_devices_of_a_peer_that_nobody_enrolled_are_told(world: World) -> None:
    node().writer.submit(lambda tx: receiver.unread(tx, "libertad/" + "0" * 16, {"9" * 32}))
    page = world.client("coordinator").get("/peers/").content.decode()
    assert "Not read here" in page and "1 device" in page
