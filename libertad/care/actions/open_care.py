"""Open a protection file: the other actions do it by themselves at first use."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import protection_file


@action("care.person")
def open_care(act: Act, *, person: str) -> str:
    """Returns the compartment; read by the care authority, never by police."""
    return protection_file(act, "care.person", person)
