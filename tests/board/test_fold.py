"""The feed's rows do not depend on the order in which entries arrive."""

from __future__ import annotations

from libertad.board.fold import LINES
from libertad.board.models import Live
from libertad.evidence.actions.seize import seize
from libertad.operations.actions.check_in import check_in
from libertad.people.actions.meet_person import meet_person
from libertad.vocabulary.body import VERBS
from tests.operations.making import a_site, a_team
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_the_feed_is_a_function_of_the_set_of_entries(world: World) -> None:
    team = a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    world.perform("officer", meet_person, country="GY", seen_as="potential-victim", happened=world.at(5, 12))
    world.perform("officer", seize, country="GY", kind="mobile-phone", description="A phone.")
    assert_order_free(world)


def test_each_entry_has_at_most_one_line_and_it_is_its_own(world: World) -> None:
    a_site(world)
    world.perform("officer", meet_person, country="GY", seen_as="potential-victim", happened=world.at(5, 12))
    verbs = list(Live.objects.order_by("verb").values_list("verb", flat=True))
    # The meeting is the line; that the officer saw a potential victim is not a second one.
    assert verbs == ["site.register", "tally.person"]
    assert all(len(row.pk) == 64 for row in Live.objects.all())


def test_every_field_of_a_line_is_a_field_of_its_verb() -> None:
    for verb, line in LINES.items():
        assert set(line.fields) <= set(VERBS[verb].__struct_fields__)
