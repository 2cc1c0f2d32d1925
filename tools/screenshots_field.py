"""Part of `make screenshots`: every screen of the field app, docs/screenshots/field-<screen>-<width>.png.

With the fake core, so that no node is needed. `python -m tools.screenshots_field NAME ...` takes those alone
whose name holds NAME.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support.chromium import ARGUMENTS, chromium
from tests.support.field_screens import SCREENS, served, show

OUT = Path(__file__).resolve().parents[1] / "docs" / "screenshots"
SIZES = ((360, 740), (1280, 900))
TALLEST = 1900


def take_field(names: list[str], out: Path = OUT) -> None:
    """As tall as each is, so that what stays at the bottom covers nothing."""
    chosen = [
        screen for screen in SCREENS if not names or any(name in f"field-{screen.name}" for name in names)
    ]
    with sync_playwright() as playwright, served() as base:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        for width, height in SIZES:
            page = browser.new_page(
                viewport={"width": width, "height": height},
                locale="en-GB",
                timezone_id="America/Guyana",
                reduced_motion="reduce",
            )
            for screen in chosen:
                page.set_viewport_size({"width": width, "height": height})
                show(page, base, screen)
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": min(max(tall, height), TALLEST)})
                page.evaluate("scrollTo(0, 0)")
                page.screenshot(path=str(out / f"field-{screen.name}-{width}.png"))
        browser.close()


if __name__ == "__main__":
    take_field(sys.argv[1:])
