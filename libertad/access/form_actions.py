"""Running an action for a form: a refusal goes to the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from libertad.access.acting import perform
from libertad.look import refusals
from libertad.vocabulary.values import Refused

T = TypeVar("T")


def try_perform(
    request: HttpRequest, form: forms.Form, action: Callable[..., T], **kwargs: Any
) -> tuple[bool, T | None]:
    """Run an action for a form: (True, result), or (False, None) with the refusal on its field."""
    try:
        return True, perform(request.actor, action, **kwargs)  # type: ignore[attr-defined]
    except Refused as why:
        refusals.show(form, why)
        return False, None
