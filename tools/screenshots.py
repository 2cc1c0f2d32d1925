"""`make screenshots`: docs/screenshots/<role>-<page>-<width>.png of a fresh demonstration node.

Makes the node in a temporary home, serves it on a free port of this machine, and signs in as each role.
Everything shown is generated. `tools/screenshots.py NAME ...` takes only those whose name holds NAME.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
OUT = ROOT / "docs" / "screenshots"
WIDE, PHONE, BOARD = (1280, 900), (360, 740), (1440, 900)
TALLEST = 1000
Cookies = dict[tuple[str, str], tuple[str, str]]


@dataclass(frozen=True)
class Shot:
    """One page as one officer: `who` is (authority, role) of the scenario; None is nobody signed in."""

    name: str
    who: tuple[str, str] | None
    path: str
    sizes: tuple[tuple[int, int], ...] = (WIDE, PHONE)
    whole: bool = True


def shots(ids: dict[str, str]) -> list[Shot]:
    """What is shown, in the order of the documentation."""
    lead, keeper = ("GY", "national-lead"), ("VC", "exhibits-officer")
    worker, decider = ("VC-care", "caseworker"), ("VC-deciding", "deciding-authority")
    officer, coordinator = ("GY", "officer"), ("BB-centre", "coordinator")
    today = {
        "coordinator": coordinator,
        "analyst": ("BB-centre", "analyst"),
        "national-lead": lead,
        "officer": officer,
        "exhibits-officer": keeper,
        "prosecutor": ("VC-prosecution", "prosecutor"),
        "caseworker": worker,
        "deciding-authority": decider,
        "press": ("BB-centre", "press"),
        "administrator": ("VC", "administrator"),
    }
    return [
        Shot("coordinator-board", coordinator, "/board/", (BOARD, WIDE, PHONE), whole=False),
        Shot("coordinator-board-table", coordinator, "/board/table/"),
        *(Shot(f"{role}-today", viewer, "/") for role, viewer in today.items()),
        Shot("officer-meet", officer, "/people/meet/"),
        Shot("officer-lead", officer, f"/leads/{ids['lead']}/"),
        Shot("national-lead-leads", lead, "/leads/"),
        Shot("national-lead-site", lead, f"/sites/{ids['site']}/"),
        Shot("national-lead-team", lead, f"/teams/{ids['team']}/"),
        Shot("national-lead-hits", lead, "/hits/?state=all"),
        Shot("national-lead-hit", lead, f"/hits/{ids['hit']}/"),
        Shot("analyst-checks", ("BB-centre", "analyst"), "/checks/"),
        Shot("caseworker-people", worker, "/people/"),
        Shot("caseworker-person", worker, f"/people/{ids['child']}/"),
        Shot("caseworker-conflicts", worker, "/conflicts/"),
        Shot("national-lead-share", ("VC", "national-lead"), f"/people/{ids['child']}/share/"),
        Shot("caseworker-protection", worker, f"/care/{ids['child']}/"),
        Shot("caseworker-screening", worker, f"/care/{ids['child']}/screening/by/ilo-11/"),
        Shot("deciding-authority-return", decider, f"/care/{ids['child']}/return/"),
        Shot("exhibits-officer-exhibits", keeper, "/exhibits/"),
        Shot("exhibits-officer-exhibit", keeper, f"/exhibits/{ids['gap']}/"),
        Shot("prosecutor-detentions", ("VC-prosecution", "prosecutor"), "/detentions/"),
        Shot("coordinator-operation", coordinator, "/operation/"),
        Shot("coordinator-figures", coordinator, "/figures/"),
        Shot("coordinator-entries", coordinator, "/figures/entries/potential-victims/?country=GY"),
        Shot("press-release", ("BB-centre", "press"), f"/figures/releases/{ids['release']}/"),
        Shot("administrator-officers", ("VC", "administrator"), "/officers/"),
        Shot("anyone-sign-in", None, "/sign-in/"),
        Shot("anyone-demo", None, "/demo/"),
        Shot("press-not-found", ("BB-centre", "press"), f"/people/{'0' * 32}/"),
    ]


def ids_of(stage: Any) -> dict[str, str]:
    """The plot's own files: the child of an uncertain age, the phone with a gap, a mine, a team, a hit."""
    from libertad.figures.models import Release
    from libertad.hits.scoring import catch_up
    from libertad.journal.node import node

    catch_up(node())  # as a served node does by itself
    names = {
        "lead": "lead GY-4",
        "site": "site GY-4",
        "team": "team GY-4",
        "child": "person VC/0",
        "gap": "exhibit VC 1",
    }
    ids = {name: str(stage.get(key)) for name, key in names.items()}
    ids["hit"] = str(stage.get("hit moved"))
    return ids | {"release": str(Release.objects.order_by("as_of", "number").last().pk)}  # type: ignore[union-attr]


