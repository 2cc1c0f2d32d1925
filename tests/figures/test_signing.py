"""A release goes out on two accounts: one proposes it, another signs exactly what was proposed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import msgspec
import pytest

from libertad.access.acting import Act, Forbidden
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actor import Actor
from libertad.access.models import Account
from libertad.figures import cuts, fold, queries, words
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.models import Proposal, Release
from libertad.figures.snapshot import release_fields
from libertad.journal.folding import Said
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.journal.row_changes import RowChanged
from libertad.operations.actions.change_operation import change_operation
from libertad.operations.models import Operation
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import ReleasePropose
from tests.support.world import World


def proposed(world: World, role: str = "press", day: int = 3, **options: str) -> str:
    return str(world.perform(role, propose_release, as_of=world.at(day, 22).utc, **options))


def refused(world: World, role: str, **values: str) -> str:
    with pytest.raises(Refused) as why:
        world.perform(role, sign_release, **values)
    return why.value.field


def officer(world: World, name: str, role: str, of: str, appointer: str) -> None:
    """A further officer, under this key."""
    by = world.actor(appointer)
    officer_id = world.perform(
        appointer, appoint_officer, name=name, rank="Ms", service_number=f"S-{name}", role=role
    )
    world.actors[of] = Actor(officer_id, by.authority, role, world.operation, by.zone)
    Account.objects.create_user(f"S-{name}", "correct horse battery", officer_id)


def test_one_account_alone_publishes_nothing(world: World) -> None:
    key = proposed(world)
    assert not Release.objects.exists() and queries.releases(world.actor("press")) == []
    assert refused(world, "press", release=key) == "release"
    client = world.client("press")
    entry = Proposal.objects.get().entry
    answer = client.post(f"/figures/releases/{key}/sign/", {"proposal": entry})
    assert answer.status_code == 422 and not Release.objects.exists()
    with pytest.raises(Forbidden):
        world.perform("analyst", sign_release, release=key)
    world.perform("coordinator", sign_release, release=key)
    (release,) = queries.releases(world.actor("press"))
    assert (
        release.id == key and release.by == "Sgt. Name press" and release.second_reader == "Insp. M. Alleyne"
    )
    assert not Proposal.objects.exists()
    assert refused(world, "coordinator", release=key) == "release", "nothing is signed twice"


def test_a_changed_proposal_takes_its_signature_away(world: World) -> None:
    key = proposed(world)
    read = Proposal.objects.get().entry
    assert proposed(world, release=key, day=4) == key
    assert refused(world, "coordinator", release=key, proposal=read) == "proposal"
    page = world.client("coordinator").post(f"/figures/releases/{key}/sign/", {"proposal": read})
    now = Proposal.objects.get()
    assert page.status_code == 422 and now.entry in page.content.decode() and not Release.objects.exists()
    world.perform("coordinator", sign_release, release=key, proposal=now.entry)
    assert Release.objects.get().as_of == world.at(4, 22).utc
    with pytest.raises(Refused):
        proposed(world, release=key)


def test_another_authoritys_officer_signs_where_there_is_one_who_may(world: World) -> None:
    officer(world, "P. Persaud", "press", "other-press", "administrator")
    key = proposed(world)
    assert refused(world, "coordinator", release=key) == "release"
    world.perform("other-press", sign_release, release=key)
    assert not Release.objects.get().alone


def test_one_who_came_to_sign_after_it_was_proposed_signs_it(world: World) -> None:
    key = proposed(world)
    officer(world, "P. Persaud", "press", "other-press", "administrator")
    assert refused(world, "coordinator", release=key) == "release"
    world.perform("other-press", sign_release, release=key)


def test_no_second_account_of_the_same_person_signs(world: World) -> None:
    officer(world, "Name  PRESS", "press", "again", "coordinator")
    key = proposed(world)
    assert refused(world, "again", release=key) == "release"
    assert not Release.objects.exists()


def test_who_signs_is_told_and_sees_all_that_is_signed(world: World) -> None:
    key = proposed(world)
    today = world.client("coordinator").get("/").content.decode()
    assert "Release 1 waits for a second signature" in today
    assert "waits for a second signature" not in world.client("press").get("/").content.decode()
    page = world.client("coordinator").get(f"/figures/releases/{key}/sign/").content.decode()
    row = Proposal.objects.get()
    assert row.entry in page and "Sgt. Name press" in page
    for line in row.content["line"]:
        for number in (value for value in line.values() if isinstance(value, int) and value):
            assert re.search(rf"\b{number}\b", page)
    assert world.client("officer").get(f"/figures/releases/{key}/sign/").status_code == 404


def entries(world: World) -> list[Said]:
    from libertad.journal import reading
    from libertad.journal.sql import Sql

    opened_entries = [entry for _, entry in reading.open_entries(node(), reading.stored(Sql()))]
    return sorted(entry for entry in opened_entries if entry.verb.startswith("release."))


def outcome(entries: Sequence[Said]) -> tuple[str, bool]:
    release, signature = fold.outcome(entries)
    return (release.id if release else "", signature is not None)


def test_what_another_node_says_publishes_only_what_two_signed(world: World) -> None:
    """The fold itself, whatever an action would have refused: entries of a node that keeps to no rule."""
    key = proposed(world)
    world.perform("coordinator", sign_release, release=key)
    proposal, signature = entries(world)
    assert outcome([proposal, signature]) == (proposal.id, True)

    def by(entry: Said, **body: Any) -> Said:
        return entry._replace(body=msgspec.structs.replace(entry.body, **body))

    own = by(signature, officer=proposal.body.officer)
    assert outcome([proposal, own]) == (proposal.id, False), "who proposed it"
    later_proposal = by(proposal, after=(proposal.id,))._replace(id="f" * 64)
    knowing = by(signature, after=(later_proposal.id,))
    assert outcome([proposal, later_proposal, knowing]) == (later_proposal.id, False), (
        "a later proposal takes its place"
    )
    assert outcome([proposal, later_proposal, signature]) == (proposal.id, True), "signed before it was known"
    assert outcome([proposal, signature, later_proposal]) == (proposal.id, True), "it is out"
    shared = proposal._replace(content=msgspec.structs.replace(proposal.content, alone=False))
    assert outcome([shared, signature]) == (proposal.id, False), "another authority had to sign"
    foreign = by(signature, authority="e" * 32)
    assert outcome([shared, foreign]) == (proposal.id, True)
    assert outcome([signature]) == ("", False)


def test_rebuilding_gives_the_same_and_order_of_arrival_does_not_matter(world: World) -> None:
    key = proposed(world)
    proposed(world, release=key, day=4)
    world.perform("coordinator", sign_release, release=key)
    proposed(world, day=5)
    before = list(Release.objects.values()), list(Proposal.objects.values())
    rebuild(node())
    assert (list(Release.objects.values()), list(Proposal.objects.values())) == before
    release_entries = [entry for entry in entries(world) if entry.subject == key]
    assert len({outcome(sorted(order)) for order in permutations(release_entries)}) == 1


def test_who_proposed_is_not_what_the_database_says_alone(world: World) -> None:
    """A superuser of the database names another as its proposer: the proposer does not sign all the same."""
    key = proposed(world)
    coordinator = world.actor("coordinator")
    Proposal.objects.filter(pk=key).update(officer=coordinator.officer, authority=world.authorities["police"])
    with pytest.raises(RowChanged):
        world.perform("press", sign_release, release=key)
    assert not Release.objects.exists()


def test_a_release_that_says_nothing_new_is_not_proposed(world: World) -> None:
    key = proposed(world)
    with pytest.raises(Refused, match="waits for its signature") as why:
        proposed(world)
    assert why.value.field == "as_of"
    proposed(world, release=key)  # its own proposer says it again: signed anew
    world.perform("coordinator", sign_release, release=key)
    with pytest.raises(Refused, match="says just this"):
        proposed(world)
    proposed(world, day=4)


def test_what_has_no_decision_bears_another_name_than_what_officers_saw() -> None:
    assert words.decided("potential") != words.label("potential")
    assert words.decided("presumed") == words.label("presumed")


def test_what_was_signed_keeps_its_days_when_the_operation_s_are_changed(world: World) -> None:
    """A sentence that two accounts signed does not say tomorrow what nobody signed."""
    key = proposed(world, day=9)
    world.perform("coordinator", sign_release, release=key)
    client = world.client("press")
    pages = ("/figures/", "/figures/public/", f"/figures/releases/{key}/")
    for address in pages:
        assert "From 3 to 9 April 2018" in client.get(address).content.decode(), address
    operation = Operation.objects.get()
    world.perform(
        "coordinator",
        change_operation,
        name=operation.name,
        first_day="2018-04-03",
        last_day="2018-04-12",
        zone=operation.zone,
        country=operation.countries,
    )
    assert Operation.objects.get().last_day == "2018-04-12"
    for address in pages:
        text = client.get(address).content.decode()
        assert "From 3 to 9 April 2018" in text and "3 to 12 April" not in text, address


def test_a_sentence_tells_of_no_day_after_its_moment(world: World) -> None:
    """Whatever the plan says: a release as of the 5th tells nothing of the 6th."""
    key = proposed(world, day=5)
    press = world.client("press")
    assert "From 3 to 5 April 2018" in press.get(f"/figures/releases/{key}/sign/").content.decode()
    world.perform("coordinator", sign_release, release=key)
    for address in ("/figures/", "/figures/public/", f"/figures/releases/{key}/"):
        text = press.get(address).content.decode()
        assert "From 3 to 5 April 2018" in text and "9 April 2018, officers" not in text, address
    assert words.sentence(
        cuts.until(("2018-04-03", "2018-04-09"), world.at(3, 22).utc, "UTC"), (1, 1, 1)
    ) == ("On 3 April 2018, officers in 1 country met 1 potential victim of trafficking and made 1 arrest.")


def test_what_was_proposed_without_days_keeps_those_that_were_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 28 November 2026 a release told the operation's days whatever its moment, and was signed so."""

    def before(act: Act, as_of: datetime, block: str = "") -> dict[str, Any]:
        fields = release_fields(act, as_of, block)
        return {name: value for name, value in fields.items() if name not in ("first_day", "last_day")}

    monkeypatch.setattr("libertad.figures.actions.propose_release.release_fields", before)
    key = proposed(world, day=5)
    press = world.client("press")
    assert "From 3 to 9 April 2018" in press.get(f"/figures/releases/{key}/sign/").content.decode()
    world.perform("coordinator", sign_release, release=key)
    for address in ("/figures/", "/figures/public/", f"/figures/releases/{key}/"):
        assert "From 3 to 9 April 2018" in press.get(address).content.decode(), address


