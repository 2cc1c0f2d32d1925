"""The exchange's pictures for `make screenshots`: four real nodes, the line from Guyana to Barbados cut."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("barbados", "lyon", "guyana", "care")
CENTRE = "Coordination centre, Barbados"
# Name of the picture: node, role, page, and the link on it that is followed.
SHOTS = {
    "coordinator-exchange": ("barbados", "Coordinator", "/peers/", ""),
    "coordinator-peer": ("barbados", "Coordinator", "/peers/", "INTERPOL centre, Lyon"),
    "national-lead-line-cut": ("guyana", "National lead", "/peers/", CENTRE),
    "national-lead-readers": ("guyana", "National lead", "/people/", "P-GY-001"),
}


@contextmanager
def four(folder: Path) -> Iterator[int]:
    """Four nodes in a folder; the first of their ports."""
    first = _ports()
    environment = {**os.environ, "LIBERTAD_NODES": str(folder), "PYTHONPATH": str(ROOT)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    made = subprocess.Popen(
        [sys.executable, "-m", "libertad.cli", "demo", "--nodes", "4", "--port", str(first)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert made.stdout is not None
        if not any("Stop with Ctrl+C" in line for line in made.stdout):
            raise SystemExit("the four nodes did not start")
        yield first
    finally:
        made.send_signal(signal.SIGTERM)
        made.wait(timeout=60)


def _ports() -> int:
    for first in range(19_400, 19_900, 4):
        try:
            for port in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise SystemExit("no four free ports in a row")


def pages(browser: Browser, first: int, names: list[str], **options: object) -> Iterator[tuple[str, Page]]:
    """Each picture's page, opened by who would open it."""
    lead = _signed_in(browser, first, "guyana", "National lead", **options)
    at = f"http://localhost:{first + NAMES.index('guyana')}"
    lead.goto(at + "/peers/")
    cut = lead.get_by_role("button", name=f"Cut the line to {CENTRE}")
    if cut.count():
        cut.click()
        lead.wait_for_timeout(4000)  # until Barbados has noticed
    lead.context.close()
    for name in names:
        node, role, path, link = SHOTS[name]
        page = _signed_in(browser, first, node, role, **options)
        page.goto(f"http://localhost:{first + NAMES.index(node)}{path}")
        if link:
            page.get_by_role("link", name=link).first.click()
            page.wait_for_load_state()
        if name == "national-lead-readers":
            page.goto(page.url + "readers/")
        yield name, page
        page.context.close()


def _signed_in(browser: Browser, first: int, node: str, role: str, **options: object) -> Page:
    context: BrowserContext = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"http://localhost:{first + NAMES.index(node)}/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile(f"^{role}$"))).first.click()
    page.wait_for_load_state()
    return page
