"""What every answer must have: its policy and headers, and nothing in it that the policy would refuse."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
# A picture or document that somebody added: nothing in it may run or fetch, and it is saved, not shown.
SEALED = {"sandbox": "", "default-src": "'none'"}


def policy(answer: Any) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";"))
    return {name: value for name, _, value in parts if name}


def guarded(answer: Any, expected: dict[str, str] = POLICY) -> None:
    """The headers that every answer has."""
    assert policy(answer) == expected
    assert "Content-Security-Policy-Report-Only" not in answer
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert (
        answer["Referrer-Policy"] == "no-referrer" and answer["Cross-Origin-Opener-Policy"] == "same-origin"
    )
    assert "no-store" in answer["Cache-Control"]


class Inline(HTMLParser):
    """Collects what the policy would refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "style" or (
            tag == "script" and "src" not in attributes and attributes.get("type") != "application/json"
        ):
            self.found.append(tag)
        for name, value in attrs:
            if name == "style" or name.startswith("on") or (value or "").lower().startswith("javascript:"):
                self.found.append(f"{tag} {name}")
            if name in ("src", "href", "action") and tag != "a" and re.match(r"https?:|//", value or ""):
                self.found.append(f"{tag} {name}={value}")


def inline(answer: Any) -> list[str]:
    reader = Inline()
    reader.feed(answer.content.decode())
    return reader.found
