"""What a form says of a field that is empty or out of bounds: what to do, in words, and translated.

Django's own ('This field is required.') say neither which field nor what to do. A field's own
`error_messages` go before these.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _

REQUIRED: tuple[tuple[type[forms.Field], Any], ...] = (
    (forms.Field, _("Fill this in: it is needed.")),
    (forms.ChoiceField, _("Choose one.")),
    (forms.MultipleChoiceField, _("Choose at least one.")),
    (forms.FileField, _("Choose a file.")),
    (forms.BooleanField, _("Tick this to go on.")),
)
BOUNDS: tuple[tuple[type[validators.BaseValidator], Any], ...] = (
    (validators.MinValueValidator, _("Write a number from %(limit_value)s up.")),
    (validators.MaxValueValidator, _("Write a number of at most %(limit_value)s.")),
)


def speak_plainly() -> None:
    """Give these messages to the fields of all forms. Called once, when the node starts."""
    for field, message in REQUIRED:
        field.default_error_messages = {
            **field.__dict__.get("default_error_messages", {}),
            "required": message,
        }
    for validator, text in BOUNDS:
        validator.message = text
