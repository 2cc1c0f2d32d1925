"""A refusal in the user's language, and on the field of a form that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext

from libertad.look.errors import ErrorAt
from libertad.look.times import date_words
from libertad.vocabulary.codelists import Marked, PartialDate, Refused


class Worded(Protocol):
    """What says no: a `Refused`, or a `Forbidden` of access."""

    @property
    def message(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, object]: ...


@runtime_checkable
class Anchored(Protocol):
    """A form that knows where on its page a refusal is about that names no field of it."""

    def anchor(self, why: Refused) -> str:
        """The id of that element, '' for none."""


def in_words(why: Worded) -> str:
    """The message in the active language with its parameters; English where its catalogue has it not.

    A parameter that is `marked`, or a refusal itself, is translated as well, and a `PartialDate` is told as
    dates are on every page; what people wrote stands as they wrote it.
    """
    if not why.parameters:
        return gettext(why.message)
    return gettext(why.message) % {name: _in_words(value) for name, value in why.parameters.items()}


def as_sentence(why: Worded) -> str:
    """The message as a sentence of its own, on a page that says it in place of a form."""
    text = in_words(why)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def _in_words(value: object) -> object:
    if isinstance(value, Refused):
        return in_words(value)
    if isinstance(value, PartialDate):
        return date_words(value)
    return gettext(value) if isinstance(value, Marked) else value


def show(form: forms.Form, why: Refused, field: str = "") -> None:
    """Put the refusal on the form's field it is about (or on `field`), else above the form.

    A posting without any value is shown it as well: `request.POST or None` leaves its form unbound.
    """
    if not form.is_bound:
        form.data, form.is_bound = QueryDict(), True
    name = field or why.field.split(".")[0].replace(" ", "_")
    if name in form.fields:
        form.add_error(name, in_words(why))
        return
    anchor = form.anchor(why) if isinstance(form, Anchored) else ""
    text = in_words(why)
    form.add_error(None, ErrorAt(text[:1].upper() + text[1:], anchor) if anchor else text)
