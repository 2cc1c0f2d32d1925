"""A model that was learnt is used elsewhere as it was learnt, can be read, and a wrong one is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.linking import Linked, link
from libertad.hits.matching.model import Model
from libertad.hits.matching.model_file import WORDS, Trained, Unusable, read, write
from libertad.hits.matching.record import Birth, Name, Record

NAMES = ("Yulimar Peña", "Deokie Persaud", "Ketsia Joseph", "Maria da Silva", "Wei Zhang", "Ana Gomez")
ENDS = ("ara", "bo", "cis", "dulo", "enz", "fix", "gol", "hun", "iva", "jok")


def records(side: str, count: int = 60) -> list[Record]:
    return [
        Record(
            f"{side}{n}",
            (Name(f"{NAMES[n % 6]} {NAMES[n * 7 % 6].split()[-1]}{ENDS[n % 10]}{ENDS[n // 10]}"),),
            Birth.of_text(f"{1970 + n % 30}-0{1 + n % 9}-{10 + n % 15}"),
            facts=(("phone", f"+592 61{n % 10} {4000 + n}"),) if n % 3 else (),
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def linked() -> Linked:
    return link(records("a"), records("b"))


@pytest.fixture
def model_file(linked: Linked, tmp_path: Path) -> Path:
    write(tmp_path / "model.json", Trained.of(linked))
    return tmp_path / "model.json"


@pytest.mark.parametrize("two", [True, False])
def test_what_was_learnt_scores_the_same_once_it_was_written_and_read(two: bool, tmp_path: Path) -> None:
    left = records("a") + ([] if two else records("b"))
    right = records("b") if two else None
    learnt = link(left, right)
    write(tmp_path / "m", Trained.of(learnt))
    again = link(left, right, trained=read(tmp_path / "m"))
    assert len(learnt.one) and np.array_equal(again.one, learnt.one)
    assert again.bits == pytest.approx(learnt.bits, abs=1e-3)
    assert again.prior == pytest.approx(learnt.prior)


def test_it_is_what_was_learnt_and_not_the_usual(tmp_path: Path) -> None:
    learnt, path = link([*records("a"), *records("b")]), tmp_path / "model.json"
    write(path, Trained.of(learnt))
    model = read(path).model
    assert not learnt.refused and model.names.m == pytest.approx(learnt.model.names.m)
    assert model.fields["birth"].m == pytest.approx(learnt.model.fields["birth"].m)
    assert model.fields["birth"].m != pytest.approx(Model().fields["birth"].m)
    assert not list(path.parent.glob("*.part"))


def test_a_person_can_read_it_and_no_record_is_in_it(model_file: Path) -> None:
    text = model_file.read_text("utf-8")
    model = json.loads(text)
    first = model["fields"]["birth"][1]
    assert first["level"] == "day and month changed places"
    assert first["bits"] == pytest.approx(np.log2(first["one_person"] / first["others"]), abs=1e-4)
    for value in ("Yulimar", "Persaud", "1970", "592"):
        assert value not in text


def test_every_level_has_words_of_its_own() -> None:
    for levels in (How, Born, Alike):
        assert list(WORDS[levels]) == list(levels)
        assert len(set(WORDS[levels].values())) == len(levels)


def _set_at(path: tuple[Any, ...], value: Any) -> Callable[[Any], None]:
    def change(model: Any) -> None:
        for key in path[:-1]:
            model = model[key]
        model[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_set_at(("format",), "libertad-hits-model-9"), "another version"),
        (_set_at(("fields", "birth", 1, "bits"), 3.0), "does not follow"),
        (_set_at(("fields", "birth", 1, "others"), 0), "a number above 0"),
        (_set_at(("fields", "birth", 0, "others"), 0.5), "as often as the value itself"),
        (_set_at(("fields", "birth", 0, "one_person"), 1.5), "between 0 and 1"),
        (_set_at(("fields", "birth", 0, "level"), "odd"), "the levels are"),
        (_set_at(("fields", "shoe size"), []), "shoe size"),
        (_set_at(("before", "relatives"), 0), "above 0"),
        (_set_at(("name_word_missing",), -1e300), "between -60 and 60"),
        (_set_at(("more",), 1), "damaged"),
        (lambda model: model["fields"].pop("phone"), "phone"),
    ],
)
def test_a_damaged_or_foreign_model_is_refused(
    model_file: Path, change: Callable[[Any], Any], words: str
) -> None:
    parsed = json.loads(model_file.read_text("utf-8"))
    change(parsed)
    model_file.write_text(json.dumps(parsed), "utf-8")
    with pytest.raises(Unusable, match=words):
        read(model_file)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"a": NaN}', b"\xff\xfe", b"id,name\n1,Ana\n"])
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m").write_bytes(content)
    with pytest.raises(Unusable, match="no model of hits train"):
        read(tmp_path / "m")


def test_a_torn_model_is_refused_wherever_it_ends(model_file: Path) -> None:
    whole = model_file.read_bytes()
    for end in range(0, len(whole) - 2, 397):
        model_file.write_bytes(whole[:end])
        with pytest.raises(Unusable):
            read(model_file)
    with pytest.raises(Unusable, match="cannot be read"):
        read(model_file.parent / "none")
