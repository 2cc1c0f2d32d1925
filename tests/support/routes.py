"""Every route of the URL configuration, and real ids for those that take a key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, reverse

from libertad.journal.models import ReadModel

UNKNOWN = "0" * 32


@dataclass(frozen=True)
class Route:
    name: str
    keys: tuple[str, ...]
    module: str
    keyed: bool = False  # asked with a key of a program, never in a session

    def address(self, *values: str) -> str:
        return reverse(self.name, kwargs=dict(zip(self.keys, values, strict=True)))


def routes(urlconf: str = "libertad.web.demo_urls") -> list[Route]:
    """All routes of a URL configuration; one without a name is a fault."""
    return list(_walk(import_module(urlconf).urlpatterns))


def _walk(patterns: list[Any]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"the route {pattern.pattern} has no name, so no row in matrix.yaml"
            keys = tuple(pattern.pattern.converters)
            keyed = getattr(pattern.callback, "keyed", False)
            yield Route(pattern.name, keys, pattern.lookup_str.rsplit(".", 1)[0], keyed)


def known_ids(app: str) -> list[str]:
    """Ids of every row of a room's read models, then of all others: what could stand in an address."""
    first = [m for m in apps.get_models() if issubclass(m, ReadModel) and m._meta.app_label == app]
    rest = [m for m in apps.get_models() if issubclass(m, ReadModel) and m not in first]
    ids: dict[str, None] = {}
    for model in [*first, *rest]:
        for key in model._default_manager.order_by("pk").values_list("pk", flat=True)[:8]:
            if ":" not in str(key):
                ids[str(key)] = None
    return list(ids)