def take(chosen: list[Shot], base: str, cookies: Cookies, out: Path = OUT) -> None:
    """Open each page at each width and keep its picture."""
    from playwright.sync_api import sync_playwright

    from tests.support.chromium import ARGUMENTS, chromium

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        for shot in chosen:
            for width, height in shot.sizes:
                context = browser.new_context(**_context_options(width, height))
                if shot.who is not None:
                    name, value = cookies[shot.who]
                    context.add_cookies([{"name": name, "value": value, "url": base}])
                page = context.new_page()
                page.goto(base + shot.path)
                _keep(page, out / f"{shot.name}-{width}.png", width, height, shot.whole)
                context.close()
        browser.close()


def _context_options(width: int, height: int) -> dict[str, Any]:
    return {
        "viewport": {"width": width, "height": height},
        "locale": "en-GB",
        "timezone_id": "America/Barbados",
        "reduced_motion": "reduce",
    }


def _keep(page: Any, path: Path, width: int, height: int, whole: bool = True) -> None:
    page.wait_for_timeout(300)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    if whole:
        page.set_viewport_size({"width": width, "height": max(tall, height)})
    page.screenshot(path=str(path))


def take_nodes(chosen: list[str], out: Path = OUT) -> None:
    """The exchange's pages, on four nodes."""
    from playwright.sync_api import sync_playwright

    from tests.support.chromium import ARGUMENTS, chromium
    from tests.support.four_nodes import four
    from tools.screenshots_nodes import pages

    with tempfile.TemporaryDirectory(prefix="libertad-shots-") as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(ARGUMENTS))
        with four(Path(folder) / "nodes") as (first, _):
            for width, height in (WIDE, PHONE):
                for name, page in pages(browser, first, chosen, **_context_options(width, height)):
                    _keep(page, out / f"{name}-{width}.png", width, height)
        browser.close()


def sessions(stage: Any, officers: set[tuple[str, str]]) -> Cookies:
    """A session for each officer, as the demonstration's own sign-in page makes it."""
    from django.conf import settings
    from django.test import Client

    from libertad.access.models import Account

    cookies = {}
    for key, role in officers:
        account = Account.objects.get(officer=stage.cast.actor(key, role).officer)
        client = Client(SERVER_NAME="localhost")
        client.post("/demo/", {"account": str(account.pk)})
        name = settings.SESSION_COOKIE_NAME
        cookies[key, role] = name, client.cookies[name].value
    return cookies


def main(only: list[str]) -> None:
    from tools.screenshots_field import take_field
    from tools.screenshots_nodes import SHOTS

    take_field(only)

    def is_requested(name: str) -> bool:
        return not only or any(word in name for word in only)

    if on_nodes := [name for name in SHOTS if is_requested(name)]:
        take_nodes(on_nodes)
    home = Path(tempfile.mkdtemp(prefix="libertad-shots-"))
    os.environ |= {"LIBERTAD_HOME": str(home), "DJANGO_SETTINGS_MODULE": "libertad.web.settings.demo"}
    os.environ.pop("LIBERTAD_DATABASE_URL", None)
    try:
        import django

        django.setup()
        from django.core.management import call_command

        from libertad.journal.node import close_node
        from scenarios.operation_libertad_2018 import play
        from tests.support.serving import server

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        stage = play.create()
        listed = [s for s in shots(ids_of(stage)) if is_requested(s.name)]
        cookies = sessions(stage, {shot.who for shot in listed if shot.who})
        close_node()
        with server(home, settings="libertad.web.settings.demo") as base:
            take(listed, base, cookies)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for path in sorted(OUT.glob("*.png")):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main(sys.argv[1:])
