"""A page worked by keyboard alone: Tab until something has the focus, then the key that works it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page

FOCUSED = "(element) => element === document.activeElement"
GROUP = "(element) => document.activeElement.type === 'radio' && document.activeElement.name === element.name"
MOST = 300


class Keyboard:
    """Whoever uses no pointer. What Tab does not reach fails the test."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab_to(self, target: Locator) -> None:
        """Tab, and within radio buttons the arrows, until the target has the focus."""
        target.wait_for(state="visible")
        for _press in range(MOST):
            if target.evaluate(FOCUSED):
                return
            self.page.keyboard.press("ArrowDown" if target.evaluate(GROUP) else "Tab")
        raise AssertionError(f"{MOST} times Tab do not reach {target}")

    def follow(self, name: str) -> None:
        """The first link of this name in the main part, by Enter."""
        link = self.page.locator("main").get_by_role("link", name=re.compile(f"^\\s*{re.escape(name)}")).first
        self.tab_to(link)
        self._enter()

    def press(self, name: str) -> None:
        """A button, by Enter."""
        self.tab_to(self.page.locator("main").get_by_role("button", name=name, exact=True).first)
        self._enter()

    def choose(self, field: str, value: str) -> None:
        """A radio button or a box to tick, by Space."""
        target = self.page.locator(f"main [name={field}][value='{value}']")
        self.tab_to(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")

    def select(self, field: str, value: str) -> None:
        """A choice of a list, by the arrows."""
        target = self.page.locator(f"main select[name={field}]")
        self.tab_to(target)
        for _press in range(target.locator("option").count()):
            if target.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{field} has no {value}")

    def fill(self, field: str, words: str) -> None:
        self.tab_to(self.page.locator(f"main [name={field}]"))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def _enter(self) -> None:
        before = self.page.url
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        self.page.wait_for_load_state("networkidle")
        errors = self.page.locator(".govuk-error-summary")
        if errors.count():
            raise AssertionError(f"nothing was saved: {errors.first.inner_text()}")
        heading = self.page.locator("h1").first.inner_text()
        if heading in ("Page not found", "Not for your role"):
            raise AssertionError(f"from {before}: {heading}")
