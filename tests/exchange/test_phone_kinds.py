"""What a key was enrolled as first it stays, an officer's phone or a node's device, in any order."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from libertad.access.about_members import prove_enrolment
from libertad.access.actions.revoke_device import revoke_device
from libertad.journal import clock, header, ingest
from libertad.journal.caches import Caches
from libertad.journal.checking import Foreign
from libertad.journal.header import device_id
from libertad.vocabulary.body import build
from libertad.vocabulary.field_verbs import FIELD
from libertad.vocabulary.verbs.access import DeviceEnrol
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.exchange.test_phones import own, taken, told
from tests.security.samples import sample
from tests.security.test_any_order import copies
from tests.security.test_forging_access import forge, operation_file
from tests.security.test_thiefs_succession import anew, another, leads, robbed, speaking
from tests.support.lawless import lawless
from tests.support.nodes import Party, settle
from tests.support.phones import at, hand_over, held, lead_words

pytestmark = [pytest.mark.django_db]
DAY = timedelta(days=1)


@pytest.mark.parametrize("who", ["centre", "trinidad"])
def test_nobody_muzzles_the_node_of_another_authority(three: Three, who: str) -> None:
    """Whoever coordinates vouches for keys and takes none away; the key's own proof is there to be copied."""
    party, guyana = getattr(three, who), three.guyana
    public, secret = guyana.node.rings.device(guyana.authority)
    proof = prove_enrolment(secret, guyana.authority, guyana.operation)
    content = phone_word(public, guyana.officers["officer"])
    role = "coordinator" if who == "centre" else "national-lead"
    with lawless():
        word = party.do(
            role,
            lambda act: act.say(operation_file(party), content, subject=guyana.authority, proof=proof),
        )
        fresh, key = header.keypair(bytes(range(32)))  # nor gives itself a phone of another's officer
        phone = party.do(
            role,
            lambda act: act.say(
                operation_file(party),
                phone_word(fresh, guyana.officers["officer"]),
                subject=guyana.authority,
                proof=prove_enrolment(key, guyana.authority, guyana.operation),
            ),
        )
    settle(list(three))
    for other in {*three} - {party}:
        assert held(other)[word] == held(other)[phone]
        assert held(other)[phone] == ("about", "only an officer's own authority enrols a phone")
        assert own(guyana) in speaking(other, guyana)
    lead_id = lead(guyana)
    settle(list(three))
    assert lead_id in leads(three.centre) or who == "centre"


def phone_word(public: bytes, officer: str) -> DeviceEnrol:
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    values = {"public": public.hex(), "kind": FIELD, "officer": officer, "until": until}
    return build(DeviceEnrol, values | {"verb": ("lead.report",)})


def test_a_phone_whose_key_did_not_agree_is_none(three: Three) -> None:
    """An authority takes nobody else's key for its officer's phone."""
    public, secret = header.keypair(bytes(range(32)))
    elsewhere = prove_enrolment(secret, three.guyana.authority, three.trinidad.authority)
    content = phone_word(public, three.guyana.officers["officer"])
    words = [enrols(three.guyana, content, proof=proof) for proof in ("", elsewhere)]
    settle(list(three))
    assert {held(three.centre)[word][0] for word in words} == {"about"}


def test_a_thief_of_the_nodes_keys_does_not_void_its_past_by_calling_it_a_phone(
    three: Three, tmp_path: Path
) -> None:
    """By the stolen device itself, or by one that it enrolled, with dates before all else."""
    lead_id = lead(three.guyana)
    site = forge(three.guyana, sample("officer.appoint"), three.guyana.officers["officer"])
    settle(list(three))
    thief = robbed(three, tmp_path)
    public, secret = thief.node.rings.device(thief.authority)
    proof = prove_enrolment(secret, thief.authority, thief.operation)
    words = []

    def muzzle() -> None:
        content = phone_word(public, thief.officers["officer"])
        with lawless(), at(datetime.now(UTC) - 300 * DAY):
            words.append(
                thief.do(
                    "administrator",
                    lambda act: act.say(operation_file(thief), content, subject=thief.authority, proof=proof),
                )
            )

    muzzle()
    another(thief)
    muzzle()
    for _ in range(3):
        three.centre.pull(thief)
    assert {held(three.centre)[word][0] for word in words} == {"about"}
    assert leads(three.centre) == [lead_id] and site not in held(three.centre)
    thief.close()


