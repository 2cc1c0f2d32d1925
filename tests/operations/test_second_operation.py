"""A second operation on the same node: opened by who opened the first, which stays readable; nothing of one
goes over to the other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.confirm_care import confirm_care
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.chosen_operation import first_of, working_as
from libertad.access.models import Account, Authority, CareConfirmed, Member, OperationFile, Reader
from libertad.access.queries import operations_of
from libertad.access.receiving import receiving
from libertad.exchange.peering import hosting
from libertad.exchange.peering.hosting import invite_hosted
from libertad.hits import index
from libertad.hits.models import Hit
from libertad.hits.scoring import catch_up
from libertad.journal import trees
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.operations import queries
from libertad.operations.actions.change_operation import change_operation
from libertad.operations.actions.close_operation import close_operation
from libertad.operations.actions.open_operation import open_operation
from libertad.operations.actions.register_site import register_site
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead
from libertad.people import names
from libertad.people import queries as people
from libertad.people.actions.confirm_limit import confirm_limit, withdraw_limit
from libertad.people.limits import limits
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import LeadGrade
from tests.operations.making import a_site, site_values
from tests.operations.test_leads import LEAD
from tests.people.making import meet
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
SECOND = {
    "name": "Operation Second",
    "first_day": "2030-04-03",
    "last_day": "2030-04-09",
    "zone": "America/Barbados",
    "country": ["BB", "GY"],
    "authority_name": "Centre",
    "authority_country": "BB",
    "officer_name": "M. Alleyne",
    "officer_service_number": "BB-001",
}


def in_second(world: World, role: str, operation: str) -> Actor:
    return replace(world.actor(role), operation=operation)


@pytest.fixture
def second(world: World) -> str:
    """Guyana's police and care are in it, with the rings that they have; Saint Vincent's police are not."""
    operation = str(world.perform("coordinator", open_operation, **SECOND))
    for key, kind in (("police", "police"), ("care", "care")):
        row = Authority.objects.get(pk=world.authorities[key])
        perform(
            in_second(world, "coordinator", operation),
            invite_hosted,
            address="",
            name=row.name,
            kind=kind,
            country=row.country,
            zone=row.zone,
            authority=row.pk,
        )
    return operation


def working_in(world: World, role: str, operation: str) -> Client:
    client = world.client(role)
    answer = client.post(reverse("operation-choose"), {"operation": operation})
    assert answer.status_code == 302, answer.status_code
    return client


def test_members_are_those_of_each_operation(world: World, second: str) -> None:
    here, second_actor = world.actor("national-lead"), in_second(world, "national-lead", second)
    assert len(queries.members(here)) == 7 and len(queries.members(second_actor)) == 3
    assert {row.name for row in queries.members(second_actor)} < {row.name for row in queries.members(here)}
    row = queries.operation(second_actor)
    assert row is not None and row.name == "Operation Second"
    assert sorted(operations_of(here)) == sorted([world.operation, second])
    assert operations_of(world.actor("other-lead")) == [world.operation]
    assert rebuild(node()).changed == 0


def test_who_was_not_invited_works_in_the_first_alone(world: World, second: str) -> None:
    """Attack: a member of the first only says that it works in the second."""
    account = Account.objects.get(officer=world.actor("other-lead").officer)
    actor = working_as(account, second)
    assert actor is not None and actor.operation == world.operation
    client = world.client("other-lead")
    assert client.post(reverse("operation-choose"), {"operation": second}).status_code == 404
    session = client.session
    session["operation"] = second
    session.save()
    page = client.get(reverse("operation")).content.decode()
    assert "Operation Test" in page and "Operation Second" not in page
    outsider = in_second(world, "other-lead", second)
    with pytest.raises((Forbidden, Refused)):
        perform(outsider, report_lead, **LEAD)
    assert queries.members(outsider) == [] and queries.leads(outsider) == []


def test_who_was_removed_works_in_it_no_more(world: World, second: str) -> None:
    account = Account.objects.get(officer=world.actor("national-lead").officer)
    actor = working_as(account, second)
    assert actor is not None and actor.operation == second
    place = OperationFile.objects.get(pk=second).compartment
    from libertad.access.actions.remove_reader import remove_reader

    coordinator = in_second(world, "coordinator", second)
    perform(coordinator, remove_reader, compartment=place, readers=[actor.authority], reason="left")
    assert not Reader.objects.filter(pk=f"{place}:{actor.authority}").exists()
    assert operations_of(world.actor("national-lead")) == [world.operation]
    again = working_as(account, second)
    assert again is not None and again.operation == world.operation
    first = working_as(account, world.operation)
    assert first is not None and first.operation == world.operation
    client = world.client("national-lead")
    assert "Operation Test" in client.get(reverse("operation")).content.decode()


def test_an_invitation_in_the_middle_of_a_raid_moves_nobody(world: World, second: str) -> None:
    """Where nothing was chosen, everybody worked in the operation that invited last: pages were empty."""
    account = Account.objects.get(officer=world.actor("officer").officer)
    now = working_as(account)
    assert now is not None and now.operation == world.operation
    assert "Operation Test" in world.client("officer").get("/").content.decode()
    perform(world.actor("coordinator"), close_operation, reasons="over")
    after = working_as(account)
    assert after is not None and after.operation == second, "the first is closed: work goes on in the second"
    chosen = working_as(account, world.operation)
    assert chosen is not None and chosen.operation == world.operation, "the first stays readable"
    perform(in_second(world, "coordinator", second), close_operation, reasons="over")
    last = working_as(account)
    assert last is not None and last.operation == second


def test_a_row_that_was_put_there_makes_nobody_a_member(world: World, second: str) -> None:
    """Attack: whoever writes the database puts a member's row and chooses the operation."""
    outsider = world.actor("other-lead")
    row = Member.objects.get(pk=f"{second}:{world.authorities['police']}")
    row.pk, row.authority = f"{second}:{outsider.authority}", outsider.authority
    Member.objects.bulk_create([row])
    actor = working_as(Account.objects.get(officer=outsider.officer), second)
    assert actor is not None and actor.operation == world.operation


