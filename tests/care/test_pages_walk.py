"""A care node and a host, each a process of its own: asked, answered on a phone, called back, recorded."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey
from playwright.sync_api import Page, expect

from libertad.answer_page.signing import public, signing_key
from libertad.care.actions.refer import refer
from tests.care.people import CLINIC, consent, meet
from tests.care.test_outside import confirm, registered
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, signed_in
from tests.support.serving import ROOT, _wait, free_port, server
from tests.support.world import World

TOLD = ("sex", "languages")
WORDS = "Two places, ask for the duty nurse of Ottersgate"


@contextmanager
def host(home: Path, nodes: str) -> Iterator[str]:
    """The program `libertad answer-page run --local`; yields its address."""
    port = free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIBERTAD_", "DJANGO_"))
    }
    environment |= {"LIBERTAD_ANSWERS_HOME": str(home), "LIBERTAD_ANSWERS_NODES": nodes}
    command = [sys.executable, "-m", "libertad.cli", "answer-page", "run", "--local", "--port", str(port)]
    running = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait(port, running)
        yield f"http://localhost:{port}"
    finally:
        running.terminate()
        running.wait(30)


@pytest.mark.usefixtures("ninth_of_april")
def test_a_service_answers_on_a_phone_and_is_called_back(
    world: World, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    confirm(world, "supervisor", registered(world))
    person = meet(world, name="Yulimar Quillfeather")
    agreed = consent(world, person)
    values = {"service": "medical", "to": CLINIC, "consent": agreed, "disclosed": TOLD}
    referral = world.perform("caseworker", refer, person=person, note="asks for Ana", **values)
    shutil.copytree(Path(os.environ["LIBERTAD_HOME"]) / "secrets", world.home / "secrets", dirs_exist_ok=True)
    node_key = public(signing_key(world.home / "secrets" / "answer-page"))
    answers = tmp_path / "answers"
    host_key = public(signing_key(answers / "key"))
    with (
        host(answers, node_key) as pages,
        server(world.home, LIBERTAD_ANSWER_HOST=pages, LIBERTAD_ANSWER_HOST_KEY=host_key) as node,
    ):
        desk = signed_in(world, "caseworker", open_page(), node)
        desk.goto(f"{node}/care/{person}/referrals/{referral}/")
        desk.get_by_role("link", name="Ask by a one-time page").click()
        desk.get_by_label(re.compile(CLINIC)).check()
        desk.get_by_label("Sex").select_option("female")
        desk.get_by_label("Your duty line").fill("+592 555 0142")
        desk.get_by_role("button", name="Make the page").click()
        expect(desk.get_by_text("The page is there.")).to_be_visible()
        code, link = (text.inner_text() for text in desk.locator(".secret").all())
        stored = b"".join(path.read_bytes() for path in answers.rglob("*") if path.is_file())
        _clean(desk, "the page with link and code")

        phone = open_page(viewport=PHONE, has_touch=True, is_mobile=True, java_script_enabled=True)
        phone.goto(link)
        _clean(phone, "the code")
        phone.get_by_label("Code").fill("1")
        phone.get_by_role("button", name="Show what is asked").click()
        expect(phone.get_by_text("The code has 8 digits").first).to_be_visible()
        phone.get_by_label("Code").fill(code)
        phone.get_by_role("button", name="Show what is asked").click()
        expect(phone.get_by_text("Woman or girl")).to_be_visible()
        _clean(phone, "the question")
        phone.get_by_label("We can help").check()
        phone.get_by_label("Anything that we should know").fill(WORDS)
        phone.get_by_role("button", name="Send the answer").click()
        expect(phone.get_by_text("Your answer is on its way")).to_be_visible()
        _clean(phone, "the end")
        assert phone.context.cookies() == [] and phone.console.refused == []  # type: ignore[attr-defined]
        assert phone.goto(link).status == 404  # type: ignore[union-attr]

        stored += b"".join(path.read_bytes() for path in answers.rglob("*") if path.is_file())
        planted = ["Quillfeather", CLINIC, "Ana", WORDS, "Ottersgate", "555 0142", "medical", "female"]
        token = link.rstrip("/").rpartition("/")[2]
        for word in [*planted, person, referral, world.operation, token, code, code.replace(" ", "")]:
            assert word.encode() not in stored, word

        _until(desk, f"{node}/", f"Unconfirmed, call back: {CLINIC}")
        desk.goto(f"{node}/care/{person}/referrals/{referral}/")
        expect(desk.get_by_text(WORDS)).to_be_visible()
        desk.set_viewport_size(PHONE)  # type: ignore[arg-type]
        _clean(desk, "the referral")
        desk.get_by_label("Accepted").check()
        desk.get_by_label("With whom did you speak when you called back?").fill("Sister Agnes")
        desk.get_by_role("button", name="Record the answer").click()
        desk.wait_for_url("**/referrals/")
        desk.goto(f"{node}/")
        assert desk.get_by_text("Unconfirmed, call back").count() == 0


def test_a_host_without_its_node_does_not_serve(tmp_path: Path) -> None:
    environment = os.environ | {"LIBERTAD_ANSWERS_HOME": str(tmp_path / "answers")}
    environment.pop("LIBERTAD_ANSWERS_NODES", None)
    command = [sys.executable, "-m", "libertad.cli", "answer-page", "run", "--local"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "no care node is named" in done.stderr
    told = subprocess.run(
        [sys.executable, "-m", "libertad.cli", "answer-page", "keys"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    key = SigningKey(bytes.fromhex((tmp_path / "answers" / "key").read_text()))
    assert told.strip() == f"LIBERTAD_ANSWER_HOST_KEY={public(key)}"


def _clean(page: Page, name: str) -> None:
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    violations = axe(page)
    assert not violations, f"{name}: {violation_lines(violations)}"
    if folder := os.environ.get("LIBERTAD_SHOTS"):
        page.screenshot(path=f"{folder}/{name.replace(' ', '-')}.png", full_page=True)


def _until(page: Page, address: str, words: str) -> Any:
    """The node's own look comes every twenty seconds."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        page.goto(address)
        if page.get_by_text(words).count():
            return
        time.sleep(2)
    raise AssertionError(f"not on the page: {words}")
