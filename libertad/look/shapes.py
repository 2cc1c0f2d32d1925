# ruff: noqa: E501 - drawings and fixtures read better on one line
"""Shapes and icons as inline SVG: never colour alone, the same in lists, tables, strips and print."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

_RING = '<circle class="line" cx="8" cy="8" r="6"/>'
_STRUCK = '<path class="line" d="M3.8 12.2 12.2 3.8"/>'
_WARN = '<path class="full inkline" d="M8 1.2 15.4 14.6H.6z"/><text class="sign" x="8" y="13">!</text>'
_DIAMOND = "M8 1 15 8 8 15 1 8z"


class Shape(NamedTuple):
    """Colour class, drawing in a 16 x 16 box, words."""

    tone: str
    drawing: str
    words: object


_full = '<circle class="full" cx="8" cy="8" r="7"/>'
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        # people
        "potential-victim": Shape("teal", _RING, _("Potential victim")),
        "presumed": Shape(
            "teal", _RING + '<path class="full" d="M8 2a6 6 0 0 0 0 12z"/>', _("Presumed victim")
        ),
        "confirmed": Shape("teal", _full, _("Confirmed victim")),
        "not-a-victim": Shape("grey", _RING + _STRUCK, _("Not a victim")),
        "not-assessed": Shape("grey", '<circle class="dash" cx="8" cy="8" r="6"/>', _("Not assessed")),
        "not-decided": Shape("ink", '<circle class="dash" cx="8" cy="8" r="6"/>', _("Not decided")),
        # sites and teams
        "on-site": Shape("ink", f'<path class="full" d="{_DIAMOND}"/>', _("Team on site now")),
        "met": Shape("teal", _full, _("Potential victims met")),
        "nobody-met": Shape("grey", _RING, _("Nobody met")),
        "found-empty": Shape(
            "grey",
            '<path class="line" d="M2.5 2.5h11v11h-11z"/><path class="line" d="M3 13 13 3"/>',
            _("Found empty"),
        ),
        "not-visited": Shape("grey", f'<path class="dash" d="{_DIAMOND}"/>', _("Not yet visited")),
        "overdue": Shape("amber", _WARN, _("Check-in overdue")),
        "silent": Shape("grey", '<path class="line" d="M3 15V2h10l-2.5 3.5L13 9H3"/>', _("Silent by plan")),
        "danger": Shape(
            "red",
            '<path class="full" d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><text class="sign sign--white" x="8" y="11.2">!!</text>',
            _("Danger to life"),
        ),
        # custody and everything that is done, due or waits
        "custody": Shape("teal", _full, _("Custody accepted")),
        "one-signature": Shape("teal", _RING, _("Only one signature")),
        "gap": Shape("amber", _WARN, _("Gap in custody")),
        "needs": Shape("amber", _WARN, _("Needs you")),
        "done": Shape("teal", _full, _("Done")),
        "due": Shape("grey", _RING, _("Due")),
    }
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "potential": "potential-victim",
        "people-found": "met",
        "aborted": "nobody-met",
        "held": "done",
        "returned": "done",
        "accepted": "custody",
        "offered": "one-signature",
        "not-victim": "not-a-victim",
    }
)
WARNING_SHAPES = frozenset({"overdue", "gap", "needs", "danger"})

ICONS: Mapping[str, str] = MappingProxyType(
    {
        "said": '<path d="M2 2.5h12v9H7l-3 3v-3H2z"/>',
        "saw": '<path d="M1 8c3-5 11-5 14 0-3 5-11 5-14 0z"/><circle cx="8" cy="8" r="2"/>',
        "document": '<path d="M3 1.5h6.5L13 5v9.5H3zM5.5 8h5M5.5 11h5"/>',
        "database": '<ellipse cx="8" cy="3.5" rx="5.5" ry="2"/><path d="M2.5 3.5v9c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2v-9M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2"/>',
        "decision": '<path d="m2 8.5 4 4 8-9"/>',
        "check": '<path d="m2 8.5 4 4 8-9"/>',
        "cross": '<path d="m3.5 3.5 9 9m0-9-9 9"/>',
        "back": '<path d="M10.5 2.5 5 8l5.5 5.5"/>',
        "next": '<path d="M5.5 2.5 11 8l-5.5 5.5"/>',
        "phone": '<path d="M4 1.5h2.5l1 3.5-1.8 1.3a8 8 0 0 0 4 4L11 8.5l3.5 1V12a2 2 0 0 1-2.2 2A11.5 11.5 0 0 1 2 3.7 2 2 0 0 1 4 1.5z"/>',
        "lock": '<path d="M3 7h10v7.5H3zM5 7V4.5a3 3 0 0 1 6 0V7"/>',
    }
)


def shape_svg(code: str) -> tuple[str, object]:
    """The drawing and the words of a shape; an unknown code is an error of ours, so it raises KeyError."""
    name = ALIASES.get(code, code)
    shape = SHAPES[name]
    warn = " shape--warn" if name in WARNING_SHAPES else ""
    svg = (
        f'<svg class="shape shape--{shape.tone}{warn}" viewBox="0 0 16 16" width="14" height="14" '
        f'aria-hidden="true" focusable="false">{shape.drawing}</svg>'
    )
    return svg, shape.words


def icon_svg(name: str) -> str:
    """An icon that only repeats what the text beside it says, hence hidden from screen readers."""
    return (
        f'<svg class="icon icon--{name}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" '
        f'focusable="false">{ICONS[name]}</svg>'
    )
