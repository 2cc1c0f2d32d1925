"""What is compared: words in plain letters, whatever a register holds."""

import doctest
import pkgutil
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.hits import matching
from libertad.hits.matching import calibration, packed_texts, text
from libertad.hits.matching.spelling import fold, sound


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(text).failed == 0


def test_controls_of_width_and_direction_change_nothing() -> None:
    assert text.normalise_text("Yu\u200blimar\u202e \ufeffPeña") == "yulimar pena"


def test_scripts_are_written_in_latin_letters() -> None:
    assert text.tokens("习近平") == ("xi", "jin", "ping")
    assert text.tokens("Александр Иванов") == ("aleksandr", "ivanov")


@pytest.mark.parametrize("mark", ["'", "’", "‘", "ʼ", "`", "´"])
def test_an_apostrophe_parts_no_name_whichever_key_it_was(mark: str) -> None:
    assert text.normalise_text(f"N{mark}Diaye") == "ndiaye"
    assert text.normalise_texts([f"N{mark}Diaye Sène"] * 9) == ["ndiaye sene"] * 9


def test_particles_and_titles_go_unless_nothing_else_is_left() -> None:
    assert text.tokens("Dra. María de la Cruz Peña") == ("maria", "cruz", "pena")
    assert text.tokens("de la") == ("de", "la")


def test_a_letter_may_be_an_initial() -> None:
    assert text.tokens("D. Browne") == ("d", "browne")


@pytest.mark.parametrize("said", ["", "  ", "N/A", "XXXXXXX", "0000000", "1234567", "Desconocido", "---"])
def test_a_placeholder_says_nothing(said: str) -> None:
    assert text.empty(said) and text.value_of("document", said) == ""


def test_a_phone_is_the_same_with_zeros_or_a_plus_before_its_country() -> None:
    numbers = [
        text.value_of("phone", number) for number in ("+592 600-1234", "00592 6001234", "000 0000", "12")
    ]
    assert numbers == ["5926001234", "5926001234", "", ""]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_becomes_plain_words(said: str) -> None:
    plain = text.normalise_text(said)
    assert plain == "" or set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert len(text.tokens(said)) <= text.MOST


def test_a_name_of_four_thousand_letters_is_cut() -> None:
    assert len(text.normalise_text("á" * 4000)) <= text.LONGEST
    assert len(text.tokens("Ana " * 1000)) == text.MOST


ODD = [
    "",
    " ",
    "Ana",
    "ana  ruiz",
    " ana ",
    "O'Neill",
    "d’Abreu",
    "PolPot 李",
    "习近平",
    "김정은",
    "LiMing",
    "ﬁn ﷽",
    "n\u0303andu",
    "a\nb",
    "a\tb",
    "Yu\u200blimar",
    "محمد علي",
    "Александр",
    "x" * 250,
    "Ünlü" * 90,
    "\u2028",
    "N/A",
    "0000000",
    "+592 600-1234",
    "GY:R01-23",
    "\x00",
    "ÆØ ß",
    "Maria-José",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(ODD) | st.text(max_size=40), max_size=12))
def test_many_texts_become_what_each_becomes(said: list[str]) -> None:
    assert text.normalise_texts(said) == [text.normalise_text(value) for value in said]
    assert text.tokens_of(said) == [text.tokens(value) for value in said]
    for kind in ("document", "phone", "place", "handle"):
        assert text.values_of(kind, said) == [text.value_of(kind, value) for value in said]


def test_words_are_parted_by_one_blank_however_they_were_written() -> None:
    assert text.normalise_text("ana   ruiz ") == text.normalise_text("Ana Ruiz") == "ana ruiz"


def test_a_country_whose_code_is_one_letter_twice_is_no_placeholder() -> None:
    assert text.values_of("nationality", ["TT", "bb", "XX"]) == ["tt", "bb", ""]
    assert text.value_of("document", "TT") == ""


@settings(deadline=None)
@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_fold_is_sound_made_quick(word: str) -> None:
    assert fold(word) == sound(word)


def remembering() -> list[Any]:
    """Whatever of the kernel remembers a number of answers; not what it reads once from its data files."""
    names = [module.name for module in pkgutil.iter_modules(matching.__path__)]
    attributes = [
        value for name in names for value in vars(import_module(f"{matching.__name__}.{name}")).values()
    ]
    caches = {id(cache): cache for cache in attributes if hasattr(cache, "cache_parameters")}.values()
    return [memo for memo in caches if memo.cache_parameters()["maxsize"] and memo is not calibration.first]


def test_words_looked_at_lately_are_let_go_of_for_an_erasure() -> None:
    text.tokens("Xiomarys Quintanilla")
    sound("quintanilla")
    text.empty("quintanilla")
    text.skeleton(fold("quintanilla"))
    packed_texts.codes("quintanilla")
    caches = remembering()
    assert len(caches) > 5 and all(cache.cache_info().currsize for cache in caches), (
        "one that this test misses"
    )
    text.forget()
    assert not any(cache.cache_info().currsize for cache in caches)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("VE", "ve"),
        ("ven", "ve"),
        ("Venezuela", "ve"),
        ("venezolana", "ve"),
        ("Vénézuélienne", "ve"),
        ("Trinidad & Tobago", "tt"),
        ("Haïtien", "ht"),
        ("Dominican", "dominican"),
        ("TT", "tt"),
        ("Martian", "martian"),
        ("XX", ""),
        ("N/A", ""),
    ],
)
def test_a_nationality_is_compared_by_its_countrys_code(said: str, code: str) -> None:
    assert text.value_of("nationality", said) == code
    assert text.values_of("nationality", ["JM", said]) == ["jm", code]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("dominicana", "do"),
        ("Dominicaine", "do"),
        ("trinitense", "tt"),
        ("Guyanaise", "gf"),
        ("中国", "cn"),
        ("中國", "cn"),
        ("الصين", "cn"),
        ("فنزويلا", "ve"),
        ("غيانا", "gy"),
        ("हैती", "ht"),
        ("Гайана", "gy"),
        ("Dominican", "dominican"),
        ("Dominiquaise", "dm"),
    ],
)
def test_a_nationality_is_known_in_the_languages_of_who_writes_it(said: str, code: str) -> None:
    assert text.value_of("nationality", said) == code


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("GY R0183456", "GY:R0183456"),
        ("GUY R0183456", "GY:R0183456"),
        ("guy r-018 3456", "GY:R0183456"),
        ("VEN 12845671", "VE:12845671"),
        ("GY:R0183456", "GY:R0183456"),
        ("PA 123456", "PA123456"),
        ("XQ R0183456", "XQR0183456"),
        ("R0183456", "R0183456"),
        ("GUY", "GUY"),
    ],
)
def test_a_document_may_have_its_country_before_it_however_it_is_written(said: str, value: str) -> None:
    assert text.value_of("document", said) == value
    assert text.bare("document", said) == value.rpartition(":")[2]
