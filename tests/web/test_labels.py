"""Labels of code lists can be translated: each stands where translation tools find it."""

from __future__ import annotations

from pathlib import Path

from libertad.web import labels, labels_reference


def test_every_label_is_marked_for_translation_and_the_module_is_up_to_date() -> None:
    assert Path(labels.__file__).read_text("utf-8") == labels_reference.page(), (
        "run python -m libertad.web.labels_reference > libertad/web/labels.py"
    )