@pytest.mark.parametrize(
    "written",
    [
        "insert into journal_touch (key, entry) values (%s, -1)",
        "update journal_touch set entry = -1 where key = %s",
    ],
)
def test_what_is_written_into_the_database_moves_nobody(world: World, second: str, written: str) -> None:
    """Attack: the second operation's invitation is made to seem the first that came."""
    police, officer = world.authorities["police"], world.actor("national-lead").officer
    with connection.cursor() as cursor:
        cursor.execute(written, [f"access.Member:{second}:{police}"])
    found = working_as(Account.objects.get(officer=officer))
    assert found is not None and found.operation == world.operation
    assert first_of(police) == world.operation


def test_an_entry_of_one_is_never_folded_into_the_other(world: World, second: str) -> None:
    """Attack: a member of both speaks of the second's lead in the first's name, and the other way round."""
    officer = in_second(world, "national-lead", second)
    lead = perform(officer, report_lead, **LEAD)
    place = Lead.objects.get(pk=lead).compartment
    grade = LeadGrade(source_grade="3", information_grade="D", handling="P", reasons="elsewhere")
    with pytest.raises(Forbidden, match="of another operation"):
        node().writer.submit(
            lambda tx: Act(tx, world.actor("national-lead")).say(place, grade, subject=lead, supersedes={})
        )
    row = Lead.objects.get(pk=lead)
    assert (row.operation, row.handling) == (second, LEAD.get("handling", row.handling))
    assert queries.lead(world.actor("national-lead"), lead) is None
    assert queries.lead(officer, lead) is not None
    first = world.perform("officer", report_lead, **LEAD)
    assert Lead.objects.get(pk=first).compartment != place, "each operation has police files of its own"
    assert queries.lead(officer, first) is None


def test_the_first_stays_readable_and_takes_nothing_new_once_closed(world: World, second: str) -> None:
    site, person = a_site(world), meet(world)
    perform(world.actor("coordinator"), close_operation, reasons="over")
    lead = world.actor("national-lead")
    assert queries.site(lead, site) is not None and people.person(lead, person) is not None
    with pytest.raises(Refused, match="was closed"):
        world.perform("officer", register_site, **site_values())
    second_actor = in_second(world, "national-lead", second)
    assert perform(second_actor, report_lead, **LEAD), "the second goes on"
    assert queries.site(second_actor, site) is None and people.person(second_actor, person) is None


def test_only_who_opened_the_first_opens_a_second(world: World, second: str) -> None:
    with pytest.raises(Refused, match="centre"):
        perform(replace(world.actor("national-lead"), role="coordinator"), open_operation, **SECOND)
    third = perform(
        in_second(world, "coordinator", second), open_operation, **{**SECOND, "name": "Operation Third"}
    )
    assert len(operations_of(world.actor("coordinator"))) == 3 and third


