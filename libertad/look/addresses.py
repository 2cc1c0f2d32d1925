"""Addresses of pages: the one place where a page that is not there is no error."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse


def address_of(route: str, *keys: str) -> str:
    """The address of a page by its route; '' where this node serves no such page, or a key is missing."""
    try:
        return reverse(route, args=keys)
    except NoReverseMatch:
        return ""
