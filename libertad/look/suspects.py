"""Suspects beside an exhibit or a site that they are linked to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from django.utils.translation import gettext as _

from libertad.look.page_objects import Link, SideBlock, Thing
from libertad.look.words import words


class Suspect(Protocol):
    """A detention, as far as it is shown there."""

    @property
    def id(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def name(self) -> str: ...


def suspects_block(listed: Sequence[Suspect], href: Callable[[str], str]) -> list[SideBlock]:
    """Nothing where none is linked. `href`: the address of a detention's page by its id."""
    suspects = [
        Thing(
            suspect.reference,
            words("detention-states", suspect.state),
            "plain",
            suspect.name,
            Link(_("Open it"), href(suspect.id)),
        )
        for suspect in listed
    ]
    return [SideBlock(_("Suspects linked to it"), things=suspects)] if suspects else []
