"""docs/nats.md is followed literally: real servers, real nodes by `libertad run`, and kills of each."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.mailed import FRAMES, Authority, Seats, frames, seats, until

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("nats-run")]


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seats]:
    """Joined by files; nothing else passes between the two nodes but letters."""
    with seats(tmp_path_factory.mktemp("mail")) as parties:
        yield parties


def problems(authority: Authority) -> list[str]:
    """What the doctor says of mail and of peers."""
    findings = authority.json("doctor", code=1)
    words = [f"{each['what']} {each['mend']}" for each in findings]
    return [each for each in words if re.search("mail|broker|leaf|hub|letter|peer", each)]


def codes(authority: Authority) -> set[str]:
    """What failed last, by `exchange status`."""
    return {each["code"] for each in authority.json("exchange", "status", code=1)["failed"]}


def health(authority: Authority) -> dict[str, Any]:
    """What a monitor on its machine is told; the mail's threads run all the while."""
    line = http.client.HTTPConnection("127.0.0.1", authority.port, timeout=300)
    try:
        line.request("GET", "/healthz")
        report: dict[str, Any] = json.loads(line.getresponse().read())
    finally:
        line.close()
    assert "mail" in report["background"]
    return report


def kinds(authority: Authority) -> set[str]:
    """Kinds of what a monitor is told to be wrong."""
    return {each["kind"] for each in health(authority)["problems"]}


def test_letters_go_from_one_run_to_another_and_back(mail: Seats) -> None:
    lead_ids = mail.guyana.leads()
    until(lambda: mail.centre.has(lead_ids), "Guyana's lead at the centre")
    (look,) = frames("each-look")
    for authority in (mail.centre, mail.guyana):
        assert problems(authority) == []
        assert "1 peers, 0 failing" in authority.sit(look.replace("libertad doctor\n", ""))


def test_a_hub_that_is_killed_and_comes_back_loses_nothing(mail: Seats) -> None:
    (hub,) = mail.hubs
    hub.end("hub")
    lead_ids = mail.guyana.leads(3)
    until(
        lambda: any("the leaf does not reach the hub" in problem for problem in problems(mail.guyana)),
        "the doctor",
    )
    until(lambda: "no-hub" in codes(mail.guyana), "the status")
    assert not mail.centre.has(lead_ids)
    hub.up()
    until(lambda: mail.centre.has(lead_ids), "what was said while the hub was down")
    until(lambda: not codes(mail.guyana), "a status without a failure")


def test_a_leaf_that_is_down_is_told_by_doctor_and_status_until_it_is_back(mail: Seats) -> None:
    mail.guyana.end("leaf")
    until(lambda: "no-broker" in codes(mail.guyana), "the status")
    until(lambda: "broker" in kinds(mail.guyana), "the monitor")
    assert health(mail.guyana)["broker"] is False
    (look,) = frames("each-look")
    output = mail.guyana.sit(look.replace("libertad doctor\n", ""), code=1)
    assert "The broker, letters out, to the broker: No broker answers" in output
    assert any("does not take us" in problem for problem in problems(mail.guyana))
    mail.guyana.leaf_up()
    until(lambda: not codes(mail.guyana), "a status without a failure")
    until(lambda: "broker" not in kinds(mail.guyana), "the monitor")
    assert health(mail.guyana)["broker"] is True
    assert problems(mail.guyana) == []


def test_leaves_and_nodes_that_are_killed_while_they_send_lose_nothing(mail: Seats) -> None:
    before = len(mail.centre.rows("select id from operations_lead"))
    lead_ids = mail.guyana.leads(150, 400)
    mail.guyana.end("node")
    mail.guyana.end("leaf")
    mail.guyana.leaf_up()
    mail.guyana.up()
    until(lambda: len(mail.centre.rows("select id from operations_lead")) > before, "the first of many leads")
    mail.centre.end("node")
    mail.centre.end("leaf")
    mail.centre.leaf_up()
    mail.centre.up()
    until(lambda: mail.centre.has(lead_ids), "all of them")
    assert mail.centre.rows("select * from journal_held") == []


def test_a_restored_node_says_what_the_hub_must_be_given_and_then_exchanges_again(mail: Seats) -> None:
    """Last but for the frames: Guyana's node has another name from here on."""
    guyana, (hub,) = mail.guyana, mail.hubs
    before = guyana.sit(frames("each")[0]).strip()
    guyana.end("node")
    output = guyana.sit("libertad doctor --accept-restore")
    line = guyana.sit(frames("each")[0]).strip()
    assert line != before and line in output and before.split()[0] in output
    assert any(line in problem and before.split()[0] in problem for problem in problems(guyana))
    guyana.end("leaf")
    guyana.set_up_leaf()
    guyana.leaf_up()
    nodes = (hub.folder / "nodes.txt").read_text()
    (hub.folder / "nodes.txt").write_text(nodes.replace(before, line))
    (change,) = frames("hub-change")
    hub.type(change)
    guyana.up()
    lead_ids = guyana.leads()
    until(lambda: mail.centre.has(lead_ids), "what the restored node says")
    until(lambda: not problems(guyana), "a doctor who is content")


def test_every_frame_of_the_page_is_typed_or_is_a_download() -> None:
    typed = {
        "each",
        "hub",
        "hub-serve",
        "hub-boxes",
        "each-leaf-serve",
        "each-serve",
        "each-look",
        "centre",
        "guyana",
        "hub-change",
        "hub-cluster",
        "hub-cluster-boxes",
    }
    assert {name for name, _script in FRAMES} - typed == {"download"}
    assert len(frames("each")) == 3
