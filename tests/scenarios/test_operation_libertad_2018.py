"""The acceptance scenario: its fixed points, asked of the product's own queries."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.models import Authority, Member, Officer
from libertad.access.queries import actor_of
from libertad.care import models as care
from libertad.care import queries as protection
from libertad.care.overview import everybody
from libertad.care.queries_disclosing import disclosures
from libertad.care.queue import ELSEWHERE, QUEUES
from libertad.figures.models import Batch, Counting
from libertad.figures.queries import figures, summary
from libertad.figures.queries_care import own_cells
from libertad.journal import reading
from libertad.journal.fields import from_ms
from libertad.journal.folding import Said
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations import queries as operations
from libertad.operations import queries_field as field
from libertad.people import queries as people
from libertad.people import queries_owed
from libertad.people.models import Person, Tally
from libertad.people.queries_disclosed import disclosed
from libertad.people.uncared import uncared
from scenarios.operation_libertad_2018 import play, timeline
from scenarios.operation_libertad_2018.fixed import FIXED
from scenarios.operation_libertad_2018.protection import LAST
from scenarios.operation_libertad_2018.stage import Stage
from tests.scenarios.care_is_played import (  # noqa: F401  collected here: the demo is played once
    test_a_childs_file_names_a_guardian_or_says_that_none_is_on_file,
    test_a_complaint_is_open_and_another_is_answered_and_neither_names_anybody,
    test_a_linked_person_has_a_decision,
    test_a_missing_child_stands_first_with_a_date_and_another_is_back,
    test_a_service_outside_answered_and_nobody_has_called_back,
    test_each_fixed_point_of_a_file_is_played,
    test_one_file_is_closed_by_two_and_one_waits_for_its_reader,
    test_plans_are_read_by_a_second_officer_and_one_waits,
    test_what_is_played_comes_to_a_decision_or_to_somebody_with_a_date,
    test_who_wants_no_help_stays_somebodys_and_is_asked_again_on_a_day,
)
from tests.scenarios.counts_are_played import (  # noqa: F401  collected here: the demo is played once
    test_a_way_in_is_on_file_for_every_site_and_rooms_were_measured,
    test_counts_agree_or_are_explained_and_of_some_sites_nobody_has_explained,
)
from tests.support.played import played

pytestmark = [pytest.mark.both, pytest.mark.xdist_group("scenario")]


@pytest.fixture(scope="module")
def stage(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    with played(tmp_path_factory.mktemp("node"), django_db_blocker) as current_stage:
        yield current_stage


@pytest.fixture(scope="module")
def journal_entries(stage: Stage) -> list[Said]:
    """Every entry of the journal, opened."""
    return [entry for _, entry in reading.open_entries(node(), reading.stored(Sql()))]


def as_(stage: Stage, key: str, role: str, number: int = 0) -> Actor:
    return stage.cast.actor(key, role, number)


def test_fixed_points(stage: Stage) -> None:
    totals = summary(as_(stage, "BB-centre", "coordinator"))
    assert {name: totals[name] for name in FIXED} == FIXED
    assert totals["as_of"].startswith("2018-04-09T22:52:00")


def test_every_record_is_in_exactly_one_queue_with_somebody_and_a_date(stage: Stage) -> None:
    """At the end: by a care authority, or by the police that met the person where none has received it."""
    operation = as_(stage, "BB-centre", "coordinator").operation
    places: dict[str, list[tuple[str, str]]] = {row.pk: [] for row in Person.objects.all()}
    alone: list[str] = []
    for member in Member.objects.filter(operation=operation, kind__in=("care", "police")):
        role = "caseworker" if member.kind == "care" else "national-lead"
        actor = Actor(officer="", authority=member.authority, role=role, operation=operation, zone="UTC")
        placed, total = everybody(actor, QUEUES, 0, len(places))
        assert len(placed) == total and bool(total) <= (member.kind == "care")
        for person, place in placed:
            assert place.due.tzinfo is not None
            if place.queue != ELSEWHERE:
                assert place.owner == member.authority
                places[person].append((place.queue, place.owner))
                if not place.assigned and place.queue != "linked":
                    alone.append(person)
        if member.kind == "police":
            for person in uncared(actor, len(places))[0]:
                places[person].append(("met", member.authority))
    assert len(places) == 398
    assert {person: listed for person, listed in places.items() if len(listed) != 1} == {}
    queues = Counter(listed[0][0] for listed in places.values())
    assert {"assigned", "follow-up", "waiting", "linked"} <= queues.keys() <= {*QUEUES, "met"}
    assert queues["met"] == 0 and queues["intake"] + queues["linked"] < 30, queues
    met = Person.objects.filter(pk__in=alone).values_list("met_at", flat=True)
    assert 0 < len(alone) < 12, "all others are somebody's task"
    assert min(met) > LAST - timedelta(hours=6)


def test_open_side_and_care_reconcile_to_the_sentence(stage: Stage) -> None:
    seen_figures = figures(as_(stage, "BB-centre", "coordinator"))
    line, last = seen_figures.total, seen_figures.released
    assert (line.records, line.met_twice, line.potential, line.not_assessed) == (398, 11, 368, 19)
    assert line.records - line.met_twice - line.not_assessed == line.potential
    assert last is not None and last.care is not None and last.care.reconciles
    care = last.care
    assert (care.records, care.met_twice, care.not_a_victim, care.not_assessed) == (398, 11, 21, 19)
    assert (care.potential, care.presumed, care.confirmed, care.potential_victims) == (262, 71, 14, 347)
    assert line.arrests == 22 and seen_figures.reconciled is not None and seen_figures.reconciled.holds


def test_each_release_rests_on_a_block_that_rests_on_a_batch_of_every_care_authority(stage: Stage) -> None:
    named = Counting.objects.get()
    assert len(named.accepted) == 13
    batches = {row.entry: row for row in Batch.objects.all()}
    assert Counter(row.care for row in batches.values()) == dict.fromkeys(named.accepted, 7)
    releases = figures(as_(stage, "GY", "officer")).releases
    assert [row.number for row in releases] == [3, 2, 1]
    blocks = {block["entry"]: block for block in named.blocks}
    for release in releases:
        assert release.care is not None and release.care.reconciles
        rests = [batches[name] for name in blocks[release.block]["batch"]]
        assert {row.care for row in rests} == set(named.accepted)
        assert {row.cut for row in rests} == {release.care_as_of}


def test_a_person_whom_two_care_authorities_decided_about_is_counted_by_one(stage: Stage) -> None:
    own = {code: own_cells(as_(stage, f"{code}-care", "caseworker")) for code in stage.data["countries"]}
    cells = {code: counting.cells for code, counting in own.items() if counting is not None}
    assert sum(cell.get("to_presumed", 0) for each in cells.values() for cell in each.values()) == 71
    decided = {
        code: sum(
            identification.plain["status"] == "presumed" and identification.plain["read"] == "yes"
            for identification in protection.parts(
                as_(stage, f"{code}-care", "caseworker"), care.Identification
            )
        )
        for code in ("CW", "VE")
    }
    # Curaçao's decided once more than it counts: that person was met in Venezuela first.
    met = stage.data["countries"]
    assert cells["CW"]["CW"]["to_presumed"] == met["CW"]["presumed"]
    assert decided["CW"] == met["CW"]["presumed"] + met["CW"]["confirmed"] + 1
    assert cells["VE"]["VE"]["to_presumed"] == met["VE"]["presumed"]
    assert "CW" not in cells["VE"] and "VE" not in cells["CW"]


def test_what_three_releases_tell_an_attacker_who_knows_whom_care_worked_with(stage: Stage) -> None:
    """He is given more than releases say: of those whom care first decided about between two of them, exactly
    how many have which status. He is certain of nobody, and right little oftener than by all rates."""
    cuts = sorted(from_ms(block["cut"]) for block in Counting.objects.get().blocks)
    between: dict[int, Counter[str]] = {}
    for code in stage.data["countries"]:
        worker = as_(stage, f"{code}-care", "caseworker")
        first: dict[str, Any] = {}
        for identification in sorted(
            protection.parts(worker, care.Identification), key=lambda part: part.when.at
        ):
            if identification.plain["read"] == "yes":
                first.setdefault(identification.person, identification.plain["read_at"])
        for file in protection.files(worker):
            if file.status:
                at = sum(first[file.person] > cut for cut in cuts)
                between.setdefault(at, Counter())[file.status] += 1
    everybody = sum(between.values(), Counter())
    people = sum(everybody.values())
    right = sum(max(group.values()) for group in between.values()) / people
    guessed = max(everybody.values()) / people
    assert right - guessed <= 0.01, (right, guessed, between)
    assert all(len(group) > 1 for group in between.values()), between


@pytest.mark.parametrize("who", [("GY", "officer"), ("VC-care", "caseworker"), ("BB-centre", "press")])
def test_everybody_who_may_ask_gets_the_same_figures(stage: Stage, who: tuple[str, str]) -> None:
    totals = summary(as_(stage, *who))
    assert {name: totals[name] for name in FIXED} == FIXED


def test_what_is_published_says_so_and_all_else_is_generated(stage: Stage) -> None:
    marks = summary(as_(stage, "BB-centre", "coordinator"))["provenance"]
    published = {name for name, mark in marks.items() if mark == "published"}
    assert published == {"arrests", "hits", "hits_travel_documents", "countries"}
    assert {mark for name, mark in marks.items() if name not in published} == {"generated"}


def test_each_entry_is_marked_and_published_only_where_the_record_says_so(
    journal_entries: list[Said],
) -> None:
    journal_entries = [
        entry for entry in journal_entries if entry.verb not in ("compartment.open", "compartment.readers")
    ]
    assert Counter(entry.provenance for entry in journal_entries).keys() == {"generated", "published"}
    published = [entry for entry in journal_entries if entry.provenance == "published"]
    counts = Counter((entry.verb, getattr(entry.content, "kind", "")) for entry in published)
    assert counts == {("operation.open", ""): 1, ("authority.invite", "centre"): 3}
    assert not any(getattr(entry.content, "officers", 0) for entry in published)


def test_the_sixteen_are_thirteen_police_and_three_centres(stage: Stage) -> None:
    members = operations.members(as_(stage, "BB-centre", "coordinator"))
    kinds = Counter(row.kind for row in members)
    assert (kinds["police"], kinds["centre"]) == (13, 3)
    assert {row.country for row in members if row.kind == "centre"} == {"BB", "FR", "AR"}
    assert kinds["care"] == kinds["prosecution"] == kinds["deciding"] == 13
    assert kinds["shelter"] == 1


def test_five_kinds_of_workplace(stage: Stage) -> None:
    sites = field.sites(as_(stage, "BB-centre", "coordinator"))
    assert len(sites) == 60
    assert {site.workplace for site in sites} == {"night-club", "farm", "gold-mine", "factory", "market"}


def test_thirty_passports_returned_and_signed_for(stage: Stage) -> None:
    keeper = as_(stage, "VC", "exhibits-officer")
    passports = [
        one
        for person in people.people(keeper, country="VC")
        for one in people.properties(keeper, person.id)
        if one.kind == "passport"
    ]
    assert len(passports) == 30
    assert {(passport.state, passport.signed, passport.taken_by) for passport in passports} == {
        ("returned", "yes", "employer")
    }
    assert len({passport.person for passport in passports}) == 30


def test_of_what_is_owed_some_is_late_some_due_and_a_part_paid(stage: Stage) -> None:
    worker = as_(stage, "VC-care", "caseworker")
    lines, _total = queries_owed.ledger(worker, LAST, 1, 50, kind="wages")
    assert [line.late(LAST) for line in lines] == [True, False, False, False]
    assert [line.belonging.due_back for line in lines] == ["2018-03-31", "2018-04-11", "2018-04-30", ""]
    assert {line.belonging.remaining for line in lines} == {"3200", "5600", "1231.25", "4000"}
    assert queries_owed.sums(worker, LAST) == {"XCD": "14031.25"}
    on_its_way, _total = queries_owed.due(as_(stage, "GY", "exhibits-officer"), LAST, 8)
    assert [line.belonging.kind for line in on_its_way] == ["passport"]


def test_one_person_met_in_two_countries_counts_where_first_met(stage: Stage) -> None:
    lead = as_(stage, "CW", "national-lead")
    everybody = {person.id: person for person in people.people(lead)}
    (again,) = [
        person
        for person in everybody.values()
        if person.country == "CW" and any(everybody[k].country != "CW" for k in person.links)
    ]
    first = next(everybody[k] for k in again.links if everybody[k].country != "CW")
    assert first.met_at < again.met_at
    rows = {
        (row.country, tuple(link[1] for link in row.links)): row
        for row in Tally.objects.filter(linked=True, country__in=("CW", first.country))
    }
    assert rows
    lines = figures(as_(stage, "BB-centre", "coordinator")).lines
    met = stage.data["countries"]
    for code in ("CW", first.country):
        line = lines[code]
        expected = met[code]["records"] - met[code]["twice"] - met[code]["unassessed"]
        assert (line.records, line.potential) == (met[code]["records"], expected)
    assert lines["CW"].met_twice == met["CW"]["twice"]
    assert lines[first.country].met_twice == met[first.country]["twice"]


def test_a_child_whose_age_is_uncertain(stage: Stage) -> None:
    conflicting = people.people(as_(stage, "VC-care", "caseworker"), conflict=True)
    (child,) = [person for person in conflicting if "birth" in person.conflicts]
    assert child.child
    assert [birth.date for birth, _ in child.births] == ["1999", "2001"]
    assert people.people(as_(stage, "VC", "national-lead"), ids=[child.id])[0].child


def test_one_says_that_she_is_not_a_victim(stage: Stage) -> None:
    worker = as_(stage, "JM-care", "caseworker")
    identifications = [
        identification
        for identification in protection.parts(worker, care.Identification)
        if identification.words["person_says"] == "not-a-victim"
    ]
    assert {identification.plain["status"] for identification in identifications} == {"presumed"}
    assert len({identification.person for identification in identifications}) == 1


def test_suspect_and_victim_at_once_is_not_to_be_punished(stage: Stage) -> None:
    worker, lead = as_(stage, "GY-care", "caseworker"), as_(stage, "GY", "national-lead")
    flagged = [
        identification
        for identification in protection.parts(worker, care.Identification)
        if identification.words["non_punishment"]
    ]
    (person,) = {identification.person for identification in flagged}
    assert all(identification.words["forced_to"] for identification in flagged)
    (held,) = people.detentions_of(lead, person)
    assert held.dates["detained"] is not None
    # The police do not read why care flags the person.
    assert protection.parts(lead, care.Identification) == []


def test_the_prosecution_is_told_what_was_agreed_and_no_more_of_what_was_withdrawn(stage: Stage) -> None:
    told = disclosed(as_(stage, "GY-prosecution", "prosecutor"))
    (view,) = told
    assert view.purpose == "non-punishment" and view.id == stage.get("disclosed GY/2")
    assert {item.kind for item in view.items} == {"name", "status", "told", "forced-to"}
    (kept,) = disclosed(as_(stage, "VC-prosecution", "prosecutor"))
    assert kept.id == stage.get("disclosed VC/4")
    worker = as_(stage, "VC-care", "caseworker")
    states = {view.id: view.state for view in disclosures(worker)}
    assert states[stage.get("disclosure VC/5")] == "erased" and states[stage.get("disclosure VC/4")] == "sent"
    for police in ("GY", "VC"):
        assert disclosed(as_(stage, police, "national-lead")) == []


def test_a_family_stays_together(stage: Stage) -> None:
    decider = as_(stage, "GY-deciding", "deciding-authority")
    decisions = [
        decision
        for decision in protection.parts(decider, care.ReturnDecision)
        if decision.words["together_with"]
    ]
    assert decisions
    family = set(decisions[0].words["together_with"]) | {decisions[0].person}
    assert len(family) >= 2
    assert {decision.person for decision in decisions} <= family
    assert all("family-stays-together" in decision.words["circumstances"] for decision in decisions)
    assert len({decision.plain["decision"] for decision in decisions}) == 1


def test_a_phone_number_known_elsewhere(journal_entries: list[Said]) -> None:
    checks = [entry.content for entry in journal_entries if entry.verb == "check.record"]
    assert any(c.about == "phone" and c.answer == "hit" and "another country" in c.note for c in checks)  # type: ignore[attr-defined]


def test_withdrawn_in_mid_operation(stage: Stage, journal_entries: list[Said]) -> None:
    (withdrawal,) = [entry for entry in journal_entries if entry.verb == "officer.withdraw"]
    assert "2018-04-03" < withdrawal.at.isoformat() < "2018-04-09"
    assert Officer.objects.get(pk=withdrawal.subject).withdrawn
    assert not [
        entry for entry in journal_entries if entry.officer == withdrawal.subject and entry.at > withdrawal.at
    ]
    actor = stage.cast.actor("BZ", "officer", 2)
    assert actor.officer == withdrawal.subject
    stage.now = withdrawal.at
    with pytest.raises(Forbidden):
        stage.do("BZ", "officer", "check_in", by=2, team=stage.get("team BZ-0"), state="returned")


def test_found_empty_and_named_in_another_country(stage: Stage) -> None:
    analyst = as_(stage, "BB-centre", "analyst")
    (empty,) = field.sites(analyst, country="GY", status="found-empty")
    (lead,) = [lead for lead in operations.leads(analyst, country="VE") if empty.name in lead.summary]
    assert lead.origin == "match"
    assert empty.visited_at is not None and lead.reported_at > empty.visited_at


def test_a_mine_by_river_is_silent_by_plan(stage: Stage) -> None:
    analyst = as_(stage, "BB-centre", "analyst")
    (silent,) = [team for team in field.teams(analyst) if team.silent_until is not None]
    site = field.site(analyst, silent.site)
    assert site is not None
    assert site.workplace == "gold-mine" and "river" in site.access and "72 hours" in site.network
    assert not silent.overdue


def test_nothing_is_wrong_with_the_journal(stage: Stage) -> None:
    report = verify(node())
    assert report.clean, "\n".join(map(str, report.findings))
    assert report.size > 4000


def test_sign_ins_of_the_demo_are_people_of_the_operation(stage: Stage) -> None:
    from django.conf import settings

    from libertad.access.models import Account

    listed = json.loads((Path(settings.LIBERTAD_HOME) / "demo.json").read_text("utf-8"))["accounts"]
    actors = [actor_of(Account.objects.get(pk=row["account"])) for row in listed]
    assert {actor.role for actor in actors if actor} == {
        "coordinator",
        "analyst",
        "national-lead",
        "officer",
        "exhibits-officer",
        "prosecutor",
        "caseworker",
        "supervisor",
        "deciding-authority",
        "partner",
        "press",
        "administrator",
    }
    assert Authority.objects.count() == 56


def test_the_same_seed_writes_the_same_plot() -> None:
    def plot() -> str:
        events = timeline.write(play.parameters())
        return hashlib.sha256(repr([(e.at, e.order) for e in events]).encode()).hexdigest()

    assert plot() == plot()
