"""A large file from a phone on a line that is lost: what arrived is kept, and nothing is sent twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from libertad.access import upload_parts
from libertad.access.models import Attachment
from libertad.access.upload_parts import upload_limits
from libertad.evidence.actions.seize import seize
from tests.support.accessibility import axe
from tests.support.browsing import PHONE, signed_in
from tests.support.pictures import jpeg
from tests.support.world import World

Open = Callable[..., Page]
PART = upload_limits()["part"]
PARTS = 5
SENDING, LOST = "Sending the file", "The line is lost. What has arrived is kept"


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_0412.jpg"
    path.write_bytes(jpeg(bytes(PART * (PARTS - 1) + 1000)))
    return path


@pytest.fixture
def form(world: World, live_server: Any, open_page: Open) -> Page:
    """The form for a phone that was seized."""
    fields = {"country": "GY", "kind": "mobile-phone", "description": "Mobile phone"}
    phone = world.perform("officer", seize, happened=world.at(5, 14, 5), **fields)
    page = signed_in(world, "officer", open_page(viewport=PHONE), live_server.url)
    page.goto(f"{live_server.url}/attach/exhibit/{phone}/")
    return page


class Line:
    """What passes to the node; `cut` after so many parts."""

    def __init__(self, page: Page) -> None:
        self.begins: list[int] = []
        self.cut_after = PARTS + 1
        page.route("**/upload/*/", self._pass)

    def _pass(self, route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        if len(self.begins) >= self.cut_after:
            return route.abort()
        self.begins.append(int(route.request.headers["upload-offset"]))
        return route.continue_()


def choose(page: Page, picture: Path) -> None:
    page.get_by_label("Picture, document, sound or short video").set_input_files(picture)
    page.get_by_role("textbox", name="What it shows").fill("The screen")


def narrow(page: Page) -> bool:
    return bool(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth <= 0")
    )


@pytest.mark.look
def test_a_lost_line_goes_on_by_itself(form: Page, picture: Path) -> None:
    line, address = Line(form), form.url
    line.cut_after = 2
    choose(form, picture)
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_role("status").filter(has_text=LOST)).to_be_visible()
    assert not Attachment.objects.exists() and form.url == address
    assert not axe(form) and narrow(form)
    name = form.get_by_role("textbox", name="What it shows")
    name.press("Enter")  # once more: nothing is begun anew
    expect(form.get_by_role("status").filter(has_text=LOST)).to_be_visible()
    line.cut_after = PARTS + 1
    form.evaluate("window.dispatchEvent(new Event('online'))")
    form.wait_for_url(lambda url: url != address)
    assert line.begins == [PART * part for part in range(PARTS)], "each part was sent once"
    assert Attachment.objects.count() == 1
    expect(form.get_by_text("The screen")).to_be_visible()


@pytest.mark.look
def test_a_page_that_was_closed_goes_on_with_the_same_file(form: Page, picture: Path) -> None:
    line, address = Line(form), form.url
    line.cut_after = 2
    choose(form, picture)
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_role("status").filter(has_text=LOST)).to_be_visible()
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(address)
    line.cut_after = PARTS + 1
    choose(form, picture)
    form.get_by_role("button", name="Add it").click()
    form.wait_for_url(lambda url: url != address)
    assert line.begins == [PART * part for part in range(PARTS)]
    assert Attachment.objects.count() == 1


@pytest.mark.look
def test_a_small_file_goes_with_its_form_and_a_refusal_says_why(form: Page, tmp_path: Path) -> None:
    line, address = Line(form), form.url
    small = tmp_path / "small.jpg"
    small.write_bytes(jpeg(b"small"))
    choose(form, small)
    form.get_by_role("button", name="Add it").click()
    form.wait_for_url(lambda url: url != address)
    assert not line.begins and Attachment.objects.count() == 1
    form.goto(address)
    program = tmp_path / "a.jpg"
    program.write_bytes(b"MZ\x90\x00" + bytes(2 * PART))
    choose(form, program)
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_role("alert")).to_contain_text("is no picture")
    assert Attachment.objects.count() == 1 and not axe(form)


@pytest.mark.look
def test_above_the_limit_nothing_is_sent(form: Page, tmp_path: Path) -> None:
    large = tmp_path / "long.mp4"
    with large.open("wb") as out:
        out.truncate(101 * 1024 * 1024)
    line = Line(form)
    choose(form, large)
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_role("status").filter(has_text="above 100 MB")).to_be_visible()
    assert not line.begins


@pytest.mark.look
def test_who_is_signed_out_is_told_so_and_not_of_a_lost_line(form: Page, picture: Path) -> None:
    address, cookies = form.url, form.context.cookies()
    choose(form, picture)
    form.context.clear_cookies()
    form.get_by_role("button", name="Add it").click()
    expect(form.get_by_role("status").filter(has_text="you are signed out")).to_be_visible()
    assert not axe(form) and narrow(form)
    form.context.add_cookies(cookies)  # type: ignore[arg-type]
    form.once("dialog", lambda dialog: dialog.accept())
    form.goto(address)
    choose(form, picture)
    form.get_by_role("button", name="Add it").click()
    form.wait_for_url(lambda url: url != address)
    assert Attachment.objects.count() == 1


@pytest.mark.look
def test_a_node_that_cannot_take_it_is_no_lost_line_and_a_full_one_takes_what_one_form_carries(
    form: Page, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = form.url
    choose(form, picture)
    form.route("**/upload/", lambda route: route.fulfill(status=503, body="", content_type="text/html"))
    form.get_by_role("button", name="Add it").click()
    expect(
        form.get_by_role("status").filter(has_text="cannot take it just now: nothing was saved")
    ).to_be_visible()
    form.unroute("**/upload/")
    monkeypatch.setattr(upload_parts, "begin", full)
    line = Line(form)
    form.get_by_role("textbox", name="What it shows").press("Enter")
    form.wait_for_url(lambda url: url != address)
    assert Attachment.objects.count() == 1 and not line.begins


def full(*_: object) -> None:
    raise upload_parts.Full(own=False)
