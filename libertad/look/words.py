"""Code lists on screens: labels in the reader's language, and choices for forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from libertad.vocabulary.codelists import label, sayable

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def words(name: str, code: str) -> str:
    """Label of a code in the reader's language; '' for ''."""
    return _(label(name, code)) if code else ""


def choices(
    name: str, only: Iterable[str] | None = None, blank: StrOrPromise | None = None
) -> Callable[[], list[Any]]:
    """Choices of a code list for a form field, evaluated per request so that they are translated.

    What is retired is not offered, even where `only` names it.
    """

    def found() -> list[tuple[str, str]]:
        today = sayable(name)
        codes = list(today) if only is None else [code for code in only if code in today]
        listed = [(code, words(name, code)) for code in codes]
        return listed if blank is None else [("", str(blank)), *listed]

    return found


def source_label(source: str, sex: str = "") -> str:
    """'She said', 'Officer saw', 'Document', 'Database', 'Decision'."""
    if source == "said":
        return {"female": _("She said"), "male": _("He said")}.get(sex, _("Person said"))
    return {
        "saw": _("Officer saw"),
        "document": _("Document"),
        "database": _("Database"),
        "decision": _("Decision"),
    }.get(source, source)
