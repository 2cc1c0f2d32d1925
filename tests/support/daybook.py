"""A phone with the field app on it: a browser of its own, with a profile that outlives it."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from libertad.field.app_files import APP
from tests.support.accessibility import Console
from tests.support.browsing import HUNG, PHONE
from tests.support.chromium import ARGUMENTS, chromium

SEIZED = "Mobile phone"
# `wait_for_function` would take the promise itself for true.
KEPT = """async count => {
  await navigator.serviceWorker.ready;
  for (const until = Date.now() + 60000; Date.now() < until; await new Promise(go => setTimeout(go, 50))) {
    const [name] = await caches.keys();
    if (name !== undefined && (await (await caches.open(name)).keys()).length >= count) return;
  }
  throw new Error(`not ${count} files were kept`);
}"""


def listing() -> dict[str, Any]:
    assert (APP / "kept.json").is_file(), "the app is not built: run `make setup`"
    listed: dict[str, Any] = json.loads((APP / "kept.json").read_text(encoding="utf-8"))
    return listed


def until_kept(page: Page) -> None:
    """Until the worker has kept all of the app: before that, not everything opens without a network."""
    page.evaluate(KEPT, len(listing()["first"]) + len(listing()["later"]))


class Daybook:
    """`folder`: its profile. `launch` and `kill` as often as wanted; `page` is the app's only page."""

    def __init__(self, browsers: BrowserType, folder: Path, base: str) -> None:
        self.browsers = browsers
        self.folder = folder
        self.base = base
        self.passphrase = ""
        self.context: BrowserContext | None = None
        self.page: Page

    # -- the browser -----------------------------------------------------------------------

    def launch(self, camera: Path | None = None, script: str = "") -> Page:
        """Start the browser on the profile and open the app. `camera`: a file of pictures that it sees."""
        arguments = list(ARGUMENTS)
        if camera is not None:
            arguments += [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={camera}",
            ]
        self.context = self.browsers.launch_persistent_context(
            str(self.folder),
            executable_path=chromium(),
            args=arguments,
            headless=True,
            viewport=PHONE,  # type: ignore[arg-type]
            device_scale_factor=2,
            locale="en-GB",
            timezone_id="America/Guyana",
            reduced_motion="reduce",
            permissions=["camera"] if camera is not None else [],
        )
        self.context.set_default_timeout(HUNG)
        if script:
            self.context.add_init_script(script)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.console = Console(self.page)  # type: ignore[attr-defined]
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.goto(f"{self.base}/field/")
        return self.page

    def close(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def processes(self) -> Iterator[int]:
        """Processes of this phone's browser."""
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError):
                    if f"--user-data-dir={self.folder}".encode() in (entry / "cmdline").read_bytes():
                        yield int(entry.name)

    def kill(self) -> None:
        """As when the battery is taken out: no process of the browser writes another byte."""
        for process in list(self.processes()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        until = time.monotonic() + 60
        while any(True for _process in self.processes()) and time.monotonic() < until:
            time.sleep(0.05)
        with suppress(Exception):
            self.close()
        self.context = None
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)

    # -- what an officer does --------------------------------------------------------------

    def press(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def enrol(self, code: str) -> None:
        """By the typed code: the node's words compared, six words kept and typed back."""
        page = self.page
        page.get_by_label("Code, 20 signs").fill(code)
        self.press("Go on")
        expect(page.get_by_role("heading", name="Is this your node?")).to_be_visible()
        self.press("All the same")
        expect(page.get_by_role("heading", name="Your passphrase, six words")).to_be_visible()
        numbered = page.locator(".words li").all_inner_texts()
        self.passphrase = " ".join(word.lstrip("123456 \n") for word in numbered)
        self.press("I have kept them")
        page.get_by_label("The six words").fill(self.passphrase)
        self.press("Enrol this phone")
        expect(page.get_by_text("My task")).to_be_visible()
        until_kept(page)

    def unlock(self) -> None:
        self.page.get_by_label("Passphrase, six words").fill(self.passphrase)
        self.press("Unlock")
        expect(self.page.get_by_text("My task")).to_be_visible()

    def home(self) -> None:
        self.page.goto(f"{self.base}/field/#start") if "/field/" not in self.page.url else None

    def meet(self, name: str, *, danger: bool = False, sex: str = "Woman") -> None:
        """From the start screen, saved on the phone; it is at the start screen again afterwards."""
        page = self.page
        self.press("Meet a person", exact=False)
        self.answer_meeting(name, danger=danger, sex=sex)
        self.press("Save on this phone")
        expect(page.get_by_text("Saved", exact=False).first).to_be_visible()
        expect(page.get_by_text("My task")).to_be_visible()

    def answer_meeting(self, name: str, *, danger: bool = False, sex: str = "Woman") -> None:
        page = self.page
        choose(page, "danger", "Yes, get help" if danger else "No")
        if danger:
            page.locator("#danger-words").fill("He has a knife and comes back at noon.")
        page.locator("#name").fill(name)
        choose(page, "age", "Adult")
        choose(page, "sex", sex)
        choose(page, "language", "Spanish")

    def give(self, field: str, answer: str) -> None:
        """Type it, choose it from a list, or touch the choice or button of that name."""
        part = self.page.locator(f"#{field}")
        kind = part.evaluate("part => part.tagName")
        if kind == "SELECT":
            by_value = part.locator(f"option[value='{answer}']").count()
            part.select_option(**{"value" if by_value else "label": answer})
        elif kind == "FIELDSET":
            part.locator("label, button").filter(has_text=answer).first.click()
        else:
            part.fill(answer)

    def seize(self, items: list[tuple[str, str]]) -> None:
        """(description, seal) of each, in a row."""
        page = self.page
        self.press("Seize", exact=False)
        for place, (description, seal) in enumerate(items, 1):
            choose(page, "kind", SEIZED)
            page.locator("#description").fill(description)
            page.locator("#where_found").fill("Office, top drawer")
            page.locator("#seal").fill(seal)
            if place < len(items):
                page.get_by_role("button", name="go on to item").click()
                expect(page.locator("#description")).to_have_value("")
            else:
                self.press("Finish")
        expect(page.get_by_text("My task")).to_be_visible()

    def read_by_camera(self, name: str) -> None:
        """Press the button by this name, and once more where a second of that name starts the camera."""
        self.press(name)
        self.page.wait_for_timeout(500)
        if not self.page.locator("video").count():
            self.press(name)

    def hand_over(self) -> None:
        """By its button, where it has not begun by itself."""
        self.press("Hand over", exact=False)
        button = self.page.get_by_role("button", name=re.compile("^(Hand over now|Handing over)$"))
        expect(button).to_be_visible()
        if button.is_enabled():
            button.click()

    def unsent(self) -> int:
        """How many entries the band on every screen says are on this phone only."""
        until = time.monotonic() + HUNG / 1000
        while (words := self.page.locator(".band strong").inner_text()).startswith("Handing over"):
            assert time.monotonic() < until, words
            self.page.wait_for_timeout(50)
        return int((re.match(r"\d+", words) or ["0"])[0])


def choose(page: Page, field: str, label: str) -> None:
    """A touch on one of a group's choices."""
    page.locator(f"#{field}").locator("label").filter(has_text=label).first.click()


@contextmanager
def phone(browsers: BrowserType, folder: Path, base: str, **options: Any) -> Iterator[Daybook]:
    """Launched; its browser ends with the block."""
    launched = Daybook(browsers, folder, base)
    launched.launch(**options)
    try:
        yield launched
    finally:
        launched.kill()
