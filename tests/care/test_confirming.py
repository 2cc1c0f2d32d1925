"""Decisions that an officer's passkey confirms: exactly those words, once, checked by whoever reads them."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import msgspec
import pytest
from django.core.cache import cache
from django.test import Client

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.publish_passkeys import publish_passkeys
from libertad.access.models import Passkey as Published
from libertad.access.queries import readable
from libertad.access.queries_passkeys import limits
from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.record_wish import record_wish
from libertad.care.confirmations import decision_state, unconfirmed
from libertad.care.models import ReturnDecision, SignedDecision
from libertad.vocabulary.verbs.vouching import EntryVouch
from tests.access.signing import sign_in
from tests.care.test_return import STAY, ready
from tests.support.passkey import Passkey, options_on
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
PASSWORD = "correct horse battery"
ADD, SECOND = "/codes/passkeys/add/", "/sign-in/code/"
NUMBER, ROLE = "N-deciding-authority", "deciding-authority"
FORM = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ["debt", "threats"],
    "resources": ["permit", "shelter-place"],
    "reasons": "She is threatened at home and wants to work here.",
    "until_day": "9",
    "until_month": "10",
    "until_year": "2018",
    "when_day": "9",
    "when_month": "4",
    "when_year": "2018",
    "when_time": "08:00",
}


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def browser() -> Client:
    return Client(SERVER_NAME="localhost")


def added(key: Passkey, number: str = NUMBER) -> Client:
    """A browser signed in with a passkey that was just added."""
    client = browser()
    assert sign_in(client, number, PASSWORD).status_code == 302
    sent = {"name": "ring", "credential": key.create(options_on(client.get(ADD).content.decode()))}
    assert client.post(ADD, sent).url == "/codes/recovery/"
    client.get("/codes/recovery/")
    return client


def hidden(page: str) -> dict[str, Any]:
    """What the page's form sends by itself."""
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page):
        sent.setdefault(unescape(name), []).append(unescape(value))
    return dict(sent)


def asked(client: Client, person: str, **changed: Any) -> str:
    """The page that asks for the passkey, after the form was sent."""
    address = f"/care/{person}/return/decide/"
    sent = hidden(client.get(address).content.decode())
    answer = client.post(address, {"submission": sent["submission"][-1], **FORM, **changed})
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def answer(client: Client, person: str, page: str, key: Passkey, **changed: Any) -> Any:
    sent = {**hidden(page), "credential": key.sign(options_on(page)), **changed}
    return client.post(f"/care/{person}/return/decide/", sent)


def refusals_on(answer: Any) -> str:
    """What the page says went wrong, in plain text."""
    page = unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))
    return re.sub(r"\s+", " ", page.partition("Please look at this:")[2])[:600]


def decisions(world: World) -> list[ReturnDecision]:
    return list(readable(world.actor(ROLE), ReturnDecision))


def states(world: World, role: str = ROLE) -> list[str | None]:
    actor = world.actor(role)
    rows = [row for row in readable(actor, SignedDecision) if row.verb == "return.decide"]
    return [decision_state(actor, [row.entry]) for row in rows]


@pytest.fixture
def key(world: World) -> Passkey:
    return Passkey()


def test_a_decision_is_confirmed_with_the_passkey_and_every_reader_is_told(
    world: World, key: Passkey
) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    assert not decisions(world), "nothing is said before it is confirmed"
    assert "She is threatened at home and wants to work here." in unescape(page)
    done = answer(client, person, page, key)
    assert done.status_code == 302, done.content.decode()
    assert states(world) == ["confirmed"] and states(world, "caseworker") == ["confirmed"]
    for role in (ROLE, "caseworker"):
        shown = world.client(role).get(f"/care/{person}/return/").content.decode()
        assert "Confirmed with a passkey of" in shown
    assert unconfirmed(world.actor(ROLE)) == []


