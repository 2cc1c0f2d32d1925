"""Four eyes for readers beyond an identity file's own: one officer proposes, a second person lets it read.

As on 27 November 2026: one officer shared 37 of 37 identity files with another country in 0.8 s.
"""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from django.db import connection

from libertad.access.acting import Forbidden, new_id, perform
from libertad.access.actions.appoint_officer import appoint_by_one, appoint_officer
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.founding import found_authority, make_ring
from libertad.access.models import Compartment, Officer, Reader, Sharing
from libertad.access.readers import readers
from libertad.access.sharing import FILE, read, sharing_rules
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.journal.seals import RowChanged
from libertad.people.actions.answer_share import approve_share, let_read, refuse_share
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.share_person import share_person
from libertad.vocabulary.values import Refused
from tests.access.test_amounts import Passing, passing  # noqa: F401  a fixture
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = "A second person is asked"
OWN = "Your proposal waits for a second person"


def meet(world: World, danger: str = "", by: str = "officer") -> str:
    return world.perform(by, meet_person, country="GY", danger=danger)


def place_of(person: str) -> str:
    return str(Compartment.objects.get(kind="person", about=person).pk)


def reads(world: World, person: str, authority: str = "other-police") -> bool:
    return Reader.objects.filter(pk=f"{place_of(person)}:{world.authorities[authority]}").exists()


def propose(world: World, person: str, by: str = "officer", to: str = "other-police") -> dict[str, str]:
    share, entry = world.perform(
        by, share_person, person=person, authority=world.authorities[to], reason="Her sister is there"
    )
    return {"share": share, "entry": entry}


def approve(world: World, who: str, proposal: dict[str, str]) -> None:
    world.perform(who, approve_share, words="I know of it", **proposal)


def appointed(world: World, name: str, role: str, words: str, **values: str) -> Actor:
    """A further officer of police, whom nobody has to confirm (of before that rule)."""
    officer = world.perform(
        "administrator", appoint_officer, name=words, service_number=f"N-{name}", role=role, **values
    )
    world.actors[name] = replace(world.actor("officer"), officer=officer, role=role)
    return world.actors[name]


def test_one_officer_proposes_and_a_second_person_lets_it_read(world: World) -> None:
    person = meet(world)
    officer, lead = world.client("officer"), world.client("national-lead")
    form = {
        "authority": world.authorities["other-police"],
        "reason": "Her sister is there",
        "submission": new_submission(),
    }
    answer = officer.post(f"/people/{person}/share/", form, follow=True)
    assert "It reads nothing until a second person has approved it" in answer.content.decode()
    row = Sharing.objects.get()
    page = f"/shares/{row.pk}/"
    assert not reads(world, person)
    assert OWN in text(officer, "/") and ASKED not in text(officer, "/")
    listed = text(lead, "/")
    assert ASKED in listed and "Her sister is there" in listed and "Name officer" in listed
    assert lead.get(page).status_code == 200
    for other in ("exhibits-officer", "coordinator", "other-lead", "caseworker", "supervisor"):
        assert ASKED not in text(world.client(other), "/"), other
    posted = {"entry": row.entry, "words": "I know of it", "submission": new_submission()}
    answer = lead.post(page, posted, follow=True)
    assert "The authority reads the file from now on." in answer.content.decode()
    size = Entry.objects.count()
    lead.post(page, posted, follow=True)  # posted twice
    assert Entry.objects.count() == size
    assert reads(world, person)
    assert ASKED not in text(lead, "/") and OWN not in text(officer, "/")
    listed_readers = readers(world.actor("officer"), place_of(person))
    assert not any(reader.by_one for reader in listed_readers)


def test_who_proposed_takes_it_back_and_a_second_person_refuses_with_words(world: World) -> None:
    person = meet(world)
    first = propose(world, person)
    world.perform("officer", refuse_share, words="Wrong country", **first)
    second = propose(world, person)
    lead = world.client("national-lead")
    page = f"/shares/{second['share']}/refuse/"
    assert lead.post(page, {"entry": second["entry"], "words": ""}).status_code == 422
    lead.post(page, {"entry": second["entry"], "words": "Not hers"})
    for proposal in (first, second):
        with pytest.raises(Refused, match="does not wait any more"):
            approve(world, "national-lead", proposal)
    assert not reads(world, person) and OWN not in text(world.client("officer"), "/")


