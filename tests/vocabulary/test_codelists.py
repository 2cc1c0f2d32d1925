from __future__ import annotations

import re

import msgspec
import pytest
import yaml

import libertad.vocabulary.verbs  # noqa: F401 (fills VERBS)
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.codelists import FOLDER, Refused, UnknownCode, check_code, codelist, label

NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
IN_VALUES = {"sources", "answers", "currencies", "name-kinds", "indicators-ilo-11", "fact-kinds"}
IN_VALUES |= {"disclosed-kinds"}


def test_each_list_that_a_verb_names_exists_and_none_is_left_over() -> None:
    used = {name for kind in VERBS.values() for name in kind.CODES.values()}
    assert used | IN_VALUES == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_list_has_source_version_and_text_for_each_code(name: str) -> None:
    data = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    assert data["source"] and isinstance(data["version"], str)
    for code, text in data["codes"].items():
        # YAML reads a bare no, yes or NO as a truth value: Norway would be lost.
        assert isinstance(code, str) and isinstance(text, str) and text.strip()
        assert re.fullmatch(r"[A-Z]{1,3}|[1-5]|[a-z]+/[A-Za-z0-9.]+|[a-z0-9]+(-[a-z0-9]+)*", code), code


@pytest.mark.parametrize("name", NAMES)
def test_no_code_and_no_label_stands_twice_in_a_list(name: str) -> None:
    lines = (FOLDER / f"{name}.yaml").read_text("utf-8").split("codes:\n")[1].splitlines()
    assert len(lines) == len(codelist(name))
    labels = [text for code, text in codelist(name).items() if code not in ("VED", "VES")]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_each_coded_field_is_a_field_of_its_struct_and_its_default_is_in_the_list(verb: str) -> None:
    fields = {info.name: info for info in msgspec.structs.fields(VERBS[verb])}
    for field, name in VERBS[verb].CODES.items():
        default = fields[field].default
        if isinstance(default, str) and default:
            assert default in codelist(name)


def test_the_thirteen_countries_and_the_two_centres_are_known() -> None:
    countries = codelist("countries")
    taking_part = {"AG", "AW", "BB", "BZ", "BR", "CW", "GY", "JM", "LC", "VC", "TT", "TC", "VE"}
    assert taking_part | {"FR", "AR"} <= set(countries)
    assert len(countries) == 249
    assert countries["NO"] == "Norway"


def test_an_unknown_code_is_refused_and_its_label_is_itself() -> None:
    with pytest.raises(UnknownCode) as why:
        check_code("countries", "XX", "country")
    assert isinstance(why.value, Refused)
    assert (why.value.field, why.value.rule) == ("country", "'XX' is not in the list 'countries'")
    assert label("countries", "XX") == "XX"
