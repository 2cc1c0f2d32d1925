"""Care, the prosecution and police at nodes of their own: what travels, what a withdrawal brings back, and
what police learn of all of it, which is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libertad.access.acting import Act
from libertad.access.sealed import open_columns
from libertad.care.actions._disclosing import disclosable
from libertad.care.actions.disclose import end_disclosure, propose_disclosure, read_disclosure
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.exchange.control.erasure_requests import erase_as_asked, refuse_to_erase
from libertad.exchange.onboarding import admission
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.meet_person import meet_person
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary import formats
from libertad.vocabulary.values import Birth, PersonName, Refused
from libertad.vocabulary.verbs.disclosing import DisclosureGive
from tests.support import nodes
from tests.support.lawless import lawless
from tests.support.nodes import Party, invited, operation, settle

NAME, TOLD, FORCED = "Generated Nguyen", "They took the passport at Crowmarsh", "to carry the bag across"


class Four(NamedTuple):
    """A centre, a care authority, and the prosecution and the police of its country."""

    centre: Party
    care: Party
    prosecution: Party
    police: Party


_founded: list[Four] = []


@pytest.fixture
def four(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, db: None) -> Iterator[Four]:
    """Founded once a process, and copied for each test."""
    admission.register()
    if not _founded:
        _founded.append(founded(tmp_path_factory.mktemp("disclosing")))
    parties = Four(*(party.copy(tmp_path / party.name) for party in _founded[0]))
    yield parties
    for party in parties:
        party.close()


def founded(home: Path) -> Four:
    statements = nodes.schema()
    parties = Four(*(Party(home / name, statements, name) for name in Four._fields))
    operation(parties.centre)
    for party in parties[1:]:
        invited(parties.centre, party, kind=party.name)
    settle(list(parties))
    for role in ("caseworker", "supervisor"):
        parties.care.appoint(role)
    parties.prosecution.appoint("prosecutor")
    parties.police.appoint("national-lead")
    settle(list(parties))
    for party in parties:
        party.node.close()
    return parties


def a_person(four: Four) -> str:
    """Whom care met, and who told care what was done."""
    care = four.care
    person: str = care.do(
        "caseworker", meet_person, country="GY", name=(PersonName(text=NAME),), birth=Birth(date="1990")
    )
    care.do("caseworker", open_care, person=person)
    care.do("caseworker", record_exploitation, person=person, forms=["forced-labour"], words=TOLD)
    decided = care.do(
        "caseworker",
        identify,
        person=person,
        status="presumed",
        reasons="Nobody else reads these",
        non_punishment=True,
        forced_to=FORCED,
    )
    care.do("supervisor", read_identification, identification=decided, agrees="yes")
    return person


def agrees(four: Four, person: str, to: Party, **changed: Any) -> str:
    purpose = {"prosecution": "share-with-prosecutor", "police": "share-with-police"}[to.name]
    values = {"purpose": purpose, "recipient": to.name, "agreed": "yes", **changed}
    consent: str = four.care.do("caseworker", record_consent, person=person, **values)
    return consent


def proposed(four: Four, person: str, to: Party, consent: str, *kinds: str) -> str:
    care = four.care
    actor = care.actor("caseworker")
    listed = care.node.writer.submit(lambda tx: disclosable(Act(tx, actor), person))
    disclosure: str = care.do(
        "caseworker",
        propose_disclosure,
        person=person,
        recipient=to.authority,
        purpose="non-punishment" if to.name == "prosecution" else "criminal-case",
        ground="consent",
        consent=consent,
        until=f"{2027}-06-01",
        items=[key for key, copied in listed if not kinds or copied.kind in kinds],
    )
    return disclosure


def sent(four: Four, to: Party | None = None) -> tuple[str, str, str]:
    """(person, consent, file): read by a second officer, so that it is on its way."""
    to = to or four.prosecution
    person = a_person(four)
    consent = agrees(four, person, to)
    disclosure = proposed(four, person, to, consent)
    file: str = four.care.do("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    return person, consent, file


def received(party: Party, file: str) -> dict[str, Any] | None:
    """What a recipient's node has of it, opened with its own ring."""
    row = party.node.sql().first("select sealed from people_disclosed where id = ?", (file,))
    if row is None:
        return None
    return open_columns(party.node, party.authority, Disclosed, file, row[0])


def requests(party: Party) -> list[tuple[Any, ...]]:
    return party.rows("exchange_erasure", "request, authority, answer")


def known(party: Party) -> list[Any]:
    """All that a node knows of files, their entries and readers, and what it holds back or is alarmed of."""
    tables = ("access_compartment", "access_reader", "people_person", "care_carefile", "exchange_want")
    names = party.rows("journal_entry", "hash")
    return [names, *(party.rows(table) for table in (*tables, "journal_held", "exchange_alarm"))]


