from __future__ import annotations

from collections import Counter
from itertools import chain

import msgspec
import pytest

from libertad.vocabulary import rules
from libertad.vocabulary.codelists import UnknownCode, codelist
from libertad.vocabulary.rules import Result, evaluate, rule_set
from libertad.vocabulary.values import Answer

EC = "ilo-ec-2009-labour-adults"


def yes(*codes: str) -> list[Answer]:
    return [Answer(indicator=code, answer="yes") for code in codes]


def of(dimension: str, **weights: int) -> list[str]:
    codes_found = []
    for weight, number in weights.items():
        codes = [
            c
            for c, indicator in rule_set(EC).dimensions[dimension].indicators.items()
            if indicator.weight == weight
        ]
        assert len(codes) >= number
        codes_found += codes[:number]
    return codes_found


def test_the_labour_set_has_67_indicators_in_six_dimensions_with_the_published_weights() -> None:
    count = {
        name: Counter(indicator.weight for indicator in part.indicators.values())
        for name, part in rule_set(EC).dimensions.items()
    }
    assert {n: (c["strong"], c["medium"], c["weak"]) for n, c in count.items()} == {
        "deceptive-recruitment": (1, 8, 1),
        "coercive-recruitment": (1, 9, 0),
        "recruitment-by-abuse-of-vulnerability": (0, 14, 2),
        "exploitation": (1, 7, 1),
        "coercion-at-destination": (4, 10, 1),
        "abuse-of-vulnerability-at-destination": (0, 5, 2),
    }
    assert len(rule_set(EC).indicators()) == 67


def test_the_labour_set_and_its_two_doubtful_indicators_are_marked_unconfirmed() -> None:
    assert rule_set(EC).status == "unconfirmed"
    assert [c for c, indicator in rule_set(EC).indicators().items() if not indicator.confirmed] == [
        "recruitment-by-abuse-of-vulnerability-difficulties-in-the-past",
        "recruitment-by-abuse-of-vulnerability-difficulty-of-organising-the-travel",
    ]
    assert "not confirmed" in evaluate(EC, [], child=False).suggestion


@pytest.mark.parametrize(
    ("weights", "positive"),
    [
        ({"strong": 2}, True),
        ({"strong": 1, "medium": 1}, True),
        ({"strong": 1, "weak": 1}, True),
        ({"medium": 3}, True),
        ({"medium": 2, "weak": 1}, True),
        ({"strong": 1}, False),
        ({"medium": 2}, False),
        ({"medium": 1, "weak": 1}, False),
        ({"weak": 1}, False),
        ({}, False),
    ],
)
def test_a_dimension_is_positive_by_the_published_counts(weights: dict[str, int], positive: bool) -> None:
    result = evaluate(EC, yes(*of("coercion-at-destination", **weights)), child=False)
    assert (result.positive == ("coercion-at-destination",)) is positive


@pytest.mark.parametrize("recruitment", ["deceptive-recruitment", "coercive-recruitment"])
def test_an_adult_needs_recruitment_exploitation_and_coercion(recruitment: str) -> None:
    three = [of(name, medium=3) for name in (recruitment, "exploitation", "coercion-at-destination")]
    assert evaluate(EC, yes(*chain(*three)), child=False).reached
    for absent in range(3):
        rest = [codes for at, codes in enumerate(three) if at != absent]
        assert not evaluate(EC, yes(*chain(*rest)), child=False).reached


def test_for_a_child_means_are_not_required_and_the_words_say_so() -> None:
    answers = yes(*of("exploitation", medium=3))
    assert not evaluate(EC, answers, child=False).reached
    result = evaluate(EC, answers, child=True)
    assert result.reached and "means are not required" in result.suggestion
    assert not evaluate(EC, yes(*of("coercion-at-destination", strong=2)), child=True).reached


@pytest.mark.parametrize("answer", ["no", "not-known", "refused"])
def test_no_not_known_and_refused_change_nothing(answer: str) -> None:
    answers = yes(*of("exploitation", medium=3))
    negative = [Answer(indicator=code, answer=answer) for code in rule_set(EC).indicators()]
    assert evaluate(EC, answers, child=False) == evaluate(EC, answers + negative, child=False)
    assert "not evidence against" in evaluate(EC, negative, child=False).suggestion


def test_a_single_one_of_the_eleven_may_suggest_forced_labour() -> None:
    assert set(rule_set("ilo-11").indicators()) == set(codelist("indicators-ilo-11"))
    result = evaluate("ilo-11", yes("debt-bondage"), child=False)
    assert result.reached and result.suggestion.startswith("May suggest forced labour. 1 of 11")


def test_a_result_names_rule_set_and_version_and_decides_nothing() -> None:
    result = evaluate(EC, [], child=False)
    assert (result.rule_set, result.version) == (EC, rule_set(EC).version)
    assert result.suggestion.endswith("A person decides.")
    assert not {"decision", "decided", "outcome", "confirmed"} & {
        f.name for f in msgspec.structs.fields(Result)
    }


def test_an_unknown_indicator_or_rule_set_is_refused_naming_the_field() -> None:
    with pytest.raises(UnknownCode) as why:
        evaluate(EC, yes("hunch"), child=False)
    assert why.value.field == "indicator" and EC in why.value.rule
    for name in ("hunch", "profiles", "../zones"):
        with pytest.raises(UnknownCode):
            rule_set(name)


def test_profiles_that_could_not_be_sourced_ship_nothing() -> None:
    assert {name for name, sets in rules.profiles().items() if not sets} == {
        "labour-children",
        "sexual-exploitation-adults",
        "sexual-exploitation-children",
    }
    assert {name for sets in rules.profiles().values() for name in sets} == set(rules.rule_sets())
