"""`make soak`: a phone that is killed LIBERTAD_SOAK_PHONE_KILLS (200) times while it saves, then hands over.

Each time the browser's processes end at a moment that a seed draws. What the screen said was kept is there at
the next start and arrives at the node once; what it did not say is there whole or not at all.
"""

from __future__ import annotations

import os
import random
import re

import pytest
from playwright.sync_api import TimeoutError as Late
from playwright.sync_api import expect

from libertad.journal.node import node
from libertad.people.models import Person
from tests.support.raids import Raid, name_of
from tests.support.raids import raid as raid

pytestmark = [pytest.mark.soak, pytest.mark.sqlite_only]
KILLS = int(os.environ.get("LIBERTAD_SOAK_PHONE_KILLS", "200"))
LONGEST = 1500  # ms after the touch


def test_what_was_said_to_be_kept_outlives_every_kill(raid: Raid) -> None:
    rng, retained = random.Random(16), 0
    with raid.phone() as app:
        app.enrol(raid.code())
        app.context.set_offline(True)  # type: ignore[union-attr]
        for number in range(KILLS):
            before = app.unsent()
            app.press("Meet a person", exact=False)
            app.answer_meeting(name_of(number))
            app.press("Save on this phone")
            try:
                expect(app.page.get_by_text(re.compile("^Saved on this phone as"))).to_be_visible(
                    timeout=rng.uniform(1, LONGEST)
                )
            except (AssertionError, Late):
                acknowledged = False
            else:
                acknowledged = True
            app.kill()
            app.launch()
            app.context.set_offline(True)  # type: ignore[union-attr]
            app.unlock()
            after = app.unsent()
            assert after >= before + 2 * acknowledged, f"kill {number}: {before} kept, then {after}"
            retained += acknowledged
        app.context.set_offline(False)  # type: ignore[union-attr]
        app.hand_over()
        expect(app.page.locator(".band")).to_contain_text("All handed over")
    node().rings.refresh()
    people = list(Person.objects.all())
    assert retained <= len(people) <= KILLS
    assert len({person.reference for person in people}) == len(people)
