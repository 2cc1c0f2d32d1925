"""What Splink learnt is read back level by level, and refused where it cannot be."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from libertad.hits.beside import learning
from libertad.hits.beside.columns import COLUMNS
from libertad.hits.beside.settings import BY_END, ELSEWHERE, Senseless, settings
from libertad.hits.matching import model_file
from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import OWN, Model
from libertad.hits.matching.model_file import WORDS, Trained

MANY, RANDOM = 1e9, 1e9  # so many that what is believed beforehand counts for nothing
FILLED = dict.fromkeys(COLUMNS, 1.0)
KNOWN = {"given", "family", "birth", "sex", "document", "phone"}


def learnt(**shares: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """Settings after learning: those of the usual model, but for what is told as (m, u) by level."""
    splink_settings = deepcopy(settings(Model(), set(COLUMNS), 0.01, True))
    for comparison in splink_settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                level.setdefault("u_probability", 1e-3)
                probabilities = shares.get(comparison["output_column_name"], {}).get(
                    level["label_for_charts"]
                )
                if probabilities is not None:
                    level["m_probability"], level["u_probability"] = probabilities
    return splink_settings


def modelled(splink_settings: dict[str, Any], known: set[str] = KNOWN, many: float = MANY) -> Model:
    return learning.modelled(Model(), splink_settings, known, FILLED, many, RANDOM)


def test_each_level_is_read_back_as_what_it_is() -> None:
    m = (0.4, 0.05, 0.05, 0.02, 0.28, 0.05, 0.05, 0.05, 0.05)
    u = (1e-5, 1e-4, 1e-3, 2e-3, 0.02, 0.03, 0.1, 0.2, 0.65)
    births = dict(zip(WORDS[Born].values(), zip(m, u, strict=True), strict=True))
    birth = modelled(learnt(birth=births)).fields["birth"]
    assert birth.m == pytest.approx(m)
    # A value's own stays its own.
    assert birth.u == pytest.approx([OWN, 1e-4, 1e-3, 2e-3, OWN, 0.03, 0.1, 0.2, 0.65])


def test_a_field_that_was_not_learnt_stays_as_usual() -> None:
    usual = Model()
    model = modelled(learnt(birth={WORDS[Born][Born.SAME]: (0.1, 0.5)}), KNOWN - {"birth"})
    assert model.fields["birth"] is usual.fields["birth"] and model.fields["vessel"] is usual.fields["vessel"]
    assert modelled(learnt(), {"birth"}).names is usual.names


def test_words_in_another_place_and_ends_of_numbers_count_as_the_same() -> None:
    same, different = WORDS[How][How.SAME], WORDS[How][How.DIFFERENT]
    parts = {same: (0.5, 1e-3), ELSEWHERE: (0.2, 1e-3), different: (0.3, 0.99)}
    none = {label: (0.0, 1e-4) for label in WORDS[How].values() if label not in parts}
    names = modelled(learnt(given=parts | none, family=parts | none)).names
    assert names.m[[How.SAME, How.DIFFERENT]] == pytest.approx([0.7, 0.3], abs=1e-4)
    assert names.m[How.INITIAL] == Model().names.m[How.INITIAL]  # that of a letter, given that there is one
    phone = {
        WORDS[Alike][Alike.SAME]: (0.4, 1e-5),
        BY_END: (0.3, 1e-5),
        WORDS[Alike][Alike.DIFFERENT]: (0.3, 0.9),
    }
    phone |= {WORDS[Alike][way]: (0.0, 1e-5) for way in (Alike.CLOSE, Alike.PART)}
    assert modelled(learnt(phone=phone)).fields["phone"].m[Alike.SAME] == pytest.approx(0.7, abs=1e-4)


def test_names_that_are_said_more_often_count_more() -> None:
    same, different = WORDS[How][How.SAME], WORDS[How][How.DIFFERENT]
    none = dict.fromkeys((*WORDS[How].values(), ELSEWHERE), (0.0, 0.0001))
    splink_settings = learnt(
        given=none | {same: (1.0, 0.1), different: (0.0, 0.9)},
        family=none | {same: (0.0, 0.1), different: (1.0, 0.9)},
    )
    filled = FILLED | {"given": 0.9, "family": 0.1}
    names = learning.modelled(Model(), splink_settings, {"given", "family"}, filled, MANY, RANDOM).names
    assert names.m[[How.SAME, How.DIFFERENT]] == pytest.approx([0.9, 0.1], abs=1e-3)


def test_few_pairs_change_little() -> None:
    births = dict.fromkeys(WORDS[Born].values(), (0.0, 0.001)) | {WORDS[Born][Born.DIFFERENT]: (1.0, 0.9)}
    usual, cautious = Model().fields["birth"], modelled(learnt(birth=births), many=10).fields["birth"]
    assert cautious.m[Born.SAME] == pytest.approx(usual.m[Born.SAME] * 100 / 110)
    assert cautious.m.min() > 0


def test_what_was_read_back_is_a_model_that_can_be_kept(tmp_path: Path) -> None:
    model = modelled(learnt())
    learning.sensible(model, KNOWN, 500)
    model_file.write(tmp_path / "m.json", Trained(model, 0.5, 3.0, 100, 1000))
    assert model_file.read(tmp_path / "m.json").model.names.m == pytest.approx(model.names.m)


@pytest.mark.parametrize(
    ("shares", "many", "words"),
    [
        ({}, 3.0, "too few"),
        ({"birth": {WORDS[Born][Born.DIFFERENT]: (5.0, 0.1)}}, 500.0, "birth: .* speak for one person"),
        ({"sex": {WORDS[Alike][Alike.DIFFERENT]: (5.0, 0.99)}}, 500.0, "sex: .* more often than agree"),
        ({"document": {WORDS[Alike][Alike.SAME]: (float("nan"), 0.1)}}, 500.0, "document: .* no numbers"),
    ],
)
def test_what_makes_no_sense_is_refused(shares: Any, many: float, words: str) -> None:
    with pytest.raises(Senseless, match=words):
        learning.sensible(modelled(learnt(**shares)), KNOWN, many)


def test_only_what_shares_no_column_with_a_rule_is_learnt_from_it() -> None:
    splink_settings = learnt()
    names = learning.learnt_from(
        splink_settings, ["l.given_sound = r.given_sound and l.family_sound = r.family_sound"]
    )
    assert names.isdisjoint({"given", "family"}) and {"birth", "phone", "family2"} <= names
    birth = learning.learnt_from(splink_settings, ["l.born = r.born"])
    assert "birth" not in birth and {"given", "family2", "sex"} <= birth


def test_how_many_are_of_one_person_agrees_with_their_chances() -> None:
    """100 pairs whose evidence is overwhelming among a thousand that nothing speaks for."""
    chance, total = 0.01, 100_000
    prior = np.log2(chance / (1 - chance))
    bits = np.concatenate([np.full(100, 60.0), np.full(1000, -40.0)]) + prior
    assert learning.matches(bits, chance, total, (1000, 100)) == pytest.approx(100, rel=0.01)
    assert learning.matches(bits, chance, total, (1000, 20)) == 40  # nobody is more than twice in the other


def test_all_is_opened_for_learning_but_initials() -> None:
    for comparison in learning.unfix_parameters(settings(Model(), set(COLUMNS), 0.01, True))["comparisons"]:
        for level in comparison["comparison_levels"]:
            assert "u_probability" not in level and "fix_u_probability" not in level
            if not level.get("is_null_level"):
                initial = level["label_for_charts"] == WORDS[How][How.INITIAL]
                assert level["fix_m_probability"] == initial
