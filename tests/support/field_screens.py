"""The field app's screens with its fake core, served as the node serves the app: for tests and pictures.

`npm run build:fake` builds them; nothing of the fake is in the app that a node serves.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from libertad.field.app_files import KINDS, POLICY
from tests.support.pictures import chunk, png

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "field-app" / "build" / "fake"


@dataclass(frozen=True)
class Screen:
    """`state` of the fake phone, `place` in the app, what is pressed or typed before it is looked at."""

    name: str
    place: str = ""
    state: str = "open"
    acts: tuple[tuple[str, str], ...] = ()


def press(name: str) -> tuple[str, str]:
    return ("press", name)


def fill(label: str, text: str) -> tuple[str, str]:
    return ("fill", f"{label}|{text}")


CODE = fill("Code, 20 signs", "7K2M9-PQRST-VWXYZ-01234")
WORDS = fill("The six words", "river anchor velvet copper ladder orange")
MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
SCREENS = (
    Screen("first-start", state="new"),
    Screen(
        "first-start-code-wrong", state="new", acts=(fill("Code, 20 signs", "not a code"), press("Go on"))
    ),
    Screen(
        "first-start-code-unknown",
        state="new",
        acts=(
            fill("Code, 20 signs", "00000-00000-00000-00000"),
            press("Go on"),
            press("All the same"),
        ),
    ),
    Screen("first-start-compare", state="new", acts=(CODE, press("Go on"))),
    Screen("first-start-words", state="new", acts=(CODE, press("Go on"), press("All the same"))),
    Screen(
        "first-start-back",
        state="new",
        acts=(CODE, press("Go on"), press("All the same"), press("I have kept them"), WORDS),
    ),
    Screen("start"),
    Screen("start-lease-over", state="lease-over"),
    Screen("start-clock-set-back", state="clock-back"),
    Screen("start-storage-low", state="full"),
    Screen("site", "site"),
    Screen("way-in", "way-in"),
    Screen("check-in", "check-in"),
    Screen("headcount", "headcount"),
    Screen("meet", "meet"),
    Screen("meet-empty", "meet", acts=(press("Save on this phone"),)),
    Screen("meet-years", "meet", acts=(press("Child"), fill("From", "15"), press("Save on this phone"))),
    Screen("meet-danger", "meet", acts=(press("Yes, get help"), press("Save on this phone"))),
    Screen(
        "room",
        "room",
        acts=(
            fill("Which room?", "Cabin behind the kitchen"),
            fill("Length", "2.4"),
            fill("Width", "1.9"),
            fill("Height", "1.5"),
            fill("Sleep here", "4"),
            press("By tape"),
            press("Outside"),
        ),
    ),
    Screen("indicators", "indicators", acts=(press("Found"),)),
    Screen("indicators-hidden", "indicators", acts=(press("Hide"),)),
    Screen("travel-document", "document", acts=(fill("The lines with <<<", MRZ),)),
    Screen("property", "property"),
    Screen("assess", "assess"),
    Screen("arrest", "arrest"),
    Screen("seize", "seize", acts=(press("Mobile phone"), fill("Seal", "GY-118467"))),
    Screen("seize-cash", "seize", acts=(press("Cash"),)),
    Screen("seize-photos", "seize", acts=(("photo", ""), ("photo", ""))),
    Screen(
        "seize-next",
        "seize",
        acts=(
            fill("Seal", "GY-118467"),
            press("Mobile phone"),
            fill("What it looks like", "Phone, black"),
            fill("Where it was found", "Office, top drawer"),
            fill("From whom", "The foreman"),
            fill("Witness", "Sgt. M. Adams"),
            press("Seal, go on to item 4"),
        ),
    ),
    Screen("offer-compose", "offer"),
    Screen("offer", "offer", state="offering"),
    Screen("accept", "accept"),
    Screen("accept-compare", "accept", acts=(("read-offer", ""),)),
    Screen(
        "accept-seals",
        "accept",
        acts=(("read-offer", ""), press("Yes, all of them"), press("Yes, I take it")),
    ),
    Screen("found-empty", "empty"),
    Screen("leave", "leave", acts=(press("People found"),)),
    Screen("note-person", "note-person"),
    Screen("note-lead", "note-lead"),
    Screen("more", "more"),
    Screen("hand-over", "hand-over"),
    Screen("hand-over-codes", "hand-over", acts=(press("QR codes"), press("Show codes"))),
    Screen("hand-over-file", "hand-over", acts=(press("File"),)),
    Screen("danger", "danger"),
    Screen("danger-errors", "danger", acts=(press("Save and send now"),)),
    Screen("records", "records"),
    Screen("records-lease-over", "records", state="lease-over"),
    Screen("record", "records", acts=(press("Person met: Yuleidy"),)),
    Screen("correct", "records", acts=(press("Person met: Yuleidy"), press("Correct this record"))),
    Screen("this-phone", "this-phone"),
    Screen("browser", "browser", state="full"),
    Screen("locked", state="locked"),
    Screen("locked-restarted", state="restarted"),
    Screen("locked-wrong", state="locked", acts=(fill("Passphrase, six words", "wrong"), press("Unlock"))),
    Screen("destroy", "destroy"),
    Screen("destroy-sure", "destroy", acts=(press("Destroy the keys of this phone"),)),
    Screen("destroyed", state="destroyed"),
    Screen("ended", state="ended"),
    Screen("other-tab", state="other-tab"),
    Screen("opening", state="opening"),
)


class _Handler(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        name = path.split("?")[0].removeprefix("/field/").lstrip("/") or "fake.html"
        return str(BUILT / name)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def guess_type(self, path: Any) -> str:
        return KINDS.get(Path(path).suffix, "application/octet-stream")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def served() -> Iterator[str]:
    """The address of the screens, without what names the state."""
    if not (BUILT / "fake.html").is_file():
        raise AssertionError(f"{BUILT} is missing: run `make setup-test`")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(BUILT)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/field/"
    finally:
        server.shutdown()
        server.server_close()


def show(page: Page, base: str, screen: Screen, language: str = "") -> None:
    """Opens the screen as it is to be looked at."""
    at = f"{base}?state={screen.state}{f'&language={language}' if language else ''}#{screen.place}"
    page.goto("about:blank")
    page.goto(at)
    page.locator(".frame").wait_for()
    page.evaluate("document.fonts.ready")
    for act in screen.acts:
        perform(page, *act)


def perform(page: Page, kind: str, text: str) -> None:
    if kind == "press":
        button, *others = (
            page.get_by_role(role, name=text, exact=True) for role in ("button", "radio", "checkbox")
        )
        button.or_(others[0]).or_(others[1]).first.click(timeout=10_000)
    elif kind == "fill":
        label, value = text.split("|", 1)
        page.get_by_label(label, exact=False).first.fill(value, timeout=3000)
    elif kind == "photo":
        many = page.locator("figure").count()
        content = png(chunk(b"tEXt", f"n\0{many}".encode()))
        given: Any = {"name": "photo.png", "mimeType": "image/png", "buffer": content}
        page.locator("input[capture]").set_input_files(given)
        page.locator("figure").nth(many).wait_for(timeout=3000)
    else:
        page.evaluate("name => window.show(name)", kind)
    page.wait_for_timeout(50)
