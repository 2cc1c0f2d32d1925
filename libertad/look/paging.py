"""Lists are shown by the page, with links to the others and a count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.look.page_objects import Link, ListPage, Pages

SIZE = 25  # lines of a page
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
    parameters = {name: value for name, value in query.items() if value}
    near = sorted({1, last, *range(max(1, number - 2), min(last, number + 2) + 1)})

    def to(n: int) -> str:
        return f"?{urlencode({**parameters, 'page': n})}"

    parts = [Link(str(n), to(n), n == number) for n in near]
    values = {"first": (number - 1) * size + 1, "last": min(total, number * size), "total": total}
    return Pages(
        parts,
        _("%(total)d in this list, %(first)d to %(last)d") % values,
        previous=to(number - 1) if 1 < number <= last else "",
        following=to(number + 1) if number < last else "",
    )


def show_list(
    request: HttpRequest, page: ListPage, template: str = "web/list.html", status: int = 200, **context: Any
) -> HttpResponse:
    """A list, with its count. What a query did not cut into pages is cut here; the answer to a search that
    was posted is shown whole, since no address leads to its second page."""
    rows = page.table.rows if page.table is not None else ()
    whole = page.pages is None and request.method == "GET"
    if page.table is not None and whole and len(rows) > SIZE and not rows[-1].total:
        number = min(page_number(request.GET.get("page", "")), -(-len(rows) // SIZE))
        query = {name: value for name, value in request.GET.dict().items() if name != "page"}
        table = replace(page.table, rows=rows[(number - 1) * SIZE : number * SIZE])
        page = replace(page, table=table, pages=pages(number, len(rows), SIZE, query))
    if page.pages is not None:
        page = replace(page, count=page.pages.words)
    elif rows and not rows[-1].total:
        page = replace(page, count=_("%(total)d in this list") % {"total": len(rows)})
    return render(request, template, {"page": page, **context}, status=status)
