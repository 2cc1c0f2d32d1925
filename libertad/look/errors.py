"""Errors of a form that are about a part of the page that is no field of it: a row of a set of rows."""

from __future__ import annotations

from django import forms


class ErrorAt(forms.ValidationError):
    """An error above the form that leads to where it is; `anchor` is the id of the element."""

    def __init__(self, message: str, anchor: str) -> None:
        super().__init__(message)
        self.anchor = anchor
