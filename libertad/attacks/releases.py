"""Figures that one account alone tries to send out."""

from __future__ import annotations

import re

from libertad.attacks.registry import Result, attack, broken, not_applicable, withstood
from libertad.attacks.target import Target

NEW = "/figures/releases/new/"
RELEASE = re.compile(r"/figures/releases/([0-9a-f]{32})/")
OUT = re.compile(r'/figures/releases/([0-9a-f]{32})/"')


@attack(
    "self-signed-release",
    "a press officer prepares a release and signs it with the same account: is it out?",
    roles=("press",),
)
def self_signed(target: Target) -> Result:
    press = target.signed_in("press")
    before = set(OUT.findall(press.get("/figures/").text))
    answer = press.get(NEW)
    fields = _fields(answer.text)
    if "as_of_day" not in fields:
        return not_applicable("the form of a release was not found")
    for _ in range(2):  # the sentence is shown anew when its moment has moved on
        answer = press.send(NEW, {**fields, "second_reader": "Insp. Nobody"})
        if answer.status == 302:
            break
        fields = _fields(answer.text)
    place = RELEASE.search(answer.headers.get("location", ""))
    if place is None:
        return not_applicable(f"no release could be prepared: the node answered {answer.status}")
    sign = f"/figures/releases/{place[1]}/sign/"
    page = press.get(sign)
    if page.status == 200:
        press.send(sign, _fields(page.text))
    # A proposal that waits is listed with its withdrawal; a release that is out has a link of its own.
    out = set(OUT.findall(press.get("/figures/").text)) - before
    if place[1] in out or press.get(f"/figures/releases/{place[1]}/").status == 200:
        return broken("a release went out on one account")
    return withstood("what one account prepared and signed itself is not out")


def _fields(page: str) -> dict[str, str]:
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is not None:
            fields[name[1]] = value[1] if value is not None else ""
    return fields
