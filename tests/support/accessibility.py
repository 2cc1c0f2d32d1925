"""axe-core on a page, and what the page's own security policy refused."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

AXE = Path(__file__).parents[2] / "assets" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _source() -> str:
    if not AXE.is_file():
        raise AssertionError(f"axe-core is missing at {AXE}: run `make setup`")
    return AXE.read_text(encoding="utf-8")


def axe(page: Page, *, within: str | None = None, without: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The violations on the page, each as axe reports it; an empty list is a clean page.

    axe goes in through the debugger, so that the page's Content-Security-Policy stays in force.
    """
    page.wait_for_load_state()  # a link that was clicked has led only as far as its answer's first bytes
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(_source() + "\n;undefined")
    violations: list[dict[str, Any]] = page.evaluate(
        """async ([within, rules, without]) => {
            const off = Object.fromEntries(without.map((rule) => [rule, {enabled: false}]));
            const options = {runOnly: {type: "tag", values: rules}, rules: off, resultTypes: ["violations"]};
            return (await window.axe.run(within || document, options)).violations;
        }""",
        [within, RULES, list(without)],
    )
    return violations


def violation_lines(violations: list[dict[str, Any]]) -> str:
    """Violations as lines for an assertion message: rule, what it means, where."""
    return "\n".join(
        f"{violation['id']} ({violation['impact']}): {violation['help']} at "
        + ", ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
        for violation in violations
    )


class Console:
    """What a page's console said: errors, and refusals by the Content-Security-Policy."""

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.refused: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _on_console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.refused.append(message.text)
        elif message.type == "error":
            self.errors.append(message.text)


def assert_clean(page: Any, name: str) -> None:
    """No violation of axe or of the policy, nothing wider than the window. `page`: of `open_page`.

    Where LIBERTAD_SHOTS names a folder, a picture of it goes there.
    """
    if folder := os.environ.get("LIBERTAD_SHOTS"):
        width = page.viewport_size["width"]
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)
    violations = axe(page)
    assert violations == [], f"{name}: {violation_lines(violations)}"
    assert page.console.refused == [] and page.console.errors == [], name
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} px too wide"