def test_the_recipient_reads_exactly_the_copies(four: Four) -> None:
    person, _consent, file = sent(four)
    settle(list(four))
    got = received(four.prosecution, file)
    assert got is not None
    items = {item["kind"]: item for item in got["items"]}
    assert items["name"]["words"] == NAME and items["told"]["words"] == TOLD
    assert items["forced-to"]["words"] == FORCED
    assert items["status"]["codes"] == ["status:presumed"] and "words" not in items["status"]
    assert "Nobody else reads these" not in json.dumps(got, default=str)
    files = four.prosecution.rows("access_compartment", "kind, about")
    kinds = {kind for kind, about in files if about == person}
    assert kinds == {"disclosure"}, "and no other file of the person"
    assert four.prosecution.rows("care_disclosure") == []
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in four)


def test_police_know_after_it_what_they_knew_before(four: Four) -> None:
    """What care discloses to another authority changes nothing that police can gather."""
    settle(list(four))
    before = known(four.police)
    _person, consent, _file = sent(four)
    settle(list(four))
    assert known(four.police) == before
    four.care.do("caseworker", withdraw_consent, consent=consent)
    settle(list(four))
    assert known(four.police) == before


def test_police_read_what_was_disclosed_to_them_and_nothing_else_of_care(four: Four) -> None:
    settle(list(four))
    places = {row[0] for row in four.police.rows("access_compartment", "id")}
    sent(four)  # to the prosecution
    person, _consent, file = sent(four, four.police)
    settle(list(four))
    assert received(four.police, file) is not None
    assert {row[0] for row in four.police.rows("access_compartment", "id")} - places == {file}
    del person


def test_a_withdrawal_is_signed_for_by_who_erased(four: Four) -> None:
    _person, consent, file = sent(four)
    settle(list(four))
    key = four.prosecution.node.rings.newest[bytes.fromhex(file)][2]
    four.care.do("caseworker", withdraw_consent, consent=consent)
    assert four.care.node.rings.sealing_key(file) is None
    ((request, reader, answer),) = requests(four.care)
    assert (reader, answer) == (four.prosecution.authority, "")
    settle(list(four))
    assert received(four.prosecution, file) is not None, "a request erases nothing by itself"
    four.prosecution.do("prosecutor", erase_as_asked, request=request, reason="as asked")
    settle(list(four))
    assert requests(four.care) == [(request, four.prosecution.authority, "1")]
    assert received(four.prosecution, file) is None
    assert requests(four.prosecution) == [(request, four.prosecution.authority, "1")]
    for path in four.prosecution.node.home.rglob("*"):
        if path.is_file():
            assert key not in path.read_bytes(), path.name


def test_under_a_hold_it_is_kept_and_that_is_signed(four: Four) -> None:
    _person, consent, file = sent(four)
    settle(list(four))
    got = received(four.prosecution, file)
    assert got is not None
    four.prosecution.do("prosecutor", hold_reference, reference=got["reference"], reason="For the trial")
    four.care.do("caseworker", withdraw_consent, consent=consent)
    settle(list(four))
    ((request, _, _),) = requests(four.prosecution)
    with pytest.raises(Refused, match="legal hold"):
        four.prosecution.do("prosecutor", erase_as_asked, request=request, reason="as asked")
    four.prosecution.do("prosecutor", refuse_to_erase, request=request)
    settle(list(four))
    assert requests(four.care) == [(request, four.prosecution.authority, "refused: legal hold")]
    assert received(four.prosecution, file) is not None


def test_withdrawn_before_it_left_nothing_arrives_and_nobody_is_asked(four: Four) -> None:
    _person, consent, file = sent(four)
    four.care.do("caseworker", withdraw_consent, consent=consent)
    settle(list(four))
    assert received(four.prosecution, file) is None
    assert four.prosecution.rows("people_disclosed") == []
    assert requests(four.care) == requests(four.prosecution) == []
    assert all(party.rows("exchange_alarm") == party.rows("journal_held") == [] for party in four)


@pytest.mark.parametrize("pulls", [1, 2, 3])
def test_withdrawn_while_it_travels_what_arrived_is_asked_back(four: Four, pulls: int) -> None:
    """A pull may have brought entries, keys, or both, when the person withdraws."""
    settle(list(four))
    _person, consent, file = sent(four)
    for _pull in range(pulls):
        four.prosecution.pull(four.care)
    four.care.do("caseworker", withdraw_consent, consent=consent)
    settle(list(four))
    asked = requests(four.care)
    if received(four.prosecution, file) is not None:
        ((request, _, _),) = requests(four.prosecution)
        four.prosecution.do("prosecutor", erase_as_asked, request=request, reason="as asked")
        settle(list(four))
    assert received(four.prosecution, file) is None
    assert [answer for _r, _a, answer in requests(four.care)] == ["1"] * len(asked)


