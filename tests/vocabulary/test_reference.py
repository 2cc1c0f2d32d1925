from __future__ import annotations

from pathlib import Path

from libertad.vocabulary.reference import reference

PAGE = Path(__file__).parents[2] / "docs" / "vocabulary.md"


def test_the_page_of_the_vocabulary_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == reference(), (
        "run: python -m libertad.vocabulary.reference > docs/vocabulary.md"
    )
