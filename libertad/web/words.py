"""Code lists on screens: labels in the reader's language, and choices for forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.vocabulary.codelists import codelist, label
from libertad.vocabulary.values import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

T = TypeVar("T")


def words(name: str, code: str) -> str:
    """Label of a code in the reader's language; '' for ''."""
    return _(label(name, code)) if code else ""


def choices(
    name: str, only: Iterable[str] | None = None, blank: "StrOrPromise | None" = None
) -> Callable[[], list[Any]]:
    """Choices of a code list for a form field, evaluated per request so that they are translated."""

    def found() -> list[tuple[str, str]]:
        codes = list(only) if only is not None else list(codelist(name))
        listed = [(code, words(name, code)) for code in codes]
        return listed if blank is None else [("", str(blank)), *listed]

    return found


def try_perform(
    request: HttpRequest, form: forms.Form, action: Callable[..., T], **kwargs: Any
) -> tuple[bool, T | None]:
    """Run an action for a form: (True, result), or (False, None) with the refusal on its field."""
    try:
        return True, perform(request.actor, action, **kwargs)  # type: ignore[attr-defined]
    except Refused as why:
        field = why.field.split(".")[0].replace(" ", "_")
        form.add_error(field if field in form.fields else None, why.rule)
        return False, None