def test_a_proposal_whose_consent_is_withdrawn_is_never_sent(four: Four) -> None:
    person = a_person(four)
    consent = agrees(four, person, four.prosecution)
    disclosure = proposed(four, person, four.prosecution, consent)
    four.care.do("caseworker", withdraw_consent, consent=consent)
    with pytest.raises(Refused, match="withdrawn before it was sent"):
        four.care.do("supervisor", read_disclosure, disclosure=disclosure, agrees="yes")
    settle(list(four))
    assert four.prosecution.rows("people_disclosed") == []


def test_no_older_node_is_given_a_file_of_this_kind(four: Four, monkeypatch: pytest.MonkeyPatch) -> None:
    person = a_person(four)
    consent = agrees(four, person, four.prosecution)
    table = "update exchange_peer set format = 4"
    four.care.node.writer.submit(lambda tx: tx.sql.run(table, ()))
    with pytest.raises(Refused, match="does not know disclosures"):
        proposed(four, person, four.prosecution, consent)
    assert formats.needed("disclosure") == 5


@pytest.mark.parametrize("who", ["the recipient", "police"])
def test_a_forged_disclosure_counts_nowhere(four: Four, who: str) -> None:
    """In care's own file by the recipient; in a file of their own by who is no care authority."""
    _person, _consent, file = sent(four)
    settle(list(four))
    before = received(four.prosecution, file)
    forged = DisclosureGive(
        reference="D-GY-000000",
        purpose="criminal-case",
        ground="consent",
        until="2030-01-01",
        items=(_copied("She said that he paid her"),),
    )

    def say(act: Act) -> str:
        if who == "police":
            act.say(act.open("disclosure", "ab" * 16, [four.prosecution.authority]), forged, subject=file)
            return file
        return act.say(file, forged, subject=file, supersedes={})

    speaker, role = (four.police, "national-lead") if who == "police" else (four.prosecution, "prosecutor")
    with lawless():
        speaker.do(role, say)
    settle(list(four))
    assert received(four.prosecution, file) == before
    hearer = four.prosecution if who == "police" else four.care
    assert [row[0] for row in hearer.rows("journal_held", "reason")]
    assert len(hearer.rows("exchange_alarm")) == 1


@pytest.mark.parametrize("kind", ["medical", "keep-out", "age"])
@pytest.mark.parametrize("before", [(), ("statement",)])
def test_what_keeps_somebody_safe_is_held_where_it_comes_to_police(
    four: Four, kind: str, before: tuple[str, ...]
) -> None:
    """However care's own node was made to say it, and after whatever else it may say in that file: whoever
    does not receive people never has it shown."""
    from libertad.vocabulary.values import Copied

    person = a_person(four)
    settle(list(four))

    def say(act: Act) -> str:
        file = act.open("disclosure", person, [four.police.authority])
        for of in (*before, kind):
            gift = DisclosureGive(
                reference="T-GY-000000",
                purpose="protection",
                ground="law",
                order="Article 12",
                until="2030-01-01",
                items=(Copied(kind=of, words="She needs insulin at night"),),
            )
            act.say(file, gift, subject=act.new_id(file), supersedes={})
        return file

    with lawless():
        file = four.care.do("caseworker", say)
    settle(list(four))
    got = received(four.police, file)
    assert [item["kind"] for item in got["items"]] == list(before) if got else not before
    assert [row[0] for row in four.police.rows("journal_held", "reason")] == ["about"]
    assert len(four.police.rows("exchange_alarm")) == 1


def _copied(words: str) -> Any:
    from libertad.vocabulary.values import Copied

    return Copied(kind="statement", words=words)


def test_what_was_disclosed_is_not_changed_afterwards(four: Four) -> None:
    _person, _consent, file = sent(four)
    settle(list(four))
    before = received(four.prosecution, file)
    assert before is not None
    again = DisclosureGive(
        reference=before["reference"],
        purpose="criminal-case",
        ground="consent",
        until="2030-01-01",
        items=(_copied("More than was read"),),
    )
    with lawless():
        four.care.do("caseworker", lambda act: act.say(file, again, subject=file, supersedes={}))
    settle(list(four))
    assert received(four.prosecution, file) == before


def test_by_itself_it_is_withdrawn_as_well(four: Four) -> None:
    _person, _consent, file = sent(four)
    settle(list(four))
    ((disclosure,),) = four.care.rows("care_disclosure", "id")
    four.care.do("caseworker", end_disclosure, disclosure=disclosure, reasons="Not needed")
    settle(list(four))
    ((request, _, _),) = requests(four.prosecution)
    with pytest.raises(Refused, match="ended already"):
        four.care.do("caseworker", end_disclosure, disclosure=disclosure)
    four.prosecution.do("prosecutor", erase_as_asked, request=request, reason="as asked")
    settle(list(four))
    assert [answer for _r, _a, answer in requests(four.care)] == ["1"]
    assert received(four.prosecution, file) is None
    four.care.do("caseworker", record_wish, person=_person, wish="stay")
