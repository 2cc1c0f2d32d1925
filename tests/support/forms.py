"""Forms of a page as a browser reads them, and what a posting changed in the database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.apps import apps
from django.db import connection

# Of no entry: where the browser is, and what is told it once.
BESIDE = frozenset({"access_session", "access_submission"})


@dataclass
class Form:
    """A form that posts: where to, and the fields that it would send as it stands."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)  # values of radios, boxes and lists
    buttons: dict[str, list[str]] = field(default_factory=dict)

    @property
    def submission(self) -> str:
        """The id of a form that may arrive twice; '' without one."""
        return "".join(self.fields.get("submission", []))


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.form: Form | None = None
        self.select = ""
        self.area: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        name = attributes.get("name", "")
        if tag == "form":
            self.form = None
            if attributes.get("method", "get").lower() == "post":
                self.form = Form(attributes.get("action") or self.address)
                self.found.append(self.form)
        if self.form is None:
            return
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            self.form.offered.setdefault(self.select, []).append(attributes.get("value", ""))
            if "selected" in attributes:
                self.form.fields.setdefault(self.select, []).append(attributes.get("value", ""))
        elif tag == "textarea":
            self.area = self.form.fields.setdefault(name, [])
        elif tag == "button" and name:
            self.form.buttons.setdefault(name, []).append(attributes.get("value", ""))
        elif tag == "input" and name:
            value = attributes.get("value", "")
            if attributes.get("type") in ("radio", "checkbox"):
                self.form.offered.setdefault(name, []).append(value or "on")
                if "checked" not in attributes:
                    return
                value = value or "on"
            self.form.fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.append(data.lstrip("\n"))


def forms_of(page: str, address: str) -> list[Form]:
    """The forms of a page that post, in order."""
    reader = _Reader(address)
    reader.feed(page)
    return reader.found


def form_at(client: Any, address: str) -> Form:
    """The form of a page that posts to the page itself."""
    return next(
        form for form in forms_of(client.get(address).content.decode(), address) if form.action == address
    )


def lose_answer(client: Any) -> None:
    """The last answer never reached the browser: it has no mark of a page that it was shown once."""
    for name in [name for name in client.cookies if name.startswith("shown-")]:
        del client.cookies[name]


def database() -> dict[str, tuple[int, str]]:
    """Rows and a digest of every table but `BESIDE`: whatever a posting wrote shows."""
    by_table = {}
    tables = {model._meta.db_table for model in apps.get_models()} | set(
        connection.introspection.table_names()
    )
    for table in sorted(tables - BESIDE):
        with connection.cursor() as cursor:
            cursor.execute(f'select * from "{table}"')
            rows = sorted(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor)
        by_table[table] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return by_table