def test_care_is_confirmed_for_each_operation(world: World, second: str) -> None:
    """That police confirmed care in the second takes nobody's care away in the first."""
    here, second_actor = world.actor("administrator"), in_second(world, "administrator", second)
    assert receiving(here).state == "confirmed" and receiving(second_actor).state == "none"
    perform(second_actor, confirm_care, care=world.authorities["care"], how="telephone")
    assert receiving(second_actor).state == "confirmed" and receiving(here).state == "confirmed"
    assert CareConfirmed.objects.count() == 2


def test_who_is_withdrawn_is_so_in_both(world: World, second: str) -> None:
    from libertad.exchange.peering.roster import put_on_roster

    officer = world.actor("officer").officer
    assert put_on_roster(node()) > 0 and put_on_roster(node()) == 0, "it is said once, not in turns"
    perform(in_second(world, "administrator", second), withdraw_officer, officer=officer, reason="left")
    entries = node().writer.submit(lambda tx: tx.entries_touching(f"access.Officer:{officer}"))
    files = {entry.compartment for entry in entries if entry.verb == "officer.withdraw"}
    assert {
        OperationFile.objects.get(pk=operation).compartment for operation in (world.operation, second)
    } <= files


def test_things_of_two_operations_are_no_hit(world: World, second: str) -> None:
    """Leads with one telephone: a hit in each operation, none between them. People: `test_met_again.py`."""
    index.forget()
    words = "A voice asked for workers. Call +592 611 4409."
    for _each in range(2):
        perform(world.actor("officer"), report_lead, **{**LEAD, "summary": words})
    second_world = replace(
        world, operation=second, actors={k: replace(a, operation=second) for k, a in world.actors.items()}
    )
    perform(
        second_world.actor("administrator"), confirm_care, care=world.authorities["care"], how="telephone"
    )
    for _each in range(2):
        perform(second_world.actor("officer"), report_lead, **{**LEAD, "summary": words})
    catch_up(node())
    rows = list(Hit.objects.all())
    by_operation = {row.pk: row.operation for row in rows}
    of = {
        ref: subject.operation
        for ref, subject in index.up_to_date(world.authorities["police"]).subjects.items()
    }
    assert {of[row.left] for row in rows} | {of[row.right] for row in rows} == {world.operation, second}
    assert all(of[row.left] == of[row.right] == by_operation[row.pk] for row in rows)


def test_a_search_is_of_one_operation_and_finds_all_of_it(world: World, second: str) -> None:
    """The index of names was one for an authority: filled in one operation it held nothing of the other."""
    here, second_actor = world.actor("officer"), in_second(world, "officer", second)
    later = replace(world, operation=second, actors={"officer": second_actor})
    first, next_one = meet(world), meet(later)
    for actor, person in ((here, first), (second_actor, next_one), (here, first)):
        assert [key for key, _score in names.search(actor, "Nguyen")] == [person], actor.operation
    third = meet(world)
    assert names.search(second_actor, "Nguyen") and {key for key, _ in names.search(here, "Nguyen")} == {
        first,
        third,
    }


# -- the pages -------------------------------------------------------------------------------------


def test_the_switch_is_there_where_there_are_two(world: World, second: str) -> None:
    alone = world.client("other-lead").get("/").content.decode()
    assert reverse("operation-choose") not in alone
    site = a_site(world)
    client = world.client("national-lead")
    assert reverse("operation-choose") in client.get("/").content.decode()
    page = client.get(reverse("operation-choose")).content.decode()
    assert "Operation Second, 3 April 2030 to 9 April 2030" in page and "Operation Test" in page
    client = working_in(world, "national-lead", world.operation)
    assert client.get(reverse("site", args=[site])).status_code == 200
    client = working_in(world, "national-lead", second)
    assert client.get(reverse("site", args=[site])).status_code == 404
    size = trees.size(node().sql())
    again = client.post(reverse("operation-choose"), {"operation": second})  # posted twice
    assert again.status_code == 302 and trees.size(node().sql()) == size
    assert client.get(reverse("site", args=[site])).status_code == 404
    assert client.post(reverse("operation-choose"), {"operation": "f" * 32}).status_code == 422


