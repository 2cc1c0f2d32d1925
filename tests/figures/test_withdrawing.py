"""A proposed release is taken back before it is signed: with a reason, and both words stay to be seen."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import msgspec
import pytest

from libertad.access.acting import Forbidden
from libertad.figures import fold
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.actions.withdraw_release import withdraw_release
from libertad.figures.models import Proposal, Release, WithdrawnProposal
from libertad.journal.causal import Standing
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.vocabulary.values import Refused
from tests.figures.test_signing import entries, officer, proposed, refused
from tests.support.world import World

WHY = "The count of Thursday is missing."


def withdraw(world: World, key: str, role: str = "press", **overrides: str) -> str:
    row = Proposal.objects.filter(pk=key).first()
    values = {"proposal": row.entry if row else "0" * 64, "reasons": WHY} | overrides
    return str(world.perform(role, withdraw_release, release=key, **values))


def test_the_proposer_withdraws_through_the_pages_and_everybody_reads_why(world: World) -> None:
    key = proposed(world)
    client = world.client("press")
    page = client.get(f"/figures/releases/{key}/sign/").content.decode()
    assert f"/figures/releases/{key}/withdraw/" in page
    form = client.get(f"/figures/releases/{key}/withdraw/").content.decode()
    entry = Proposal.objects.get().entry
    assert entry in form and "its number is not given again" in form
    empty = client.post(f"/figures/releases/{key}/withdraw/", {"proposal": entry, "reasons": " "})
    assert empty.status_code == 422 and Proposal.objects.exists()
    done = client.post(f"/figures/releases/{key}/withdraw/", {"proposal": entry, "reasons": WHY}, follow=True)
    withdrawn_page = done.content.decode()
    assert (
        WHY in withdrawn_page
        and "Withdrawn by Sgt. Name press" in withdrawn_page
        and "What was proposed" in withdrawn_page
    )
    assert not Proposal.objects.exists() and not Release.objects.exists()
    for role in ("coordinator", "analyst", "officer", "caseworker"):
        assert WHY in world.client(role).get("/figures/").content.decode(), role
        assert WHY in world.client(role).get(f"/figures/releases/{key}/").content.decode(), role
    assert "waits for a second signature" not in world.client("coordinator").get("/").content.decode()
    again = world.client("coordinator").get(f"/figures/releases/{key}/sign/")
    assert again.status_code == 302 and again["Location"] == f"/figures/releases/{key}/"


def test_the_proposer_finds_what_waits_on_today_and_in_the_figures(world: World) -> None:
    key = proposed(world)
    line = "Release 1, which you proposed, waits for another to sign it"
    today = world.client("press").get("/").content.decode()
    assert line in today and f"/figures/releases/{key}/sign/" in today
    assert line not in world.client("coordinator").get("/").content.decode()
    assert f"/figures/releases/{key}/sign/" in world.client("press").get("/figures/").content.decode()
    withdraw(world, key)
    assert line not in world.client("press").get("/").content.decode()


def test_what_was_withdrawn_is_signed_no_more_and_can_be_proposed_anew(world: World) -> None:
    key = proposed(world)
    withdraw(world, key)
    assert refused(world, "coordinator", release=key) == "release"
    with pytest.raises(Refused):
        withdraw(world, key)
    with pytest.raises(Refused):
        proposed(world, release=key)
    new_proposal = proposed(world)
    assert Proposal.objects.get(pk=new_proposal).number == 2
    world.perform("coordinator", sign_release, release=new_proposal)
    with pytest.raises(Refused, match="published"):
        withdraw(world, new_proposal)
    assert Release.objects.get().number == 2 and WithdrawnProposal.objects.get().number == 1
    rebuild(node())
    assert Release.objects.get().number == 2 and WithdrawnProposal.objects.get().number == 1


def test_only_the_authority_that_proposed_it_withdraws_and_only_what_was_read(world: World) -> None:
    officer(world, "P. Persaud", "press", "other-press", "administrator")
    key = proposed(world)
    with pytest.raises(Refused, match="another authority"):
        withdraw(world, key, "other-press")
    assert world.client("other-press").get(f"/figures/releases/{key}/withdraw/").status_code == 404
    with pytest.raises(Forbidden):
        withdraw(world, key, "analyst")
    read = Proposal.objects.get().entry
    world.perform("press", propose_release, as_of=world.at(4, 22).utc, release=key)
    with pytest.raises(Refused, match="changed since"):
        withdraw(world, key, proposal=read)
    withdraw(world, key, "coordinator")  # an officer of the same authority, whose role may
    assert not Proposal.objects.exists()


def test_words_that_cross_publish_what_was_signed_and_no_order_of_arrival_counts(world: World) -> None:
    """The fold itself, of entries of a node that keeps to no rule."""
    key = proposed(world)
    withdraw(world, key)
    proposal, withdrawal = entries(world)
    world.perform("press", propose_release, as_of=world.at(4, 22).utc)
    other_release = next(iter(Proposal.objects.values_list("pk", flat=True)))
    world.perform("coordinator", sign_release, release=other_release)
    template = next(entry for entry in entries(world) if entry.verb == "release.sign")

    def sign(after: tuple[str, ...]) -> Any:
        content = msgspec.structs.replace(template.content, proposal=proposal.id)
        body = msgspec.structs.replace(template.body, subject=proposal.subject, after=after)
        return template._replace(body=body, content=content, id="e" * 64)

    def out(*release_entries: Any) -> set[bool]:
        return {fold.outcome(Standing(order))[1] is not None for order in permutations(release_entries)}

    assert out(proposal, withdrawal, sign((proposal.id,))) == {True}, "neither knew the other: it is out"
    assert out(proposal, withdrawal, sign((withdrawal.id,))) == {False}, "signed in knowledge of it"
    foreign = withdrawal._replace(body=msgspec.structs.replace(withdrawal.body, authority="f" * 32))
    assert out(proposal, foreign, sign((foreign.id,))) == {True}, "another authority withdraws nothing"
    assert fold.withdrawals([proposal, foreign], proposal) == []
