"""Adding a picture in a browser, wide and narrow: clean by axe and by the security policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.journal.models import Chunk
from tests.access.test_attachments import JPEG, PDF
from tests.evidence.test_look import custody, keep
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_picture_is_added_in_a_browser(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    phone = custody(world)
    page = signed_in(world, "exhibits-officer", open_page(viewport=size), live_server.url)
    for name, media, content, shows in (
        ("IMG_0412.jpg", "image/jpeg", JPEG, "The screen, lit"),
        ("order.pdf", "application/pdf", PDF, "Court order 18-044"),
    ):
        page.goto(f"{live_server.url}/attach/exhibit/{phone}/")
        page.get_by_label("Picture, document, sound or short video").set_input_files(
            {"name": name, "mimeType": media, "buffer": content}
        )
        page.get_by_label("What it shows").fill(shows)
        clean(page, "the form")
        keep(page, f"{size['width']}-attach")
        page.get_by_role("button", name="Add it").click()
        page.get_by_text(shows).wait_for()
    Chunk.objects.filter(place__gt=0).update(here=False)
    page.reload()
    clean(page, "the exhibit")
    keep(page, f"{size['width']}-attached")
    with page.expect_download() as saved:
        page.get_by_role("link", name="Court order 18-044").click()
    assert saved.value.suggested_filename.startswith("attachment-")
    page.goto(f"{live_server.url}/attach/exhibit/{phone}/")
    page.get_by_role("button", name="Add it").click()
    page.locator(".govuk-error-summary").wait_for()
    clean(page, "the form with its errors")
    keep(page, f"{size['width']}-attach-errors")
    assert not page.console.refused and not page.console.errors


def clean(page: Any, label: str) -> None:
    violations = axe(page)
    assert not violations, f"{label}: {violation_lines(violations)}"
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{label} is {wide} px too wide"