def test_a_device_that_no_entry_enrolled_never_becomes_a_phone(three: Three) -> None:
    """One that this node put on file itself: by joining, or in another's place."""
    public, secret = header.keypair(bytes(range(32)))
    for party in three:
        party.node.writer.submit(lambda tx: ingest.enrol(tx, public, three.guyana.authority))
    word = enrols(
        three.guyana,
        phone_word(public, three.guyana.officers["officer"]),
        proof=prove_enrolment(secret, three.guyana.authority, three.guyana.operation),
    )
    settle(list(three))
    for party in (three.centre, three.trinidad):
        assert held(party)[word][0] == "about"
        assert device_id(public) in speaking(party, three.guyana)


def enrols(party: Party, content: DeviceEnrol, of: Party | None = None, proof: str = "") -> str:
    """A word that no honest node says."""
    role = "coordinator" if "coordinator" in party.officers else "administrator"
    with lawless():
        return party.do(
            role,
            lambda act: act.say(operation_file(party), content, subject=(of or party).authority, proof=proof),
        )


def test_a_phone_that_is_enrolled_as_more_stays_a_phone(three: Three, tmp_path: Path) -> None:
    """By its own authority or by who coordinates, with its proof or without, dated before it or not."""
    phone, place = taken(three, tmp_path)
    content, raised = build(DeviceEnrol, {"public": phone.public.hex()}), []
    for party in (three.guyana, three.centre):
        for proof in ("", phone.proof):
            raised.append(enrols(party, content, three.guyana, proof))
            with at(datetime.now(UTC) - 300 * DAY), patch.object(Caches, "tick", lambda _: clock.now()):
                raised.append(enrols(party, content, three.guyana, proof))
    good = phone.say(lead_words(), place)
    bad = phone.say(sample("officer.appoint", role="national-lead"), operation_file(three.guyana))
    settle(list(three))
    told(three, phone)
    for party in three:
        assert bad in held(party), party.name
    assert phone.device not in speaking(three.trinidad, three.guyana)
    assert {held(three.trinidad)[word][0] for word in raised} == {"about"}
    assert good not in held(three.centre)


@pytest.mark.parametrize("first", ["phone", "node"])
@pytest.mark.parametrize("by", ["guyana", "centre"])
def test_the_order_in_which_words_of_a_phone_arrive_decides_nothing(
    three: Three, tmp_path: Path, first: str, by: str
) -> None:
    """What it signed before it was enrolled and after; that it is a phone, and a node's device; its end."""
    phone, place = taken(three, tmp_path, enrol=False)
    place, voucher = operation_file(three.guyana), getattr(three, by)
    full = build(DeviceEnrol, {"public": phone.public.hex()})
    words = [phone.say(sample("officer.appoint", role="national-lead"), place)]
    for kind in (first, "node" if first == "phone" else "phone"):
        if kind == "phone":
            enrols(three.guyana, phone.word(), proof=phone.proof)
        else:
            enrols(voucher, full, three.guyana)
    words.append(phone.say(sample("officer.appoint", role="officer"), place))
    words.append(phone.say(lead_words(), place))
    with lawless():
        three.guyana.do(
            "administrator", revoke_device, device=phone.device.hex(), reason="x", last={place: 1}
        )
    everything = [*signed(three.guyana), *signed(three.centre), *phone.entries()]
    views = []
    for number, observer in enumerate(copies(three.trinidad, tmp_path)):
        deliver(random.Random(number), observer, everything)
        anew(observer)
        view = (
            held(observer),
            observer.rows("access_officer", "id"),
            observer.rows("access_device", "id, kind"),
        )
        views.append(view)
        observer.close()
    assert all(view == views[0] for view in views), views
    is_phone = first == "phone" or by == "centre"
    assert set(words) & views[0][0].keys() == (set(words) if is_phone else {words[2]})


def signed(party: Party) -> list[Foreign]:
    """All that a party holds of its own devices."""
    rows = party.node.sql().all(
        "select header, signature, body from journal_entry where device in "
        "(select id from journal_device where authority = ?) order by idx",
        (party.authority,),
    )
    return [Foreign(bytes(exact), bytes(signature), bytes(body)) for exact, signature, body in rows]


def deliver(dice: random.Random, to: Party, words: list[Foreign]) -> None:
    """One by one, in any order in which the logs allow it, until all are there."""
    left = list(words)
    while left:
        dice.shuffle(left)
        rest = []
        for word in left:
            known = to.node.writer.submit(ingest.publics)
            if header.decode(word.header).device not in known or hand_over(to, [word]).gaps:
                rest.append(word)
        assert len(rest) < len(left)
        left = rest
