"""The field app's forms are the vocabulary's: made from it, and of verbs that an officer may say."""

from __future__ import annotations

import json

import pytest

from libertad.access.matrix import matrix
from libertad.vocabulary import yamlfile
from libertad.vocabulary.body import VERBS, Verb, build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.on_site import HeadcountExplain, HeadcountRecord
from libertad.vocabulary.verbs.operations import VisitRecord
from tools import field_forms
from tools.field_probing import Prober, Rule

LISTED = yamlfile.read(field_forms.VERBS)
FORMS = json.loads(field_forms.FORMS.read_text(encoding="utf-8"))


def test_the_forms_on_file_are_those_of_the_vocabulary_today() -> None:
    for path, text in field_forms.write().items():
        assert path.read_text(encoding="utf-8") == text, "python -m tools.field_forms"


@pytest.mark.parametrize("verb", LISTED)
def test_a_phone_says_only_what_an_officer_may_say(verb: str) -> None:
    right = matrix().entries[verb]
    assert "officer" in right.say
    assert "" not in VERBS[verb].RETIRED


@pytest.mark.parametrize("verb", LISTED)
def test_what_an_officer_fills_in_has_its_words(verb: str) -> None:
    """Of a field with its own words on the node's form, they are the app's too."""
    labels = {field["name"]: field.get("label") for field in FORMS["verbs"][verb]["fields"]}
    form = field_forms.words(LISTED[verb])
    assert {name: str(form[name].label) for name in labels if name in form and form[name].label} == {
        name: label for name, label in labels.items() if label
    }
    assert not LISTED[verb] or any(labels.values())


def test_each_rule_is_one_that_the_struct_keeps() -> None:
    """Each is tried where nothing else is wrong."""
    for verb in LISTED:
        prober = Prober(VERBS[verb])
        solved = {(name, code): values for name, code, values in prober.solved}
        for rule in prober.rules():
            if rule.code is None:
                continue
            values = solved[rule.field, rule.code]
            if rule.must == "filled":
                assert prober._emptied(values, rule.target), (verb, rule)
            else:
                assert prober._refused(values, rule.target), (verb, rule)


def test_rules_are_found_in_check_and_follow_it() -> None:
    """Nobody writes a rule again: another `check` gives another."""
    message = "nobody was found, so the number is 0"
    rule = Rule("outcome", "found-empty", "people", "empty", message)
    assert rule in Prober(VisitRecord).rules()

    class Lenient(VisitRecord, frozen=True, kw_only=True):
        def check(self) -> None:
            if len(self.note) > 7:
                raise Refused("note", "too long")

    prober = Prober(Lenient)
    assert prober.rules() == [] and prober.longest("note") == 7 and prober.needed("outcome") == ""


def test_where_one_of_several_is_asked_for_none_of_them_is_needed() -> None:
    """A phone would otherwise refuse an explanation that the node takes."""
    prober = Prober(HeadcountExplain)
    assert {name for name in prober.fields if prober.needed(name)} == set()
    assert {name for name in Prober(HeadcountRecord).fields if Prober(HeadcountRecord).needed(name)} == {
        "site",
        "team",
    }
    assert Rule("other", None, "note", "filled", "say what else explains it") in prober.rules()


def test_bounds_are_the_last_that_are_taken() -> None:
    prober = Prober(VisitRecord)
    assert prober.bounds("days_a_week") == {"least": 1, "most": 7}
    assert prober.bounds("hours_a_day") == {"above": 0, "most": 24}
    assert prober.bounds("living_space_m2") == {"above": 0, "below": 100_000}
    for hours, valid in ((24, True), (24.5, False), (0.25, True), (0, False)):
        why = prober.refusal(prober.base | {"hours_a_day": hours})
        assert (why is None) == valid


def test_a_verb_that_takes_nothing_is_told() -> None:
    class Closed(Verb, frozen=True, kw_only=True):
        words: str

        def check(self) -> None:
            raise Refused("words", "never")

    with pytest.raises(ValueError, match="nothing fits words"):
        Prober(Closed)
    with pytest.raises(Refused):
        build(Closed, {"words": "x"})
