"""Why odds are other than on the day a pair was found: each cause by itself, and on the page."""

from __future__ import annotations

import pytest
from django.test import Client

from libertad.access.acting import perform
from libertad.access.actor import itself
from libertad.hits import page, queries, reliability
from libertad.hits.actions.find_hit import find_hit
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.models import Hit
from libertad.hits.reliability import Curve
from libertad.hits.score_changes import changes
from libertad.hits.scoring import key
from libertad.vocabulary.verbs.hits import HitFound, Weight
from tests.hits.making import person, phone_lead, scored, the_hit, two_met
from tests.hits.test_screens import analyst as analyst
from tests.support.world import World


def curve(basis: str = "first", decided: int = 0, chance: float = 0.0) -> Curve:
    """Bits taken at their word, or one chance for all."""
    return Curve(lambda bits: chance or 1 / (1 + 2**-bits), basis, decided)


def weight(kind: str, bits: float, left: str = "a", how: str = "same") -> Weight:
    return Weight(kind=kind, bits=bits, left=left, right="b", how=how)


def score(weights: list[Weight], prior: float = -7.0) -> HitFound:
    bits = prior + sum(weight.bits for weight in weights)
    return HitFound(
        left="person:1", right="person:2", bits=bits, probability=1 / (1 + 2**-bits), weight=tuple(weights)
    )


def words_of_change(then: HitFound, now: HitFound, by: Curve | None = None) -> list[str]:
    return changes(then, then.weight, now, now.weight, by or curve())


NAME = weight("name", 8.0)


def test_where_nothing_changed_nothing_is_said() -> None:
    assert words_of_change(score([NAME]), score([NAME])) == []
    turned = Weight(kind="name", bits=8.0, left="b", right="a", how="same")
    assert words_of_change(score([NAME]), score([turned], prior=-7.02)) == []
    assert words_of_change(score([NAME]), score([weight("name", 8.0, left="written otherwise")])) == []


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        ([NAME], [NAME, weight("phone", 14.9)], "Phone number: compared since then, +14.9 bits."),
        ([NAME, weight("phone", 14.9)], [NAME], "Phone number: no longer compared; it was +14.9 bits."),
        (
            [NAME],
            [weight("name", -3.0, left="c", how="different")],
            "Name: what the records say, or how it is compared, has changed since: -3.0 bits instead of "
            "+8.0.",
        ),
        (
            [NAME],
            [weight("name", 7.5)],
            "The records say the same (Name), and it weighs otherwise by -0.5 bits: as rare as it is among "
            "the records here now, and as it is compared today.",
        ),
        (
            [NAME],
            [NAME, Weight(kind="kin", bits=-1.2)],
            "Relatives, and people taken together, have more of this in common: -1.2 bits.",
        ),
    ],
)
def test_each_change_of_the_bits_has_its_sentence(then: list[Weight], now: list[Weight], words: str) -> None:
    assert words_of_change(score(then), score(now)) == [words]


def test_more_records_make_any_two_one_person_more_seldom() -> None:
    [line] = words_of_change(score([NAME]), score([NAME], prior=-8.5))
    assert line == ("There are more records to compare with, so any two are of one more seldom: -1.5 bits.")
    [fewer] = words_of_change(score([NAME]), score([NAME], prior=-6.0))
    assert "fewer records" in fewer and "+1.0 bits" in fewer