def test_what_was_shown_is_what_is_said(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    changed = answer(client, person, page, key, reasons="Nobody threatens her.")
    assert changed.status_code == 200 and "something was recorded meanwhile" in refusals_on(changed)
    assert "Nobody threatens her." in unescape(changed.content.decode()), "the form is kept"
    assert not decisions(world)


def test_a_nonce_is_used_once_right_or_wrong(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    wrong = answer(client, person, page, Passkey(id=key.id))
    assert wrong.status_code == 200 and "does not fit" in unescape(wrong.content.decode())
    again = answer(client, person, page, key)
    assert again.status_code == 200 and "answered already" in unescape(again.content.decode())
    assert not decisions(world)


def test_a_form_twice_says_it_once(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    sent = {**hidden(page), "credential": key.sign(options_on(page))}
    for _time in range(2):
        assert client.post(f"/care/{person}/return/decide/", sent).status_code == 302
    assert len(decisions(world)) == 1 and states(world) == ["confirmed"]


def test_another_officers_passkey_confirms_nothing(world: World, key: Passkey) -> None:
    person, other = ready(world), Passkey()
    added(other, "N-caseworker")
    client = added(key)
    page = asked(client, person)
    sent = {**hidden(page), "credential": other.sign(options_on(page))}
    refused = client.post(f"/care/{person}/return/decide/", sent)
    assert refused.status_code == 200 and "does not fit" in unescape(refused.content.decode())
    assert not decisions(world)


@pytest.mark.parametrize("lie", ["unverified", "origin", "name", "challenge", "type"])
def test_an_answer_that_lies_is_none(world: World, key: Passkey, lie: str) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    options = options_on(page)
    if lie == "origin":
        key.origin = "http://localhost.example.org"
    elif lie == "name":
        key.name = "localhost.example.org"
    elif lie == "challenge":
        options["challenge"] = "AAAA"
    credential = json.loads(key.sign(options))
    if lie == "unverified":
        key.verified = False
        credential = json.loads(key.sign(options))
    elif lie == "type":
        credential = json.loads(key.sign(options, kind="webauthn.create"))
    sent = {**hidden(page), "credential": json.dumps(credential)}
    refused = client.post(f"/care/{person}/return/decide/", sent)
    assert refused.status_code == 200 and not decisions(world)


def test_without_it_counts_and_is_told_to_the_officer_and_a_second_person(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    done = client.post(f"/care/{person}/return/decide/", {**hidden(page), "unconfirmed": "1"})
    assert done.status_code == 302 and states(world) == ["missing"]
    shown = client.get(f"/care/{person}/return/").content.decode()
    assert "Without the passkey that" in shown
    assert "Recorded in your name without your passkey" in unescape(client.get("/").content.decode())


def test_going_back_keeps_the_form(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    back = client.post(f"/care/{person}/return/decide/", {**hidden(page), "change": "1"})
    assert back.status_code == 200 and not decisions(world)
    assert "She is threatened at home" in unescape(back.content.decode())


def test_who_has_no_passkey_decides_as_before(world: World) -> None:
    person = ready(world)
    world.perform(ROLE, decide_return, person=person, **STAY)
    assert states(world) == ["without"] and unconfirmed(world.actor(ROLE)) == []


def test_a_decision_by_who_has_the_node_is_marked(world: World, key: Passkey) -> None:
    """The attack: the node's key signs a decision in the officer's name."""
    person = ready(world)
    client = added(key)
    world.perform(ROLE, decide_return, person=person, **STAY)
    assert states(world) == ["missing"]
    (told,) = unconfirmed(world.actor(ROLE))
    assert (told.officer, told.state, told.person) == (world.actor(ROLE).officer, "missing", person)
    assert "Recorded in your name without your passkey" in unescape(client.get("/").content.decode())


def test_a_word_of_a_passkey_that_does_not_fit_is_an_alarm(world: World, key: Passkey) -> None:
    """Who has the node takes an answer that the passkey gave for other words."""
    person, client = ready(world), added(key)
    assert answer(client, person, asked(client, person), key).status_code == 302
    (first,) = [r for r in readable(world.actor(ROLE), SignedDecision) if r.verb == "return.decide"]
    actor = world.actor(ROLE)

    def forge(act: Act) -> None:
        old = act.find_entry(first.vouches[0])
        assert old is not None and isinstance(old.content, EntryVouch)
        decide_return(act, person=person, **{**STAY, "reasons": "forged"})
        entry = act.tx.appended[-1]
        content = msgspec.structs.replace(old.content, entry=entry.id)
        act.say(entry.compartment, content, subject=entry.subject, depends=[entry.id])

    perform(actor, forge)
    assert sorted(map(str, states(world))) == ["confirmed", "wrong"]
    assert [told.state for told in unconfirmed(actor)] == ["wrong"]
    assert "ALARM" in client.get(f"/care/{person}/return/").content.decode()


def test_a_removed_passkey_is_ended_and_confirms_nothing(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    (row,) = Published.objects.all()
    assert row.ended_at is None and row.officer == world.actor(ROLE).officer
    perform(world.actor(ROLE), publish_passkeys, keys=[])
    assert Published.objects.get().ended_at is not None
    refused = answer(client, person, page, key)
    assert refused.status_code == 200 and not decisions(world)


def test_a_new_passkey_is_told_to_its_officer_and_the_administrator(world: World, key: Passkey) -> None:
    client = added(key, "N-officer")
    assert "A passkey of yours confirms decisions since" in unescape(client.get("/").content.decode())
    page = unescape(world.client("administrator").get("/").content.decode())
    assert "A passkey of Sgt. Name officer confirms decisions since" in page


def test_nobody_publishes_a_passkey_or_confirms_in_anothers_name(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    assert answer(client, person, asked(client, person), key).status_code == 302
    (row,) = [r for r in readable(world.actor(ROLE), SignedDecision) if r.verb == "return.decide"]
    content = EntryVouch(
        entry=row.entry, credential="aa", nonce="00" * 32, data="00", client="00", signature="00"
    )
    with pytest.raises(Forbidden, match="another officer"):
        world.perform("caseworker", lambda act: act.say(row.compartment, content, subject=row.subject))


def test_a_rehearsal_leaves_nothing(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    asked(client, person)  # publishes
    rows = SignedDecision.objects.count(), ReturnDecision.objects.count(), Published.objects.count()
    asked(client, person)
    after = SignedDecision.objects.count(), ReturnDecision.objects.count(), Published.objects.count()
    assert after == rows and rows[1:] == (0, 1)


def test_what_is_recorded_meanwhile_is_read_before_it_is_confirmed(world: World, key: Passkey) -> None:
    person, client = ready(world), added(key)
    page = asked(client, person)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here, with my sister.")
    refused = answer(client, person, page, key)
    assert refused.status_code == 200 and "something was recorded meanwhile" in refusals_on(refused)
    assert not decisions(world)
    assert answer(client, person, asked(client, person), key).status_code == 302


def test_what_was_prepared_too_long_ago_is_confirmed_by_nothing(
    world: World, key: Passkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, client = ready(world), added(key)
    none = msgspec.structs.replace(limits(), prepared_minutes=0)
    monkeypatch.setattr("libertad.web.confirming.limits", lambda: none)
    refused = answer(client, person, asked(client, person), key)
    assert refused.status_code == 200 and "too old" in refused.content.decode() and not decisions(world)
