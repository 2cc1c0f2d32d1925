"""An index in a file is asked as it was made, or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from libertad.hits.matching import segment_file, text
from libertad.hits.matching.segment import Segment
from tests.hits.matching.test_linking import PEOPLE, person

PERSONS = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)]


def test_an_index_of_other_rules_of_reading_is_refused_and_not_misread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it looked names up by is not what is asked for now: hits would be missing unseen."""
    path = tmp_path / "people.index"
    segment_file.write(path, Segment.of(PERSONS))
    assert len(segment_file.read(path)) == len(PERSONS)

    older = tmp_path / "older.index"
    older.write_bytes(b"libertad-hits-3\n" + path.read_bytes())
    with pytest.raises(segment_file.Damaged, match=r"an older version .* make it again"):
        segment_file.read(older)

    usual = text.tokens_of
    monkeypatch.setattr(
        text, "tokens_of", lambda names, family=False: [tokens[:1] for tokens in usual(names, family)]
    )
    segment_file.reading.cache_clear()
    try:
        with pytest.raises(segment_file.Damaged, match="reads names otherwise"):
            segment_file.read(path)
    finally:
        monkeypatch.undo()
        segment_file.reading.cache_clear()
    assert len(segment_file.read(path)) == len(PERSONS)


def test_a_list_of_names_that_changed_makes_an_index_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.index"
    segment_file.write(path, Segment.of(PERSONS))
    shutil.copytree(segment_file.FOLDER, tmp_path / "data")
    monkeypatch.setattr(segment_file, "FOLDER", tmp_path / "data")
    try:
        for name, refused in (
            ("calibration.csv", False),
            ("frequency-given.csv", False),
            ("nicknames.csv", True),
        ):
            with (tmp_path / "data" / name).open("a", encoding="utf-8") as file:
                file.write("more\n")
            segment_file.reading.cache_clear()
            if not refused:
                assert len(segment_file.read(path)) == len(PERSONS), name
                continue
            with pytest.raises(segment_file.Damaged, match="reads names otherwise"):
                segment_file.read(path)
    finally:
        monkeypatch.undo()
        segment_file.reading.cache_clear()