def test_all_sentences_together_account_for_every_bit() -> None:
    then = score([NAME, weight("nationality", 1.4), weight("place", 2.0)])
    now = score(
        [
            weight("name", 7.0),
            weight("nationality", 1.0),
            weight("phone", 9.0),
            Weight(kind="kin", bits=-2.0),
        ],
        prior=-8.0,
    )
    lines = words_of_change(then, now)
    assert [line.split(":")[0] for line in lines] == [
        "Phone number",
        "Place",
        "Relatives, and people taken together, have more of this in common",
        "The records say the same (Name; Nationality), and it weighs otherwise by -1.4 bits",
        "There are more records to compare with, so any two are of one more seldom",
    ]
    assert now.bits - then.bits == pytest.approx(9.0 - 2.0 - 2.0 - 1.4 - 1.0)


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (curve("authority", 23, 0.5), "because such odds follow 23 decisions of your authority."),
        (curve("pair", 41, 0.5), "because such odds follow 41 decisions about hits with that authority."),
        (curve("own", 20, 0.5), "because such odds follow 20 decisions about hits between your own records."),
        (curve("first", 0, 0.5), "because such odds follow a measured curve, of this pair by itself."),
    ],
)
def test_a_curve_that_was_learnt_is_told_with_whose_decisions_it_is(by: Curve, words: str) -> None:
    then = score([NAME, weight("place", 2.0)])
    [line] = words_of_change(then, then, by)
    assert line == f"+3.0 bits were told as 8 to 1 for it; now they are even odds, {words}"


def test_a_pair_is_said_with_the_odds_that_its_page_tells_that_day(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three of one phone: each pair by itself, and by the decisions that stood."""
    people = [person(world, f"Ana {n}") for n in range(3)]
    scored(world)
    hit = the_hit(world, *(f"person:{person_id}" for person_id in people[:2]))
    hit_seen = queries.hit(world.actor("officer"), hit.pk)
    assert hit_seen is not None and hit_seen.probability == pytest.approx(hit.probability, abs=1e-5)
    assert page.since_found(world.actor("officer"), hit_seen) is None
    monkeypatch.setattr(reliability, "ENOUGH", 1)
    world.perform("officer", reject_hit, hit=hit.pk, reasons="Both were seen")
    four = person(world, "Eva 4")
    scored(world)
    later = the_hit(world, *(f"person:{person_id}" for person_id in (four, people[0])))
    assert later.bits == hit.bits and later.probability < hit.probability


def test_the_page_tells_then_and_now_and_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, hit = two_met(world)
    client = world.client("officer")
    before = client.get(f"/hits/{hit}/").content.decode()
    assert "over 1,000 to 1 for it, as reckoned that day." in before
    assert "over 1,000 to 1 for it, as reckoned now." in before and 'id="changed"' not in before
    monkeypatch.setattr(reliability, "ENOUGH", 1)
    lead = phone_lead(world)
    scored(world)
    world.perform(
        "officer", reject_hit, hit=the_hit(world, f"lead:{lead}", f"person:{first}").pk, reasons="Sold on"
    )
    after = client.get(f"/hits/{hit}/").content.decode()
    assert "over 1,000 to 1 for it, as reckoned that day." in after, "what was said stays as it was said"
    assert "as reckoned now. When it was found, on" in after and 'href="#changed"' in after
    assert "because such odds follow 1 decision about hits between your own records." in after
    assert "over 1,000 to 1 for it, as reckoned now" not in after and second


def test_who_may_read_one_record_alone_learns_kinds_and_no_values(world: World, analyst: Client) -> None:
    person_id, lead = person(world, "Yulimar Peña"), phone_lead(world)
    scored(world)
    hit = the_hit(world, f"lead:{lead}", f"person:{person_id}")
    left, right = key(f"lead:{lead}", f"person:{person_id}")
    news = [Weight(kind="document", bits=3.0, left="C1234567", right="C1234567", how="same")]
    node_itself = itself(world.authorities["police"], world.operation, "UTC")
    values = {"one": left, "two": right, "bits": 3.0, "probability": 0.9, "reasons": news}
    assert perform(node_itself, find_hit, **values)
    assert Hit.objects.get(pk=hit.pk).bits == 3.0
    kinds = "compared since then, +3.0 bits."
    told_both = world.client("officer").get(f"/hits/{hit.pk}/").content.decode()
    told_one = analyst.get(f"/hits/{hit.pk}/").content.decode()
    assert kinds in told_both and kinds in told_one and "not for your role" in told_one
    assert "C1234567" in told_both and "C1234567" not in told_one
