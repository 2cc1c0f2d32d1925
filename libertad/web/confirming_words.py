"""What is about to be said, in words: from the body itself, and from no form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.confirmed import CUSTODY
from libertad.access.queries import authority_names, officer_names
from libertad.care.queries import file as protection_file
from libertad.evidence.queries import exhibit
from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.body import VERBS, Body

ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")


def lines(actor: Actor, form: forms.Form, body: Body) -> list[Pair]:
    """Each thing that the entry says, under the label that its form has for it; first when it happened."""
    codes, statements = VERBS[body.verb].CODES, list(body.statements)
    values: dict[str, list[str]] = {}
    for statement in statements:
        if statement.operator == "assert" and statement.value not in (None, ""):
            values.setdefault(statement.field, []).append(
                _text(actor, form, statement.field, codes.get(statement.field, ""), statement.value)
            )
    pairs = [Pair(_("When"), when(body.happened))]
    if body.verb in CUSTODY and (seized := exhibit(actor, body.subject)) is not None:
        pairs.append(Pair(_("Exhibit"), f"{seized.reference} {seized.description}".strip()))
    return pairs + [Pair(_label(form, name), ", ".join(texts)) for name, texts in values.items()]


def _label(form: forms.Form, name: str) -> str:
    field = form.fields.get(name)
    if field is not None and field.label:
        return str(field.label)
    known = {
        "person": _("Person"),
        "by": _("Signed as"),
        "wish": _("Wish on file"),
        "to_name": _("Offered to"),
        "to_officer": _("Officer"),
        "to_authority": _("Authority"),
        "decision": _("Decision"),
    }
    return known.get(name, name.replace("_", " "))


def _text(actor: Actor, form: forms.Form, name: str, codes: str, value: Any) -> str:
    if codes:
        return words(codes, str(value))
    text = str(value)
    field = form.fields.get(name)
    if isinstance(field, forms.ChoiceField):
        offered = dict(_flat(field.choices))
        if text in offered:
            return str(offered[text])
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if ID.fullmatch(text):
        return _name_of(actor, text) or _("number %(number)s") % {"number": text[:8]}
    return text


def _name_of(actor: Actor, key: str) -> str:
    """Who or what an id is of, as far as the actor reads it; '' where that is not known."""
    if (file := protection_file(actor, key)) is not None:
        return f"{file.reference} {file.name}".strip()
    return officer_names(actor, [key]).get(key) or authority_names([key]).get(key) or ""


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for code, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(code), label
