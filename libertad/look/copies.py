"""Copies that care disclosed, as its own page and the recipient's show them: the same words on both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Copied
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING
from libertad.vocabulary.verbs.exploitation import CODES

LISTS: Mapping[str, str] = {
    **CODES,
    "status": "identification-statuses",
    "topic": "statement-topics",
    "sex": "sexes",
    "language": "languages",
}


@dataclass(frozen=True)
class CopySeen:
    """`title`: what it is; `lines`: what its codes say; `quote`: somebody's own words; `note`: when, by whom,
    and what is withheld."""

    title: str
    lines: tuple[str, ...] = ()
    quote: str = ""
    note: str = ""


def opened_copies(stored: Any) -> list[Copied]:
    """Copies out of an opened row."""
    return msgspec.convert(stored, prepared(list[Copied]))


def copies_seen(items: Iterable[Copied]) -> list[CopySeen]:
    return [copy_seen(item) for item in items]


def copy_seen(item: Copied) -> CopySeen:
    at = when(item.when) if item.when is not None else ""
    codes = tuple(code_words(code) for code in item.codes)
    match item.kind:
        case "name":
            return CopySeen(_("Name"), (item.words,))
        case "statement":
            return CopySeen(", ".join(codes) or _("Said"), (), item.words, _("Said %(when)s") % {"when": at})
        case "status":
            note = _("Decided %(when)s by care, with a second reader. The reasons are withheld.")
            return CopySeen(_("Status as a victim"), codes, "", note % {"when": at})
        case "forced-to":
            note = _("By the decision of %(when)s") % {"when": at}
            return CopySeen(_("What the person was made to do"), (item.words,), "", note)
    if item.kind in SAFEKEEPING:
        return CopySeen(words("disclosed-kinds", item.kind), tuple(filter(None, (*codes, item.words))))
    note = _("Told to care, %(when)s") % {"when": at}
    return CopySeen(words("disclosed-kinds", item.kind), codes, item.words, note)


def code_words(code: str) -> str:
    """'forms:forced-labour' in the reader's words; as it stands where this version knows no such list."""
    field, _colon, value = code.partition(":")
    return words(LISTS[field], value) if field in LISTS else value


def choice_words(item: Copied) -> str:
    """A copy in a line, for who chooses it."""
    view = copy_seen(item)
    parts = [*view.lines, f"“{view.quote}”" if view.quote else "", view.note]
    return f"{view.title}: {'. '.join(part.rstrip('.') for part in parts if part)}."
