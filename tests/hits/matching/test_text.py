"""What is compared: words in plain letters, whatever a register holds."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.hits.matching import text
from libertad.hits.matching.spelling import fold, forget, sound


def test_the_examples_of_the_docstrings_hold() -> None:
    assert doctest.testmod(text).failed == 0


def test_controls_of_width_and_direction_change_nothing() -> None:
    assert text.plain("Yu\u200blimar\u202e \ufeffPeña") == "yulimar pena"


def test_scripts_are_written_in_latin_letters() -> None:
    assert text.tokens("习近平") == ("xi", "jin", "ping")
    assert text.tokens("Александр Иванов") == ("aleksandr", "ivanov")


def test_particles_and_titles_go_unless_nothing_else_is_left() -> None:
    assert text.tokens("Dra. María de la Cruz Peña") == ("maria", "cruz", "pena")
    assert text.tokens("de la") == ("de", "la")


def test_a_letter_may_be_an_initial() -> None:
    assert text.tokens("D. Browne") == ("d", "browne")


@pytest.mark.parametrize("said", ["", "  ", "N/A", "XXXXXXX", "0000000", "1234567", "Desconocido", "---"])
def test_a_placeholder_says_nothing(said: str) -> None:
    assert text.empty(said) and text.number(said) == ""


def test_a_phone_is_the_same_with_zeros_or_a_plus_before_its_country() -> None:
    assert text.phone("+592 600-1234") == text.phone("00592 6001234") == "5926001234"
    assert text.phone("000 0000") == text.phone("12") == ""


@given(st.text(max_size=300))
def test_any_text_becomes_plain_words(said: str) -> None:
    plain = text.plain(said)
    assert plain == "" or set(plain) <= set("abcdefghijklmnopqrstuvwxyz0123456789 ")
    assert len(text.tokens(said)) <= text.MOST


def test_a_name_of_four_thousand_letters_is_cut() -> None:
    assert len(text.plain("á" * 4000)) <= text.LONGEST
    assert len(text.tokens("Ana " * 1000)) == text.MOST


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_fold_is_sound_made_quick(word: str) -> None:
    assert fold(word) == sound(word)


def test_words_looked_at_lately_are_let_go_of_for_an_erasure() -> None:
    text.tokens("Xiomarys Quintanilla")
    fold("quintanilla")
    assert text.plain.cache_info().currsize and fold.cache_info().currsize
    forget()
    assert not any(kept.cache_info().currsize for kept in (text.plain, text.empty, fold, sound))