def test_of_who_is_in_danger_it_is_shared_at_once_and_read_afterwards(world: World) -> None:
    person = meet(world, danger="yes")
    proposal = propose(world, person)
    assert reads(world, person)
    lead, officer = world.client("national-lead"), world.client("officer")
    assert "A file was shared in danger" in text(lead, "/")
    assert "nobody second has read it" in text(officer, "/")
    with pytest.raises(Forbidden, match="a second person answers"):
        approve(world, "officer", proposal)
    with pytest.raises(Forbidden, match="a second person answers"):
        world.perform("officer", refuse_share, words="Taken back", **proposal)
    lead.post(f"/shares/{proposal['share']}/", {"entry": proposal["entry"], "words": "It was right"})
    assert "A file was shared in danger" not in text(lead, "/")
    assert "nobody second has read it" not in text(officer, "/") and reads(world, person)


def test_where_a_life_is_in_danger_one_shares_alone_and_is_reviewed(world: World) -> None:
    person = meet(world)
    proposal = propose(world, person)
    officer, lead = world.client("officer"), world.client("national-lead")
    page = f"/shares/{proposal['share']}/now/"
    assert page in officer.get(f"/shares/{proposal['share']}/").content.decode()
    assert officer.post(page, {"entry": proposal["entry"], "words": "Danger"}).status_code == 422
    assert not reads(world, person)
    words = "Her father waits for her at the door with a knife"
    officer.post(page, {"entry": proposal["entry"], "words": words})
    assert reads(world, person)
    assert not any(reader.by_one for reader in readers(world.actor("officer"), place_of(person)))
    assert "A file was shared by one person because of danger to life" in unescape(text(lead, "/"))
    with pytest.raises(Refused, match="does not wait any more"):
        approve(world, "national-lead", proposal)


# -- ways around -------------------------------------------------------------------------------------


def test_nobody_approves_an_own_proposal(world: World) -> None:
    person = meet(world)
    proposal = propose(world, person, by="national-lead")
    with pytest.raises(Forbidden, match="and not who proposed it"):
        approve(world, "national-lead", proposal)
    page = f"/shares/{proposal['share']}/"
    answer = world.client("national-lead").post(page, {"entry": proposal["entry"], "words": "I know"})
    assert answer.status_code == 200 and not reads(world, person)


def test_no_second_account_of_who_proposed_approves(world: World) -> None:
    appointed(world, "twin", "national-lead", "name OFFICER")
    person = meet(world)
    with pytest.raises(Refused, match="bears the name or number"):
        approve(world, "twin", propose(world, person))
    assert not reads(world, person)


def test_nobody_whose_appointment_stands_by_one_approves(world: World) -> None:
    officer = world.perform(
        "administrator", appoint_by_one, name="Made Up", service_number="N-up", role="national-lead"
    )
    world.actors["made-up"] = replace(world.actor("national-lead"), officer=officer)
    person = meet(world)
    with pytest.raises(Forbidden, match="is not confirmed"):
        approve(world, "made-up", propose(world, person))
    assert not reads(world, person)


def test_an_approval_is_for_just_that_reader_and_is_used_once(world: World) -> None:
    person, other = meet(world), meet(world)
    first, second = propose(world, person), propose(world, other)
    with pytest.raises(Refused, match="another proposal"):
        approve(world, "national-lead", {"share": first["share"], "entry": second["entry"]})
    approve(world, "national-lead", first)
    assert reads(world, person) and not reads(world, other)
    world.perform(
        "national-lead",
        remove_reader,
        compartment=place_of(person),
        readers=[world.authorities["other-police"]],
        reason="Done",
    )
    approval = Sharing.objects.get(pk=first["share"]).approval
    for proof in (approval, ""):
        for reader in ("other-police", "prosecution"):
            with pytest.raises(Forbidden):
                world.perform(
                    "officer",
                    lambda act, to, word: act.widen(place_of(person), [to], "again", again=True, proof=word),
                    to=world.authorities[reader],
                    word=proof,
                )
    with pytest.raises(Refused, match="does not wait any more"):
        approve(world, "national-lead", first)
    assert not reads(world, person)


