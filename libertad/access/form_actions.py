"""Running an action for a form: a refusal goes to the field it is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse

from libertad.access.acting import perform
from libertad.access.confirmed import SCRIPT, Script
from libertad.access.forms_correcting import ShownForm
from libertad.access.meanwhile import said_meanwhile
from libertad.look import refusals
from libertad.vocabulary.values import Refused

T = TypeVar("T")
# Gives what an act follows that a passkey confirms, None for an act without; raises ConfirmFirst where it is
# to be confirmed before. Set by the pages of the sign-in, which know the passkeys.
CONFIRM: list[Callable[[HttpRequest, forms.Form, Callable[..., Any], dict[str, Any]], Script | None]] = []


class ConfirmFirst(Exception):
    """Nothing is said yet: the page on which the officer confirms what was prepared."""

    def __init__(self, page: HttpResponse) -> None:
        self.page = page
        super().__init__("to be confirmed first")


def try_perform(
    request: HttpRequest, form: forms.Form, action: Callable[..., T], **kwargs: Any
) -> tuple[bool, T | None]:
    """Run an action for a form: (True, result), or (False, None) with the refusal on its field, or with what
    another said since the form was shown."""
    if isinstance(form, ShownForm) and said_meanwhile(request, form):
        return False, None
    try:
        script = next(filter(None, (ask(request, form, action, kwargs) for ask in CONFIRM)), None)
        token = SCRIPT.set(script)
        try:
            return True, perform(request.actor, action, **kwargs)  # type: ignore[attr-defined]
        finally:
            SCRIPT.reset(token)
    except Refused as why:
        refusals.show(form, why)
        return False, None
