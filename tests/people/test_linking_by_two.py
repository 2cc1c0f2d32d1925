"""Four eyes for two records of one person: one officer proposes it, a second person confirms it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from html import unescape

import pytest
from django.db import connection, connections

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.another_person import SAME
from libertad.access.models import Compartment
from libertad.access.sharing import sharing_rules
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.journal.seals import RowChanged
from libertad.people import fold_linking, queries
from libertad.people.actions.answer_link import confirm_link, link_alone, refuse_link
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.link_same import link_same
from libertad.people.actions.propose_link import propose_link
from libertad.people.actions.state_person import state_person
from libertad.people.models import LinkProposal
from libertad.people.queries_linking import linked_by_one
from libertad.vocabulary.values import PersonName, Refused
from libertad.web.waiting import waiting
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.operations.test_screens import text
from tests.people.making import meet
from tests.people.test_recorded_twice import people_counted
from tests.people.test_sharing import appointed
from tests.support.lawless import lawless
from tests.support.linking import unchecked
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "Same scar, same phone"
ASKED = "A second person is asked: are two records of one person?"
OWN = "Your proposal waits for a second person: two records, one person?"
BY_ONE = "Linked by one officer"


def two(world: World, **values: str) -> tuple[str, str]:
    return meet(world, **values), meet(world, name="Lan Nguyen")


def propose(world: World, pair: tuple[str, str], by: str = "officer", twice: bool = False) -> str:
    entry: str = world.perform(
        by, propose_link, person=pair[0], other=pair[1], reasons=WHY, recorded_twice=twice
    )
    return entry


def confirm(world: World, entry: str, by: str = "national-lead") -> None:
    world.perform(by, confirm_link, entry=entry, words="I compared both")


def links(world: World, person: str, by: str = "officer") -> list[str]:
    seen = queries.person(world.actor(by), person)
    assert seen is not None
    return list(seen.links)


def test_one_proposes_and_a_second_person_confirms_and_only_then_it_is_one(world: World) -> None:
    first, second = two(world, danger="yes")
    officer, lead = world.client("officer"), world.client("national-lead")
    form = {"other": second, "same": "twice", "reasons": WHY, "submission": new_submission()}
    answer = officer.post(f"/people/{first}/same/", form, follow=True)
    assert "Nothing is linked until a second person has confirmed it" in answer.content.decode()
    size = Entry.objects.count()
    officer.post(f"/people/{first}/same/", form, follow=True)  # posted twice
    assert Entry.objects.count() - size <= 2, "openings of the page shown, and nothing else"
    assert LinkProposal.objects.filter(first="").count() == 1
    assert links(world, first) == [] == links(world, second) and people_counted(world) == 2
    assert any(item.danger for item in waiting(world.actor("national-lead")))
    entry = LinkProposal.objects.get(first="").entry
    page = f"/links/{entry}/"
    listed = text(lead, "/")
    assert ASKED in listed and WHY in listed and "P-GY-001" in listed and "P-GY-002" in listed
    assert OWN in text(officer, "/") and ASKED not in text(officer, "/")
    for other in ("exhibits-officer", "coordinator", "other-lead", "caseworker", "supervisor"):
        assert ASKED not in text(world.client(other), "/"), other
    for person in (first, second):
        assert "Proposed: the same person as another record" in text(officer, f"/people/{person}/")
    assert "the person is counted once" in text(lead, page)
    posted = {
        "entry": entry,
        "decision": "confirm",
        "words": "I compared both",
        "submission": new_submission(),
    }
    assert "Linked. Both records stay" in lead.post(page, posted, follow=True).content.decode()
    size = Entry.objects.count()
    lead.post(page, posted, follow=True)  # posted twice
    assert Entry.objects.count() == size
    assert links(world, first) == [second] and links(world, second) == [first]
    assert people_counted(world) == 1
    assert any(item.danger for item in waiting(world.actor("national-lead")))
    assert ASKED not in text(lead, "/") and OWN not in text(officer, "/")
    for person in (first, second):
        shown = text(officer, f"/people/{person}/")
        assert BY_ONE not in shown and "Proposed: the same person as another record, " not in shown
    assert_order_free(world)


def test_a_second_person_refuses_and_who_proposed_takes_it_back(world: World) -> None:
    pair = two(world)
    entry = propose(world, pair)
    with pytest.raises(Refused, match="proposed already"):
        propose(world, (pair[1], pair[0]), by="national-lead")
    lead = world.client("national-lead")
    answer = lead.post(f"/links/{entry}/", {"entry": entry, "decision": "", "words": "x"})
    assert answer.status_code == 422
    lead.post(f"/links/{entry}/", {"entry": entry, "decision": "refuse", "words": "They are sisters"})
    taken = propose(world, pair)
    world.client("officer").post(f"/links/{taken}/", {"entry": taken, "words": "Another phone"})
    for ended in (entry, taken):
        with pytest.raises(Refused, match="does not wait any more"):
            confirm(world, ended)
    assert links(world, pair[0]) == [] and people_counted(world) == 2
    assert "They are sisters" in text(world.client("officer"), f"/people/{pair[1]}/"), "in both files"
    assert_order_free(world)


def test_who_proposed_confirms_by_no_account_of_theirs(world: World) -> None:
    pair = two(world)
    appointed(world, "one", "national-lead", "Ana B. Cruz")
    appointed(world, "twin", "national-lead", "ANA B CRUZ")
    entry = propose(world, pair, by="one")
    with pytest.raises(Forbidden, match="not who proposed it"):
        confirm(world, entry, by="one")
    with pytest.raises(Refused, match=SAME):
        confirm(world, entry, by="twin")
    for other in ("exhibits-officer", "officer", "supervisor", "other-lead"):
        with pytest.raises((Forbidden, Refused)):
            confirm(world, entry, by=other)
    assert links(world, pair[0]) == []
    confirm(world, entry)
    assert links(world, pair[0]) == [pair[1]]


def test_whose_access_is_suspended_or_stands_by_one_confirms_nothing(world: World) -> None:
    pair = two(world)
    entry = propose(world, pair)
    planted = world.perform(
        "administrator", appoint_by_one, name="Planted", service_number="N-p", role="national-lead"
    )
    with pytest.raises(Forbidden, match="is not confirmed"):
        perform(replace(world.actor("national-lead"), officer=planted), confirm_link, entry=entry, words="Me")
    lead = world.actor("national-lead").officer
    world.perform("administrator", suspend_officer, officer=lead, reason="Signed in from two places")
    with pytest.raises(Forbidden, match="access"):
        confirm(world, entry)
    assert links(world, pair[0]) == []


@pytest.mark.parametrize("which", [0, 1])
def test_what_was_said_of_either_since_has_to_be_read_first(world: World, which: int) -> None:
    pair = two(world)
    entry = propose(world, pair)
    world.perform("national-lead", state_person, person=pair[which], name=(PersonName(text="Ha Tran"),))
    with pytest.raises(Refused, match="read both again"):
        confirm(world, entry)
    lead = world.client("national-lead")
    shown = text(lead, f"/links/{entry}/")
    assert "it cannot be confirmed any more" in shown and "I have compared both" not in shown
    assert links(world, pair[0]) == []
    anew = propose(world, pair)
    assert text(lead, "/").count(ASKED) == 1
    confirm(world, anew)
    assert links(world, pair[0]) == [pair[1]]


def test_of_two_who_answer_at_once_one_word_counts(world: World) -> None:
    pair = two(world)
    appointed(world, "second-lead", "national-lead", "Another Lead")
    entry = propose(world, pair)
    said = Entry.objects.count()

    def answer(by: str) -> None:
        with suppress(Refused):
            confirm(world, entry, by=by)
        connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(answer, ("national-lead", "second-lead")))
    assert Entry.objects.count() - said == 3, "in both files, and the count"
    assert links(world, pair[0]) == [pair[1]] and people_counted(world) == 1


def test_no_proposal_links_another_pair_or_twice(world: World) -> None:
    pair, third = two(world), meet(world, name="Rosa M.")
    entry = propose(world, pair)
    proofs = (entry, LinkProposal.objects.get(first=entry).entry)
    for values in ({"other": third}, {"other": pair[1], "recorded_twice": True}):
        with pytest.raises(Forbidden, match="a second person confirms"):
            world.perform("national-lead", link_same, person=pair[0], reasons=WHY, proofs=proofs, **values)
    with pytest.raises(Forbidden, match="a second person confirms"):
        world.perform("national-lead", link_same, person=pair[0], other=third, reasons=WHY, proofs=("", ""))
    confirm(world, entry)
    world.perform("national-lead", link_not_same, person=pair[0], other=pair[1], reasons="Sisters")
    with pytest.raises(Refused, match="does not wait any more"):
        confirm(world, entry)
    assert links(world, pair[0]) == [] and people_counted(world) == 3


@pytest.mark.parametrize("change", ["officer = 'x'", "other = 'x'", "stands = 'x'", "refused_by = ''"])
def test_a_row_that_is_changed_links_nobody(world: World, change: str) -> None:
    pair = two(world)
    entry = propose(world, pair, by="national-lead")
    if change.startswith("refused"):
        world.perform("national-lead", refuse_link, entry=entry, words="Wrong")
    with connection.cursor() as cursor:
        cursor.execute(f"update people_linkproposal set {change} where entry = %s", [entry])
    appointed(world, "second-lead", "national-lead", "Another Lead")
    with pytest.raises(RowChanged):
        confirm(world, entry, by="second-lead")
    assert links(world, pair[0]) == []


def test_where_nobody_second_can_one_links_alone_later_and_it_stays_marked(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    pair = two(world)
    entry = propose(world, pair, by="national-lead")
    lead = world.client("national-lead")
    assert "Nobody second of your authority can" in text(lead, f"/links/{entry}/")
    alone = {"entry": entry, "words": "Nobody else is on the island"}
    passing.set_clock(hours=5)  # set forward: no minute has run
    assert "the time to answer is not over" in unescape(
        lead.post(f"/links/{entry}/alone/", alone).content.decode()
    )
    with pytest.raises(Forbidden):
        world.perform("officer", link_alone, **alone)
    passing.wait(seconds=sharing_rules().wait.total_seconds())
    posted = {**alone, "submission": new_submission()}
    assert lead.post(f"/links/{entry}/alone/", posted).status_code == 302
    size = Entry.objects.count()
    assert lead.post(f"/links/{entry}/alone/", posted).status_code == 302  # posted twice
    assert Entry.objects.count() == size
    assert links(world, pair[0]) == [pair[1]] and people_counted(world) == 1
    for person, other in (pair, pair[::-1]):
        assert linked_by_one(world.actor("officer"), person) == {other}
        assert BY_ONE in text(world.client("officer"), f"/people/{person}/")
    assert "nobody second has read it" in text(lead, "/")
    with pytest.raises(Refused, match="does not wait any more"):
        world.perform("national-lead", link_alone, **alone)
    with pytest.raises(Forbidden):
        confirm(world, entry)
    appointed(world, "second-lead", "national-lead", "Another Lead")
    second = world.actor("second-lead")
    assert any("linked by one person" in item.title for item in waiting(second))
    perform(second, confirm_link, entry=entry, words="I compared both")
    assert linked_by_one(world.actor("officer"), pair[0]) == set()
    assert BY_ONE not in text(world.client("officer"), f"/people/{pair[0]}/")
    assert not any("linked by one person" in item.title for item in waiting(second))
    assert_order_free(world)


def test_with_a_second_person_there_nobody_links_alone(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    pair = two(world)
    appointed(world, "second-lead", "national-lead", "Another Lead")
    entry = propose(world, pair, by="national-lead")
    passing.wait(hours=2)
    with pytest.raises(Refused, match="ask that person"):
        world.perform("national-lead", link_alone, entry=entry, words="In a hurry")
    assert world.client("national-lead").get(f"/links/{entry}/alone/").status_code == 404
    passing.wait(days=sharing_rules().lapse.days)
    with pytest.raises(Refused, match="does not wait any more"):
        confirm(world, entry, by="second-lead")
    assert ASKED not in text(world.client("national-lead"), "/")


def test_a_link_that_was_made_alone_and_ended_waits_for_nobody(
    world: World,
    passing: Passing,  # noqa: F811
) -> None:
    pair = two(world)
    entry = propose(world, pair, by="national-lead")
    passing.wait(hours=1)
    world.perform("national-lead", link_alone, entry=entry, words="Nobody else here")
    world.perform("national-lead", link_not_same, person=pair[1], other=pair[0], reasons="Sisters")
    appointed(world, "second-lead", "national-lead", "Another Lead")
    with pytest.raises(Refused, match="does not wait any more"):
        confirm(world, entry, by="second-lead")
    assert linked_by_one(world.actor("officer"), pair[0]) == set()
    assert "nobody second has read it" not in text(world.client("national-lead"), "/")


@pytest.mark.parametrize("proof", ["", "own", "other pair", "unknown", "ended", "twice"])
def test_what_a_node_without_checks_says_by_one_is_marked(world: World, proof: str) -> None:
    """Own proposal, none, of another pair or another thing, or from before the link was ended."""
    pair, third = two(world), meet(world, name="Rosa M.")
    by = "national-lead" if proof in ("own", "unknown", "") else "officer"
    entry = propose(world, (pair[0], third) if proof == "other pair" else pair, by=by)
    if proof == "ended":
        world.perform("national-lead", link_not_same, person=pair[0], other=pair[1], reasons="Sisters")
    named = {"": "", "unknown": "ab" * 32}.get(proof, entry)
    mirrored = LinkProposal.objects.get(first=entry).entry
    act = {
        "person": pair[0],
        "other": pair[1],
        "reasons": WHY,
        "proofs": (named, mirrored if named == entry else named),
        "recorded_twice": proof == "twice",
    }
    with lawless():
        world.perform("national-lead", unchecked, **act)
    assert links(world, pair[0]) == [pair[1]]
    assert linked_by_one(world.actor("officer"), pair[0]) == {pair[1]}
    assert BY_ONE in text(world.client("officer"), f"/people/{pair[0]}/")


def test_two_accounts_of_one_person_are_by_one_where_their_names_are_read(world: World) -> None:
    pair = two(world)
    appointed(world, "one", "national-lead", "Ana B. Cruz")
    appointed(world, "twin", "national-lead", "ANA B CRUZ")
    entry = propose(world, pair, by="one")
    proofs = (entry, LinkProposal.objects.get(first=entry).entry)
    world.perform("twin", link_same, person=pair[0], other=pair[1], reasons=WHY, proofs=proofs)
    assert linked_by_one(world.actor("officer"), pair[0]) == {pair[1]}


def test_what_was_linked_before_the_rule_is_not_marked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = replace(sharing_rules(), links=sharing_rules().links.replace(year=2030))
    monkeypatch.setattr(fold_linking, "sharing_rules", lambda: rules)
    pair = two(world)
    with lawless():
        world.perform("national-lead", unchecked, person=pair[0], other=pair[1], reasons=WHY, proofs=("", ""))
    assert links(world, pair[0]) == [pair[1]] and linked_by_one(world.actor("officer"), pair[0]) == set()


def test_care_links_by_two_of_its_own(world: World) -> None:
    pair = (meet(world, role="caseworker"), meet(world, role="caseworker", name="Lan Nguyen"))
    entry = propose(world, pair, by="caseworker")
    with pytest.raises((Forbidden, Refused)):
        confirm(world, entry)
    assert ASKED in text(world.client("supervisor"), "/")
    confirm(world, entry, by="second-caseworker")
    assert links(world, pair[0], "caseworker") == [pair[1]]
    assert Compartment.objects.filter(kind="person", about=pair[0]).exists()
