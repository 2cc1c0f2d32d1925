"""Nothing that somebody decides is decided by the form: no choice is made before a person makes it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from libertad.access.matrix import matrix, roles
from tests.support.populated import Populated, opening_keys, real_keys
from tests.support.routes import routes

# What a form shows chosen, and why that is nobody's decision.
GIVEN = {
    ("member-change", "*"): "what is on file of the member, which is changed",
    ("operation-change", "*"): "what is on file of the operation, which is changed",
    ("operation-new", "zone"): "the clock of the centre that opens it, which reads it by that clock",
    ("lead-grade", "*"): "the grades on file, which are graded anew",
    ("person-meeting", "*"): "what is on file of the meeting, which is corrected",
    ("care-plan-change", "*"): "what is on file of the goal, which is changed and read anew",
    ("care-documents-change", "*"): "what is on file of the document, which is changed",
    ("lead-new", "country"): "the country of the officer's own force",
    ("site-new", "country"): "the country of the officer's own force",
    ("check-new", "country"): "the country of the officer's own force",
    ("person-new", "country"): "the only one there is to choose",
    ("brought-one", "*"): "what was answered where it was collected, which is read, corrected and accepted",
}
EVERYWHERE = {"language": "the reader's own language, in the frame of each page"}


class Chosen(HTMLParser):
    """Names of fields of forms that are posted and in which a value is chosen: radio, box or list."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._post = False
        self._select: str | None = None
        self._many = False
        self._options: list[tuple[bool, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "form":
            self._post = (attributes.get("method") or "").lower() == "post"
        elif not self._post:
            return
        elif tag == "input" and attributes.get("type") in ("radio", "checkbox") and "checked" in attributes:
            if attributes.get("value"):
                self.found.append((attributes.get("name") or "", attributes["value"] or ""))
        elif tag == "select":
            self._select, self._many, self._options = (
                attributes.get("name") or "",
                "multiple" in attributes,
                [],
            )
        elif tag == "option" and self._select is not None:
            self._options.append(("selected" in attributes, attributes.get("value") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._post = False
        elif tag == "select" and self._select is not None:
            chosen = [value for selected, value in self._options if selected]
            if not chosen and not self._many and self._options:
                chosen = [self._options[0][1]]  # what a browser shows, and sends
            self.found += [(self._select, value) for value in chosen if value]
            self._select = None


def chosen(page: str) -> list[tuple[str, str]]:
    parser = Chosen()
    parser.feed(page)
    return parser.found


def test_a_choice_that_is_made_would_be_seen() -> None:
    form = '<form method="post">{}</form>'
    radio = '<input type="radio" name="a" value="{}"{}>'
    assert chosen(form.format(radio.format("x", " checked"))) == [("a", "x")]
    assert chosen(form.format(radio.format("x", ""))) == []
    assert chosen(radio.format("x", " checked")) == []
    listed = '<select name="b"><option value="">?</option><option value="y"{}>Y</option></select>'
    assert chosen(form.format(listed.format(""))) == []
    assert chosen(form.format(listed.format(" selected"))) == [("b", "y")]
    assert chosen(form.format('<select name="c"><option value="z">Z</option></select>')) == [("c", "z")]


def forms(populated: Populated) -> Iterator[tuple[str, str]]:
    """(route, page) of each form that some role may open and send."""
    for route in routes():
        methods = matrix().routes[route.name]
        if (
            not methods.get("post")
            or route.keyed
            or route.name.startswith(("account_", "mfa_", "set-", "demo"))
        ):
            continue
        for role in roles():
            if role not in methods.get("get", ()):
                continue
            keys = opening_keys(populated, route, role, likely_only=True) if route.keys else ()
            if keys is None:
                keys = real_keys(populated, route)
            answer = populated.world.client(role).get(route.address(*keys))
            if answer.status_code == 200:
                yield route.name, answer.content.decode()


def test_no_form_decides_before_a_person_does(populated: Populated) -> None:
    routes_seen: set[str] = set()
    choices: set[tuple[str, str, str]] = set()
    for route, page in forms(populated):
        routes_seen.add(route)
        for name, value in chosen(page):
            corrected = route.endswith("-correct")  # the words on file, which are corrected
            if corrected or name in EVERYWHERE or (route, name) in GIVEN or (route, "*") in GIVEN:
                continue
            choices.add((route, name, value))
    assert len(routes_seen) > 40
    assert not choices, "\n".join(
        f"{route}: {name} stands at '{value}'" for route, name, value in sorted(choices)
    )