def test_a_form_of_the_other_operation_saves_nothing(world: World, second: str) -> None:
    """A second tab changed the operation in between: the form would have gone into the wrong one."""
    client = working_in(world, "officer", second)
    form = client.get(reverse("lead-new")).content.decode()
    assert f'name="working_in" value="{second}"' in form
    client.post(reverse("operation-choose"), {"operation": world.operation})
    answer = client.post(reverse("lead-new"), {**LEAD, "working_in": second})
    assert answer.status_code == 409 and not Lead.objects.exists()


def test_a_centre_opens_a_second_on_its_page(world: World) -> None:
    client = world.client("coordinator")
    assert "Open another operation" in client.get(reverse("operation")).content.decode()
    values = {
        "name": "Operation Page",
        "first_day_day": "3",
        "first_day_month": "4",
        "first_day_year": "2030",
        "last_day_day": "9",
        "last_day_month": "4",
        "last_day_year": "2030",
        "zone": "America/Barbados",
        "country": ["BB"],
    }
    answer = client.post(reverse("operation-new"), values)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = client.get(reverse("operation")).content.decode()
    assert "Operation Page" in page
    known = f"{reverse('authority-new')}?authority={world.authorities['police']}"
    assert known in page
    (second,) = set(operations_of(world.actor("coordinator"))) - {world.operation}
    form = client.get(known).content.decode()
    assert "Invite Guyana police" in form and 'name="kind"' not in form, "nothing is asked that is known"
    values = {"name": "x", "kind": "care", "country": "VC", "officers": "3", "working_in": second}
    answer = client.post(known, values)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    rows = Member.objects.filter(authority=world.authorities["police"])
    assert list(rows.values_list("kind", "country")) == [("police", "GY")] * 2
    assert known not in client.get(reverse("operation")).content.decode()


def test_limits_are_confirmed_for_each_operation(world: World, second: str) -> None:
    """A limit of the second took the place of the first's, and its withdrawal ended the first's alarm."""
    here, second_actor = world.actor("administrator"), in_second(world, "administrator", second)
    values = {
        "kind": "before-charge",
        "rule": "hours",
        "law": "Constitution",
        "text": "139",
        "checked_with": "AG",
    }
    perform(here, confirm_limit, hours=72, **values)
    perform(second_actor, confirm_limit, hours=24, **values)
    assert [limit.hours for limit in limits(here)] == [72] and [
        limit.hours for limit in limits(second_actor)
    ] == [24]
    perform(second_actor, withdraw_limit, kind="before-charge", reasons="a newer text")
    assert [(limit.hours, limit.withdrawn) for limit in limits(here)] == [(72, False)]
    assert rebuild(node()).changed == 0


@pytest.mark.parametrize("closed", [False, True])
def test_danger_of_the_other_operation_stands_on_today(world: World, second: str, closed: bool) -> None:
    """Once the first was closed, care's Today said that nothing waits, with a life in danger in it."""
    meet(world, danger="yes")
    if closed:
        perform(world.actor("coordinator"), close_operation, reasons="over")
        page = world.client("caseworker").get("/").content.decode()
    else:
        page = working_in(world, "caseworker", second).get("/").content.decode()
    assert "Danger in another operation: Operation Test" in page
    assert (
        "Danger in another" not in working_in(world, "caseworker", world.operation).get("/").content.decode()
    )


def test_two_operations_of_one_name_would_not_be_told_apart(world: World) -> None:
    first = queries.operation(world.actor("coordinator"))
    assert first is not None
    with pytest.raises(Refused, match="has this name already"):
        world.perform("coordinator", open_operation, **{**SECOND, "name": first.name.upper()})
    second = str(world.perform("coordinator", open_operation, **SECOND))
    renamed = {field: SECOND[field] for field in ("first_day", "last_day", "zone", "country")}
    with pytest.raises(Refused, match="has this name already"):
        perform(in_second(world, "coordinator", second), change_operation, name=first.name, **renamed)


def test_the_forms_for_the_field_say_in_which_operation_they_work(world: World, second: str) -> None:
    page = working_in(world, "officer", second).get("/people/meet/").content.decode()
    assert "<b>Operation Second</b>" in page and reverse("operation-choose") in page


def test_who_is_in_another_operation_is_not_told_to_be_in_none(world: World, second: str) -> None:
    for operation in (world.operation, second):
        left = hosting.omitted_authorities(node(), node().sql(), in_second(world, "coordinator", operation))
        assert [leaver for leaver in left if leaver.why == "no-operation"] == []
    nowhere = in_second(world, "coordinator", "")
    assert perform(nowhere, hosting.enrol_hosted, address="") == []