def test_the_days_of_a_proposal_are_those_that_are_published(world: World) -> None:
    """Whoever changes the operation's days in between changes nothing of what another account signs."""
    key = proposed(world, day=9)
    operation = Operation.objects.get()
    world.perform(
        "coordinator",
        change_operation,
        name=operation.name,
        first_day="2018-04-01",
        last_day="2018-04-08",
        zone=operation.zone,
        country=operation.countries,
    )
    press = world.client("press")
    assert "From 3 to 9 April 2018" in press.get(f"/figures/releases/{key}/sign/").content.decode()
    world.perform("coordinator", sign_release, release=key)
    for address in ("/figures/", "/figures/public/", f"/figures/releases/{key}/"):
        assert "From 3 to 9 April 2018" in press.get(address).content.decode(), address


@pytest.mark.parametrize(
    "days", [("2018-04", "2018-04-09"), ("2018-04-09", "2018-04-03"), ("2018-04-03", ""), ("", "2018-04-03")]
)
def test_days_that_make_no_sentence_are_in_no_proposal(days: tuple[str, str]) -> None:
    names = ("countries", "potential_victims", "presumed", "confirmed", "arrests", "sites", "hits")
    numbers: dict[str, Any] = dict.fromkeys(names, 1)
    numbers |= {"release_number": 1, "as_of": datetime(2018, 4, 9, tzinfo=UTC)}
    with pytest.raises(Refused):
        ReleasePropose(first_day=days[0], last_day=days[1], **numbers)
    ReleasePropose(**numbers)


def test_nothing_is_released_as_of_before_the_operation_began(world: World) -> None:
    with pytest.raises(Refused, match="before the operation's first day"):
        proposed(world, day=2)
    form = {"as_of_day": "1", "as_of_month": "3", "as_of_year": "2018", "as_of_time": "16:00"}
    page = world.client("press").post("/figures/releases/new/", form).content.decode()
    assert "this lies before the operation&#x27;s first day, 3 April 2018" in page