def test_a_proposal_lapses(world: World, passing: Passing) -> None:  # noqa: F811
    person = meet(world)
    proposal = propose(world, person)
    passing.wait(days=sharing_rules().lapse.days)
    with pytest.raises(Refused, match="does not wait any more"):
        approve(world, "national-lead", proposal)
    assert ASKED not in text(world.client("national-lead"), "/")
    approve(world, "national-lead", propose(world, person))
    assert reads(world, person)


def test_a_proposal_ends_with_the_access_of_who_made_it(world: World) -> None:
    appointed(world, "leaver", "officer", "Generated Leaver")
    person = meet(world)
    proposal = propose(world, person, by="leaver")
    world.perform("administrator", withdraw_officer, officer=world.actor("leaver").officer, reason="Left")
    with pytest.raises(Refused, match="does not wait any more"):
        approve(world, "national-lead", proposal)
    assert not reads(world, person)


def test_a_proposal_ends_while_the_access_of_who_made_it_is_suspended(world: World) -> None:
    proposal = propose(world, meet(world))
    world.perform(
        "administrator", suspend_officer, officer=world.actor("officer").officer, reason="Telephone lost"
    )
    assert ASKED not in text(world.client("national-lead"), "/")
    with pytest.raises(Refused):
        approve(world, "national-lead", proposal)


def test_whose_access_is_suspended_is_nobody_who_can_approve(world: World) -> None:
    """The only lead: a force that reads the file already is asked at once, and not after the wait."""
    person = meet(world)
    second_reader(world, person)
    world.perform(
        "administrator",
        suspend_officer,
        officer=world.actor("national-lead").officer,
        reason="Telephone lost",
    )
    propose(world, person, to="centre")
    assert ASKED in text(world.client("other-lead"), "/")


def test_a_proposal_ends_where_the_reader_was_let_in_or_removed_meanwhile(world: World) -> None:
    person = meet(world)
    place, other = place_of(person), world.authorities["other-police"]
    stale = propose(world, person)
    with lawless():
        world.perform("officer", lambda act: act.widen(place, [other], "by another program", again=True))
    world.perform("national-lead", remove_reader, compartment=place, readers=[other], reason="Nobody knew")
    with pytest.raises(Refused, match="does not wait any more"):
        approve(world, "national-lead", stale)
    assert not reads(world, person)


def test_whom_one_person_let_in_is_marked_so(world: World) -> None:
    person = meet(world)
    place, other = place_of(person), world.authorities["other-police"]
    with lawless():
        world.perform("officer", lambda act: act.widen(place, [other], "by another program", again=True))
    for who in ("officer", "other-officer"):
        marked = {reader.authority for reader in readers(world.actor(who), place) if reader.by_one}
        assert marked == {other}
    assert "by one person: no second one approved it" in text(
        world.client("officer"), f"/people/{person}/share/"
    )


@pytest.mark.parametrize(
    "change", ["approval = 'f', approved_by = 'somebody'", "officer = 'x'", "danger = true"]
)
def test_a_row_that_is_planted_lets_nobody_read(world: World, change: str) -> None:
    person = meet(world)
    proposal = propose(world, person, by="national-lead")
    with connection.cursor() as cursor:
        cursor.execute(f"update access_sharing set {change} where id = %s", [proposal["share"]])
    with pytest.raises(RowChanged):
        approve(world, "national-lead", proposal)
    with pytest.raises(RowChanged):
        world.perform("national-lead", let_read, **proposal)
    assert not reads(world, person)


# -- where nobody answers ----------------------------------------------------------------------------


def second_reader(world: World, person: str) -> None:
    approve(world, "national-lead", propose(world, person))


