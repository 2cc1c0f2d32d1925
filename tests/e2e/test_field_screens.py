"""What an officer sees and touches: every screen of the field app, in a real browser, with the fake core.

axe finds nothing; text is at least 7:1; targets are at least 48 px; 320 px wide and text at 200% need no
sideways scroll; the unsent count and the way to danger are on every screen; nothing is preselected.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from libertad.field.app_files import APP, KINDS, POLICY
from tests.support.accessibility import Console, axe, violation_lines
from tests.support.daybook import listing, until_kept
from tests.support.field_screens import CODE, SCREENS, WORDS, Screen, fill, perform, press, served, show

pytestmark = [pytest.mark.look, pytest.mark.xdist_group("field-screens")]
MOST = 150_000
CONTRAST, TARGET = 7, 48
PHONE, SMALL, WIDE = (
    {"width": 360, "height": 740},
    {"width": 320, "height": 640},
    {"width": 1280, "height": 800},
)
NO_BAND = {"first-start", "opening"}
NO_DANGER = {"first-start", "opening", "ended", "destroyed", "other-tab", "danger", "indicators-hidden"}
CHOSEN = {"language", "way"}

AUDIT = """([contrast, target]) => {
  const faults = [];
  const visible = (part) => part.checkVisibility({ opacityProperty: false, visibilityProperty: true })
    && part.getClientRects().length > 0 && !part.closest('.unheard');
  const channel = (n) => { n /= 255; return n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = (part) => {
    for (let at = part; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const walker = document.createTreeWalker(document.getElementById('app'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const part = text.parentElement;
    if (!text.data.trim() || !visible(part)) continue;
    const style = getComputedStyle(part);
    const drawn = part.closest('svg') ? part.closest('[fill]')?.getAttribute('fill') ?? style.fill : '';
    const ink = drawn || style.color;
    const hex = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
    const asNumbers = ink.startsWith('#') ? hex(ink) : numbers(ink);
    const [one, two] = [light(asNumbers), light(ground(part))].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < contrast) faults.push(`${ratio.toFixed(2)}:1 ${text.data.trim().slice(0, 40)}`);
    if (parseFloat(style.fontSize) < 13) faults.push(`${style.fontSize} ${text.data.trim().slice(0, 40)}`);
  }
  for (const part of document.querySelectorAll('button, a[href], input, select, textarea')) {
    if (part.type === 'file' && part.hidden || !visible(part)) continue;
    const { width, height } = part.getBoundingClientRect();
    if (Math.min(width, height) < target - 0.5) {
      const name = part.ariaLabel || part.textContent || part.id || part.type;
      faults.push(`${Math.round(width)}x${Math.round(height)} ${name}`);
    }
  }
  return faults;
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"
CHECKED = """() => [...document.querySelectorAll('input:checked')].map((input) =>
  input.closest('fieldset')?.id ?? input.id)"""


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="en-GB", timezone_id="America/Guyana")
    yield context.new_page()
    context.close()


def each(screens: list[Screen]) -> pytest.MarkDecorator:
    """One case a screen; the first is quick, all of them are for the night."""
    rest = (pytest.param(screen, marks=pytest.mark.dear) for screen in screens[1:])
    return pytest.mark.parametrize("screen", [screens[0], *rest], ids=lambda screen: screen.name)


@each(SCREENS)
def test_a_screen_is_for_everybody(page: Page, base: str, screen: Screen) -> None:
    console = Console(page)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    show(page, base, screen)
    # As tall as it is: what stays at the top and the bottom covers nothing.
    page.set_viewport_size(
        {"width": PHONE["width"], "height": page.evaluate("document.documentElement.scrollHeight")}
    )
    assert violation_lines(axe(page)) == ""
    assert page.evaluate(AUDIT, [CONTRAST, TARGET]) == []
    wide = {}
    for size, text in ((PHONE, 100), (WIDE, 100), (SMALL, 100), (SMALL, 200)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("size => { document.documentElement.style.fontSize = `${size}%`; }", text)
        wide[f"{size['width']} px, text {text}%"] = page.evaluate(TOO_WIDE)
    assert {at: far for at, far in wide.items() if far > 0} == {}
    assert console.refused == [] and console.errors == []


@each([screen for screen in SCREENS if not screen.acts])
def test_a_screen_chooses_nothing_says_what_is_unsent_and_leads_to_danger(
    page: Page, base: str, screen: Screen
) -> None:
    show(page, base, screen)
    assert set(page.evaluate(CHECKED)) - CHOSEN == set(), "preselected"
    text = page.locator("#app").inner_text()
    if screen.name not in NO_BAND:
        assert "not yet handed over" in text and "ago" in text
    if screen.name not in NO_DANGER:
        way = page.get_by_role("button", name="Danger")
        assert way.count() >= 1
        way.first.click()
        page.get_by_text("Nothing has been saved or sent yet.").wait_for(timeout=5000)


SITE = """name => {
  const task = window.field.task();
  window.field.task = () => ({ ...task, site: { ...task.site, id: name, name } });
  window.field.set({});
}"""
HOW = ("where_found", "taken_from", "witness")


def shown_how(page: Page) -> list[str]:
    return [page.locator(f"#{name}").input_value() for name in HOW]


def test_place_witness_and_from_whom_go_on_to_the_next_item_of_the_same_task(page: Page, base: str) -> None:
    """Seen as such and changeable; not what the thing is, and nothing at another site or after a lock into
    another task."""
    [seized] = [each for each in SCREENS if each.name == "seize-next"]
    said = ["Office, top drawer", "The foreman", "Sgt. M. Adams"]
    show(page, base, seized)
    page.get_by_text("Carried over: Office, top drawer; The foreman; Sgt. M. Adams").wait_for(timeout=5000)
    assert shown_how(page) == said
    assert page.get_by_label("Witness as the item before").count() == 1
    assert page.locator("#seal").input_value() == page.locator("#description").input_value() == ""
    page.locator("#taken_from").fill("The cook")
    page.get_by_text("Carried over: Office, top drawer; Sgt. M. Adams").wait_for(timeout=5000)
    perform(page, *press("Not sealed yet"))
    page.locator("#kind label").filter(has_text="Other").click()
    page.locator("#description").fill("Ledger")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("4 items seized on this phone.").first.wait_for(timeout=5000)
    third, fourth = page.evaluate("async () => (await window.field.records()).slice(0, 2).reverse()")
    assert [third["values"][name] for name in HOW] == said
    assert [fourth["values"][name] for name in HOW] == [said[0], "The cook", said[2]]
    assert page.get_by_text("Not saved yet").count() == 0, "what goes on is nothing unsaved"
    seize_again(page)
    assert shown_how(page) == [said[0], "The cook", said[2]]
    page.get_by_role("button", name="Empty what was carried over").click()
    assert shown_how(page) == ["", "", ""]
    page.get_by_role("button", name="Finish").click()
    page.evaluate("window.field.lock()")
    page.evaluate("window.field.set({ locked: false })")
    seize_again(page)
    assert shown_how(page) == [said[0], "The cook", said[2]], "the same task"
    page.evaluate(SITE, "Another site")
    page.get_by_text("Another site, item").wait_for(timeout=5000)
    assert shown_how(page) == ["", "", ""]
    page.evaluate("window.field.lock()")
    page.evaluate(SITE, "A third site")
    page.evaluate("window.field.set({ locked: false })")
    page.evaluate("history.back()")
    seize_again(page)
    assert shown_how(page) == ["", "", ""]


def seize_again(page: Page) -> None:
    if page.locator("#seal").count() == 0:
        page.get_by_role("button", name="Seize and seal").click()
    page.locator("#seal").wait_for(timeout=5000)


def test_a_thing_has_several_photos_and_not_more_than_five(page: Page, base: str) -> None:
    photo = ("photo", "")
    show(page, base, Screen("seize", "seize", acts=(photo,) * 4))
    page.get_by_role("button", name="Remove photo 2").click()
    page.get_by_text("3 of at most 5").wait_for(timeout=5000)
    further = page.get_by_role("button", name="Take another photo")
    assert further.count() == 1
    for act in (photo, photo):
        perform(page, *act)
    page.get_by_text("5 of at most 5").wait_for(timeout=5000)
    assert further.count() == 0
    perform(page, *press("Not sealed yet"))
    page.locator("#kind label").filter(has_text="Other").click()
    page.locator("#description").fill("Ledger")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("3 items seized on this phone.").first.wait_for(timeout=5000)
    assert page.evaluate("async () => (await window.field.records())[0].photos") == 5


def test_an_age_is_a_range_of_years_as_it_looks(page: Page, base: str) -> None:
    show(page, base, Screen("meet", "meet", acts=(press("Adult"), fill("From", "15"))))
    page.locator("#age-to").fill("17")
    page.evaluate(
        "() => { const meet = window.field.meet.bind(window.field); window.field.meet = (said, ...rest) => "
        "{ window.met = said; return meet(said, ...rest); }; }"
    )
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_role("alert").get_by_text("these years say otherwise").wait_for(timeout=5000)
    perform(page, *press("Not sure"))
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_text("Saved on this phone as P-GY-K7-003.").first.wait_for(timeout=5000)
    first = page.evaluate("window.met.also[0]")
    birth = first["values"]["birth"]
    assert (first["source"], birth["age_from"], birth["age_to"]) == ("saw", 15, 17)


def test_a_person_is_met_with_the_keyboard_alone_and_what_is_empty_is_not_asked(
    page: Page, base: str
) -> None:
    show(page, base, Screen("meet", "meet"))
    page.get_by_label("What may we call you?").focus()
    page.keyboard.type("Rosa")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # Child
    for _ in range(20):
        if page.evaluate("document.activeElement.textContent") == "Save on this phone":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Saved on this phone as P-GY-K7-003.").first.wait_for(timeout=5000)
    met = page.evaluate("async () => (await window.field.records())[0].values")
    assert met["name"] == [{"text": "Rosa"}] and met["danger"] == ""
    assert not {"sex", "language", "needs", "birth"} & set(met)


def test_a_choice_is_taken_back_by_a_second_touch(page: Page, base: str) -> None:
    show(page, base, Screen("meet", "meet", acts=(press("Adult"),)))
    assert page.evaluate(CHECKED) == ["age"]
    page.get_by_role("radio", name="Adult").click()
    assert page.evaluate(CHECKED) == []


def test_errors_are_named_and_lead_to_their_field(page: Page, base: str) -> None:
    show(page, base, Screen("danger-errors", "danger", acts=(press("Save and send now"),)))
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    page.get_by_role("button", name="What is the danger", exact=False).click()
    assert page.evaluate("document.activeElement.id") == "words"
    assert page.evaluate("window.field.status.unsent.entries") == 4, "nothing was saved"


def test_locking_hides_what_is_typed_and_gives_it_back(page: Page, base: str) -> None:
    show(page, base, Screen("meet", "meet"))
    page.get_by_label("What may we call you?").fill("Rosa")
    page.get_by_role("button", name="Lock").click()
    page.get_by_text("Locked. You can still write.").wait_for(timeout=5000)
    assert "Rosa" not in page.content()
    page.get_by_role("button", name="Record a person").click()
    assert page.get_by_label("What may we call you?").input_value() == "", "another person's form"
    page.get_by_role("button", name="Back").click()
    page.get_by_label("Passphrase, six words").fill("river anchor velvet copper ladder orange")
    page.get_by_role("button", name="Unlock").click()
    page.get_by_label("What may we call you?").wait_for(timeout=5000)
    assert page.get_by_label("What may we call you?").input_value() == "Rosa"


def test_what_is_saved_while_locked_is_confirmed_and_not_shown(page: Page, base: str) -> None:
    show(page, base, Screen("meet", state="locked"))
    page.get_by_role("button", name="Record a person").click()
    page.get_by_label("What may we call you?").fill("Rosa")
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_text("Saved and sealed on this phone.", exact=False).first.wait_for(timeout=5000)
    assert "Rosa" not in page.content() and "5 not yet handed over" in page.locator("header").inner_text()


def test_what_is_done_is_said_in_a_region_that_outlives_the_screen(page: Page, base: str) -> None:
    """A line that comes into the page with its place is not read aloud."""
    for state, way, told in (
        ("open", "Meet a person", "Saved on this phone as"),
        ("locked", "Record a person", "Saved and sealed on this phone."),
    ):
        show(page, base, Screen("start", state=state))
        page.evaluate("window.region = document.querySelector('#app > [role=status]')")
        page.get_by_role("button", name=way).click()
        page.get_by_label("What may we call you?").fill("Rosa")
        page.get_by_role("button", name="Save on this phone").click()
        page.locator(".notice").get_by_text(told).wait_for(timeout=5000)
        assert page.evaluate("window.region.isConnected && window.region.textContent").startswith(told)


@pytest.mark.parametrize("state", ["open", "locked"])
def test_an_empty_form_makes_nobody_until_that_is_said(page: Page, base: str, state: str) -> None:
    show(page, base, Screen("meet", "meet", state=state))
    for _ in range(2):
        page.get_by_role("button", name="Save on this phone").click()
        page.get_by_role("alert").get_by_text("Nothing is filled in yet.").wait_for(timeout=5000)
    assert page.evaluate("window.field.status.unsent.entries") == 4, "a second press of the same is no word"
    page.get_by_role("radio", name="Adult").click()
    assert page.get_by_role("alert").count() == 0
    page.get_by_role("radio", name="Adult").click()
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_role("button", name="Record somebody of whom nothing is known").click()
    page.locator(".notice").get_by_text("Saved").wait_for(timeout=5000)
    assert page.evaluate("window.field.status.unsent.entries") == 5


def test_what_one_comes_to_do_stands_above_the_fold(page: Page, base: str) -> None:
    """At a phone's size: the four tiles above the way to danger, and the code that another phone reads."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    show(page, base, Screen("start"))
    page.evaluate("scrollTo(0, 0)")
    covered = page.evaluate("""() => [...document.querySelectorAll('.tile')].filter((tile) => {
      const { left, top, bottom } = tile.getBoundingClientRect();
      return ![top + 3, bottom - 3].every((y) => tile.contains(document.elementFromPoint(left + 9, y)));
    }).map((tile) => tile.textContent)""")
    assert covered == []
    show(page, base, Screen("hand-over", "hand-over", acts=(press("QR codes"), press("Show codes"))))
    page.get_by_role("button", name="Hold still").click()
    page.evaluate("scrollTo(0, 0)")
    for part in (page.locator("canvas.code"), page.get_by_role("button", name="Next part")):
        box = part.bounding_box()
        assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= PHONE["height"]
    page.get_by_text(
        "20 entries in these codes. 1 more set of codes after these, with the other 4."
    ).wait_for(timeout=5000)
    page.get_by_role("button", name="Show the next set").click()
    page.get_by_text("4 entries in these codes. No further codes are left.").wait_for(timeout=5000)


def test_cash_is_counted_before_it_is_sealed(page: Page, base: str) -> None:
    show(page, base, Screen("seize", "seize", acts=(press("Cash"),)))
    page.get_by_label("What it looks like").fill("Notes in an envelope")
    page.get_by_label("Seal", exact=True).fill("GY-118470")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("count it: currency, worth and number of pieces").first.wait_for(timeout=5000)
    page.get_by_label("Currency").select_option("GYD")
    page.get_by_label("Worth each").fill("1000")
    page.get_by_label("Pieces").fill("42")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("3 items seized", exact=False).first.wait_for(timeout=5000)
    seized = page.evaluate("async () => (await window.field.records())[0].values")
    assert seized["cash"] == [{"currency": "GYD", "denomination": "1000", "pieces": 42}]


def test_a_seal_is_used_once(page: Page, base: str) -> None:
    show(page, base, Screen("seize", "seize", acts=(press("Document"),)))
    page.get_by_label("What it looks like").fill("Ledger")
    page.get_by_label("Seal", exact=True).fill("GY-118465")
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("alert").get_by_text("GY-118465 is used already", exact=False).wait_for(timeout=5000)


def test_capturing_goes_on_when_reading_has_ended(page: Page, base: str) -> None:
    """Without the task on the screen: which site and team it is about, the core knows."""
    show(
        page,
        base,
        Screen("check-in", "check-in", state="lease-over", acts=(press("On site"), press("No position"))),
    )
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_text("Check-in saved on this phone.").first.wait_for(timeout=5000)
    show(page, base, Screen("empty", "empty", state="lease-over"))
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_text("saved on this phone.", exact=False).first.wait_for(timeout=5000)
    assert page.evaluate("window.field.status.unsent.entries") == 5


def test_private_mode_hides_at_once_and_comes_back_at_the_third_press(page: Page, base: str) -> None:
    show(page, base, Screen("indicators", "indicators"))
    page.keyboard.press("Escape")
    blank = page.locator(".curtain .blank")
    blank.wait_for(timeout=5000)
    assert "Found" not in page.content() and page.title() == "Daybook"
    blank.click()
    blank.click()
    assert blank.count() == 1
    blank.click()
    page.get_by_role("heading", name="Notes").wait_for(timeout=5000)


def test_keys_are_destroyed_only_when_asked_twice(page: Page, base: str) -> None:
    show(page, base, Screen("destroy", state="locked", acts=(press("Destroy keys"),)))
    page.get_by_role("button", name="Destroy the keys of this phone").click()
    assert page.evaluate("window.field.status.destroyed") is False
    page.get_by_role("button", name="Yes, destroy them now").click()
    page.get_by_text("The keys of this phone are destroyed").wait_for(timeout=5000)
    assert page.get_by_role("button", name="Hand over").count() >= 1, "what was captured can still go"


def test_a_phone_whose_access_ended_says_so_and_not_that_somebody_destroyed_its_keys(
    page: Page, base: str
) -> None:
    """The core reports both: with the access the keys go."""
    show(page, base, Screen("ended", state="ended"))
    assert page.evaluate("window.field.status.destroyed") is True
    main = page.locator("main").inner_text()
    assert "This phone's access has ended" in main and "Revoked by" in main
    assert "waits for a named officer" in main and "are destroyed" not in main


def test_a_code_that_is_not_taken_stands_in_its_box_to_be_typed_again(page: Page, base: str) -> None:
    unknown = "00000-00000-00000-00000"
    acts = (fill("Code, 20 signs", unknown), press("Go on"), press("All the same"))
    show(page, base, Screen("first-start", state="new", acts=acts))
    page.get_by_role("alert").get_by_text("The node does not know this code").wait_for(timeout=5000)
    box = page.get_by_label("Code, 20 signs")
    assert box.input_value() == unknown and "words differed" not in page.content()
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Type the code again").click()
    assert box.input_value() == unknown and page.get_by_role("alert").count() == 0


def test_a_phone_is_enrolled_only_with_its_words_typed_back(page: Page, base: str) -> None:
    acts = (CODE, press("Go on"), press("All the same"), press("I have kept them"))
    show(page, base, Screen("first-start", state="new", acts=acts))
    page.get_by_label("The six words").fill("river anchor velvet copper ladder lemon")
    page.get_by_role("button", name="Enrol this phone").click()
    page.get_by_text("these are not the six words", exact=False).first.wait_for(timeout=5000)
    assert page.evaluate("window.field.status.enrolled") is False
    page.get_by_label("The six words").fill(WORDS[1].split("|")[1].upper())
    page.get_by_role("button", name="Enrol this phone").click()
    page.get_by_text("My task").wait_for(timeout=5000)
    assert "Locked" not in page.locator("main").inner_text()
    page.evaluate("window.field.set({ unsent: { entries: 0, photos: 0, bytes: 0, since: null } })")
    band = page.locator(".band").inner_text()
    assert "Nothing captured yet" in band and "All handed over" not in band


@pytest.mark.parametrize(
    "language", ["es", *(pytest.param(other, marks=pytest.mark.dear) for other in ("pt", "fr"))]
)
def test_every_language_fits_a_small_phone(page: Page, base: str, language: str) -> None:
    page.set_viewport_size(SMALL)  # type: ignore[arg-type]
    for name in ("start", "meet", "headcount", "room", "seize", "hand-over", "danger", "site"):
        show(page, base, Screen(name, name), language)
        assert page.evaluate("document.documentElement.lang") == language
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate(TOO_WIDE) <= 0, name


# -- The app that a node serves ------------------------------------------------------------


def test_the_first_load_is_small() -> None:
    first = [*listing()["first"], "sw.js"]
    sizes = {name: len(gzip.compress((APP / name).read_bytes(), 9)) for name in first}
    assert sum(sizes.values()) <= MOST, sizes


def test_nothing_of_the_fake_is_served_and_nothing_that_the_policy_refuses() -> None:
    for path in APP.rglob("*"):
        if path.suffix in {".js", ".html", ".css"}:
            text = path.read_text(encoding="utf-8")
            assert "Marisol" not in text and "fakeField" not in text, path.name
            for refused in (
                "eval(",
                "new Function",
                "WebAssembly",
                "<style",
                ' style="',
                "http://",
                "//# source",
            ):
                assert refused not in text.replace("http://www.w3.org/", ""), (path.name, refused)
    page = (APP / "index.html").read_text(encoding="utf-8")
    assert "<script type=" in page and "<script>" not in page


def test_the_app_has_a_neutral_name_and_can_be_installed() -> None:
    manifest = json.loads((APP / "daybook.webmanifest").read_text(encoding="utf-8"))
    assert manifest["name"] == manifest["short_name"] == "Daybook"
    assert manifest["display"] == "standalone" and manifest["scope"] == manifest["start_url"] == "/field/"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert (APP / icon["src"]).is_file()
    words = (APP / "daybook.webmanifest").read_text(encoding="utf-8") + (APP / "index.html").read_text(
        encoding="utf-8"
    )
    assert not [word for word in ("traffick", "police", "libertad", "victim") if word in words.lower()]


class _AsServed(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return str(APP / (path.split("?")[0].removeprefix("/field/").lstrip("/") or "index.html"))

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def guess_type(self, path: Any) -> str:
        return KINDS.get(Path(path).suffix, "application/octet-stream")

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def test_the_app_opens_without_a_network(browser: Browser) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_AsServed, directory=str(APP)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    try:
        page = context.new_page()
        console = Console(page)
        page.goto(f"http://127.0.0.1:{server.server_port}/field/")
        page.get_by_text("Whose phone is this?").wait_for(timeout=20_000)
        until_kept(page)
        server.shutdown()
        server.server_close()
        page.reload()
        page.get_by_text("Whose phone is this?").wait_for(timeout=20_000)
        page.get_by_role("radio", name="Español").click()
        page.get_by_text("¿De quién es este teléfono?").wait_for(timeout=20_000)
        assert console.refused == []
    finally:
        context.close()


def test_a_travel_document_says_what_stands_in_it_read_or_seized(page: Page, base: str) -> None:
    """Its lines are read with the day on which it expires; that was shown and not recorded."""
    [lines] = [screen for screen in SCREENS if screen.name == "travel-document"]
    show(page, base, lines)
    page.get_by_role("radio").first.check(force=True)
    page.get_by_role("button", name="Save on this phone").click()
    page.get_by_text("Document saved on this phone.").first.wait_for(timeout=5000)
    read = page.evaluate("async () => (await window.field.records())[0].values")
    assert (read["document_number"], read["document_expires"]) == ("L898902C3", "2012-04-15")
    show(page, base, Screen("seize", "seize", acts=(press("Mobile phone"),)))
    assert page.get_by_label("Document number").count() == 0
    perform(page, *press("Travel document"))
    page.get_by_label("What it looks like").fill("Passport, dark red")
    page.get_by_label("Seal", exact=True).fill("GY-118471")
    page.get_by_label("Document number").fill("R0123456")
    page.get_by_label("Issued by").select_option("VE")
    page.get_by_label("Holder, as the document says").fill("PEÑA DÍAZ YULIMAR")
    page.get_by_role("button", name="Finish").click()
    page.get_by_text("3 items seized", exact=False).first.wait_for(timeout=5000)
    seized = page.evaluate("async () => (await window.field.records())[0].values")
    values = {name: value for name, value in seized.items() if name.startswith("document_")}
    assert values == {
        "document_number": "R0123456",
        "document_country": "VE",
        "document_holder": "PEÑA DÍAZ YULIMAR",
    }
