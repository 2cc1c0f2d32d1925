"""A form without a network: nothing is lost, nothing pretends to be saved, and it is saved once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from libertad.people.models import Person
from tests.support.accessibility import axe
from tests.support.browsing import PHONE, signed_in
from tests.support.world import World

Open = Callable[..., Page]
LOST, BACK = "No connection: nothing was saved.", "There is a connection again."


@pytest.mark.look
def test_what_was_typed_stays_and_is_saved_once_when_the_network_is_back(
    world: World, live_server: Any, open_page: Open
) -> None:
    page = signed_in(world, "officer", open_page(viewport=PHONE), live_server.url)
    page.goto(f"{live_server.url}/people/meet/")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("textbox", name="What may we call you?").fill("Ana Lucía")
    address = page.url
    page.context.set_offline(True)
    page.get_by_role("button", name="Save").click()
    line = page.get_by_role("alert").filter(has_text=LOST)
    expect(line).to_be_visible()
    expect(line).to_be_focused()
    assert page.url == address and not Person.objects.exists()
    expect(page.get_by_role("textbox", name="What may we call you?")).to_have_value("Ana Lucía")
    assert not axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_have_count(1)
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text=BACK)).to_be_visible()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: url != address)
    assert Person.objects.count() == 1


@pytest.mark.look
def test_a_node_that_does_not_answer_is_no_network(world: World, live_server: Any, open_page: Open) -> None:
    """The telephone believes that it has one: a lost route, a node that stands still."""
    page = signed_in(world, "officer", open_page(viewport=PHONE), live_server.url)
    page.goto(f"{live_server.url}/people/meet/")
    page.get_by_label("No", exact=True).check()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.route("**/*", lambda route: route.abort())
    # The page's own requests are cut a moment after its navigations: until then its question is answered.
    page.wait_for_function(
        "() => fetch(location.href, {method: 'HEAD', cache: 'no-store'}).then(() => false, () => true)"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text=LOST)).to_be_visible()
    assert not sent and not Person.objects.exists()
    page.unroute("**/*")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(lambda url: "/people/meet/" not in url)
    assert len(sent) == 1 and Person.objects.count() == 1


@pytest.mark.look
def test_a_button_that_is_pressed_twice_while_it_asks_sends_once_and_its_own_value(
    world: World, live_server: Any, open_page: Open
) -> None:
    page = signed_in(world, "officer", open_page(viewport=PHONE), live_server.url)
    page.goto(f"{live_server.url}/people/meet/")
    page.get_by_label("No", exact=True).check()
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(str(request.post_data)) if request.method == "POST" else None
    )
    page.evaluate(
        """() => { const form = document.querySelector('main form[method=post]')
        const button = form.querySelector('button:not([type=button])')
        button.name = 'pressed'; button.value = 'yes'
        button.click(); button.click() }"""
    )
    page.wait_for_url(lambda url: "/people/meet/" not in url)
    assert len(sent) == 1 and "pressed" in sent[0] and Person.objects.count() == 1
