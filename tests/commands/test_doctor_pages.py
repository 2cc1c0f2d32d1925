"""`libertad doctor` tells whether the host of one-time pages is set and answers, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from libertad.answer_page.messages import Reply
from libertad.care import page_host
from libertad.care.outside_models import OpenPage
from libertad.commands.doctor import problems
from tests.care.conftest import ninth_of_april  # noqa: F401
from tests.care.test_pages_asked import Case
from tests.support.page_host import hosted
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def told(world: World) -> list[tuple[str, str]]:
    return [(problem.what, problem.mend) for problem in problems(world.home) if "one-time" in problem.what]


def test_a_host_that_answers_and_a_node_that_asks_nobody_lack_nothing(
    world: World, monkeypatch: Any, settings: Any, tmp_path: Path
) -> None:
    with hosted(monkeypatch, settings, tmp_path):
        assert not told(world)
    settings.LIBERTAD_ANSWER_HOST = settings.LIBERTAD_ANSWER_HOST_KEY = ""
    assert not told(world)


def test_a_host_that_is_not_set_named_in_part_or_silent_is_told_with_what_to_do(
    world: World, monkeypatch: Any, settings: Any, tmp_path: Path
) -> None:
    with hosted(monkeypatch, settings, tmp_path) as host:
        Case(world).ask()
        host.down = True
        ((wrong, mend),) = told(world)
        assert "does not answer" in wrong and "answer-page run" in mend
        host.down = False
        monkeypatch.setattr(page_host, "clock_is_off", lambda reply: isinstance(reply, Reply))
        ((wrong, mend),) = told(world)
        assert "takes the time for another" in wrong and "NTP" in mend
        settings.LIBERTAD_ANSWER_HOST_KEY = "0" * 64
        ((wrong, mend),) = told(world)
        assert "is not the host that the settings name" in wrong or "answered" in wrong
        settings.LIBERTAD_ANSWER_HOST_KEY = ""
        ((wrong, mend),) = told(world)
        assert "LIBERTAD_ANSWER_HOST_KEY is not set" in wrong
        settings.LIBERTAD_ANSWER_HOST = ""
        assert OpenPage.objects.exists()
        ((wrong, mend),) = told(world)
        assert "no host of such pages is set" in wrong and "telephone" in mend
