"""Links to the pages of a list."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from libertad.look.page_objects import Link, Pages

FARTHEST = 10_000  # the last page that anybody may ask for


def page_number(text: str) -> int:
    """The page that an address asks for, from 1 to FARTHEST; 1 for what is no number."""
    if not (text.isascii() and text.isdigit()):
        return 1
    figures = text.lstrip("0")
    return min(int(figures[:6] or "1"), FARTHEST)


def pages(number: int, total: int, size: int, query: Mapping[str, str]) -> Pages | None:
    """Of `total` lines, `size` a page; what the address asks for is kept. None for a single page."""
    last = max(1, -(-total // size))
    if last == 1:
        return None
    near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})
    parameters = {name: value for name, value in query.items() if value}
    parts = [Link(str(n), f"?{urlencode({**parameters, 'page': n})}", n == number) for n in near]
    values = {"first": (number - 1) * size + 1, "last": min(total, number * size), "total": total}
    return Pages(parts, _("%(first)d to %(last)d of %(total)d") % values)
