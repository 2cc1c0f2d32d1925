"""Rules of spelling: each makes its examples one, is needed for it, and other names stay others."""

from __future__ import annotations

import pytest

from libertad.hits.matching import spelling
from libertad.hits.matching.spelling import Rule, fold, holding, rules, sound, sounded


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.pattern.pattern)
def test_the_examples_of_a_rule_sound_alike_in_each_of_its_languages(rule: Rule) -> None:
    for language in rule.languages:
        for left, right in rule.like:
            assert sound(left, language) == sound(right, language), language


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.pattern.pattern)
def test_no_rule_is_idle(rule: Rule) -> None:
    """Without the rule at least one of its examples falls apart."""
    left_out = [
        sounded(left, rest, language == "any") != sounded(right, rest, language == "any")
        for language in rule.languages
        for rest in [[candidate for candidate in holding((language,)) if candidate is not rule]]
        for left, right in rule.like
    ]
    assert any(left_out)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Pérez", "Páez"),
        ("Marta", "María"),
        ("Ramírez", "Ramos"),
        ("Mohamed", "Mahadeo"),
        ("Persaud", "Paul"),
        ("Martínez", "Martín"),
        ("Silva", "Salva"),
        ("Castro", "Castillo"),
        ("Díaz", "Dias Costa"),
        ("Zhang", "Yang"),
        ("Wang", "Huang"),
        ("Zhou", "Xu"),
        ("Chen", "Shen"),
        ("Zhao", "Yao"),
        ("Guan", "Wan"),
        ("Hu", "Hou"),
        ("Wong", "Wang"),
        ("Chen", "Chang"),
        ("Robert", "Roberta"),
        ("Pinas", "Pina"),
    ],
)
def test_other_names_stay_others(left: str, right: str) -> None:
    assert sound(left) != sound(right)


@pytest.mark.parametrize(
    ("name", "key"), [("", ""), ("  ", ""), ("李", "li"), ("M'Bala", "mbala"), ("X", "x")]
)
def test_whatever_a_register_holds_has_a_key(name: str, key: str) -> None:
    assert sound(name) == key


def test_a_language_s_own_rules_do_not_leak_into_the_common_key() -> None:
    assert sound("Robert") != sound("Wobè")
    assert sound("Robert", "ht") == sound("Wobè", "ht")
    assert {"es", "pt", "fr", "ht", "nl", "srn", "pap", "hi", "jv"} <= spelling.languages()


def test_the_key_of_a_key_is_itself_for_plain_names() -> None:
    for name in ("gonsales", "ramos", "marta"):
        assert sound(name) == name


def test_a_plain_word_is_folded_as_it_sounds() -> None:
    for name in ("gonzalez", "xiomara", "zhang", "persaud", "schmidt", "x", "ouedraogo"):
        assert fold(name) == sound(name)
