"""What people do to a form in a real browser, and that it is saved once: Back, double click, lost answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from playwright.sync_api import Error, Page, Route, expect

from libertad.people.models import Person, Tally
from tests.support.browsing import signed_in
from tests.support.world import World

FORM = "/people/meet/"


def row_counts() -> tuple[int, int]:
    return Person.objects.count(), Tally.objects.count()


def meet(page: Page, url: str, name: str = "Generated Once") -> None:
    """The form, filled in and not sent."""
    page.goto(url + FORM)
    page.check("#id_danger_0")
    page.fill("#id_name", name)
    page.check("#id_age_2")
    page.check("#id_age_source_0")
    page.fill("[name=birth_date_line]", "1990")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def saved(page: Page) -> str:
    """The address of the person's page, once it is there."""
    page.wait_for_url(lambda url: "/people/" in url and FORM not in url)
    return page.url


def test_back_and_save_again_is_one_person_and_a_change_is_asked_about(
    world: World, live_server: Any, phone: Page
) -> None:
    page, url = signed_in(world, "officer", phone, live_server.url), live_server.url
    meet(page, url)
    save(page)
    first = saved(page)
    assert row_counts() == (1, 1)
    page.go_back()
    page.wait_for_selector("#id_name")
    if not page.is_checked("#id_danger_0"):  # a browser that does not keep what was written
        fill_again(page)
    save(page)
    assert saved(page) == first and row_counts() == (1, 1)
    expect(page.locator(".flash")).to_contain_text("It was not saved a second time")
    page.reload()
    assert page.url == first and row_counts() == (1, 1)

    page.goto(url + "/people/")
    page.goto(url + FORM)  # another showing of the form is another person
    page.check("#id_danger_0")
    save(page)
    second = saved(page)
    assert second != first and row_counts() == (2, 2)
    page.go_back()
    page.wait_for_selector("#id_name")
    page.reload()
    page.check("#id_danger_0")
    page.fill("#id_name", "Generated Other")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved already, and changed since")
    assert row_counts() == (2, 2)
    page.get_by_role("link", name="Correct what was saved").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Correct this meeting")
    assert page.url.startswith(f"{second}meeting/?unsaved=")
    page.go_back()  # and no page of the browser's own comes between
    page.get_by_role("button", name="Record it as another").click()
    third = saved(page)
    assert third not in (first, second) and row_counts() == (3, 3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Generated Other")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saved already, and changed since")


def fill_again(page: Page) -> None:
    page.check("#id_danger_0")
    page.fill("#id_name", "Generated Once")
    page.check("#id_age_2")
    page.check("#id_age_source_0")


def test_a_double_click_and_a_lost_answer_are_one_person_each(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    url = live_server.url
    page = signed_in(world, "officer", open_page(), url)
    meet(page, url)
    page.get_by_role("button", name="Save", exact=True).dblclick()
    first = saved(page)
    assert row_counts() == (1, 1)

    meet(page, url, "Generated Lost")
    cut = []

    def lose(route: Route) -> None:
        """The node saves it, and its answer never arrives."""
        if route.request.method == "POST" and not cut:
            cut.append(route.fetch(max_redirects=0).status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(f"**{FORM}", lose)
    save(page)
    with suppress(Error):  # of the lost answer, where it is told during the wait
        page.wait_for_url("chrome-error://**")
    page.wait_for_function("location.protocol === 'chrome-error:'")
    assert cut == [302] and row_counts() == (2, 2)
    page.reload()  # 'try again' of the browser's own page: what was sent is sent again
    second = saved(page)
    assert second != first and row_counts() == (2, 2)
    expect(page.locator(".flash")).to_contain_text("It was not saved a second time")