@pytest.mark.parametrize("forward", [False, True])
def test_a_reader_of_the_same_side_approves_once_nobody_answered_in_time(
    world: World,
    passing: Passing,  # noqa: F811
    forward: bool,
) -> None:
    person = meet(world)
    second_reader(world, person)
    proposal = propose(world, person, to="prosecution")
    lead = world.client("other-lead")
    if forward:  # the clock is set forward: no minute has run
        passing.set_clock(hours=5)
    for _once in range(2):
        assert ASKED not in text(lead, "/")
        with pytest.raises(Refused, match="is asked first"):
            approve(world, "other-lead", proposal)
        passing.wait(minutes=7)
    passing.wait(minutes=2)
    assert ASKED in text(lead, "/")
    approve(world, "other-lead", proposal)
    assert not reads(world, person, "prosecution"), "its own authority lets it read"
    assert "Approved:" in text(world.client("officer"), "/")
    page = f"/shares/{proposal['share']}/"
    world.client("officer").post(page, {"entry": proposal["entry"]})
    assert reads(world, person, "prosecution")
    marked = [reader for reader in readers(world.actor("officer"), place_of(person)) if reader.by_one]
    assert not marked


def test_where_nobody_of_the_authority_can_the_reader_is_asked_at_once(world: World) -> None:
    person = meet(world)
    second_reader(world, person)
    proposal = propose(world, person, by="national-lead", to="prosecution")
    with pytest.raises(Refused, match="no other authority has approved it"):
        world.perform("national-lead", let_read, **proposal)
    approve(world, "other-lead", proposal)
    world.perform("national-lead", let_read, **proposal)
    assert reads(world, person, "prosecution")
    with pytest.raises(Refused, match="does not wait any more"):
        world.perform("national-lead", let_read, **proposal)


def test_no_approval_crosses_the_wall(world: World) -> None:
    """Care reads police's file from the beginning and approves nothing of it, nor the reverse."""
    person = meet(world)
    proposal = propose(world, person, by="national-lead")
    assert reads(world, person, "care")
    with pytest.raises(Forbidden, match="care what care does"):
        approve(world, "supervisor", proposal)
    assert ASKED not in text(world.client("supervisor"), "/")
    own = meet(world, by="caseworker")
    approve(world, "supervisor", propose(world, own, by="caseworker", to="police"))
    assert reads(world, own, "police")
    cares = propose(world, own, by="supervisor", to="other-police")
    with pytest.raises(Forbidden, match="care what care does"):
        approve(world, "national-lead", cares)
    assert not reads(world, own, "other-police")


def test_the_confirmed_care_authority_reads_without_a_second_person(world: World) -> None:
    person = world.perform("other-officer", meet_person, country="VC")
    care = world.authorities["vc-care"] = new_id()
    make_ring(care)
    values = {"name": "VC care", "kind": "care", "country": "VC", "zone": "America/St_Vincent"}
    world.perform("coordinator", invite_authority, authority=care, **values)
    first = found_authority(
        name="A. Care", rank="", service_number="vc-care", zone="America/St_Vincent", authority=care
    )
    assert first.authority == care
    admin = Officer.objects.get(authority=world.authorities["other-police"], role="administrator")
    acting = replace(world.actor("other-lead"), officer=admin.pk, role="administrator")
    perform(acting, confirm_care, care=care, how="telephone")
    assert reads(world, person, "vc-care")
    assert not any(reader.by_one for reader in readers(world.actor("other-lead"), place_of(person)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("minutes: 15", "minutes: 0", "whole number"),
        ("days: 3", "days: many", "whole number"),
        ("police: [national-lead]", "police: []", "names roles"),
        ("assumed: true", "assumed: perhaps", "true or false"),
        ("since: 2026-11-29T22:00:00+00:00", "since: soon", "a moment"),
        ("assumed: true\n", "", "and nothing else"),
    ],
)
def test_what_is_wrong_in_the_file_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    changed = tmp_path / "sharing.yaml"
    changed.write_text(FILE.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ValueError, match=complaint):
        read(changed)
