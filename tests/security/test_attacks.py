"""The kit of `libertad attack` against a served demo: every attack is held off."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from libertad.attacks import kit
from libertad.attacks.copied import gather
from libertad.attacks.registry import attacks, outcome
from libertad.attacks.target import Target
from tests.support.populated import Populated
from tests.support.serving import server


@pytest.fixture(scope="module")
def attacked(populated: Populated) -> Iterator[Target]:
    """A served demo with a file of every kind."""
    from libertad.access.models import Account

    world = populated.world
    accounts = {row.officer: row.pk for row in Account.objects.all()}
    listed = [
        {
            "account": accounts[actor.officer],
            "role": actor.role,
            "name": name,
            "authority": actor.authority,
            "does": "",
        }
        for name, actor in world.actors.items()
    ]
    (world.home / "demo.json").write_text(json.dumps({"accounts": listed}))
    with server(world.home) as url:
        yield Target(url)


@pytest.mark.parametrize("name", [entry.name for entry in attacks() if "home" not in entry.needs])
def test_the_demo_holds(attacked: Target, name: str) -> None:
    (entry,) = kit.chosen([name])
    attacked.begin()
    result = outcome(entry, attacked)
    assert result.verdict == "held", result.words


def test_what_a_declared_proxy_says_of_the_address_is_believed(populated: Populated) -> None:
    """The same spraying, said by a proxy that is declared, comes from sixty networks and is nobody's."""
    (entry,) = kit.chosen(["forwarded-for-spraying"])
    with server(populated.world.home, LIBERTAD_TRUSTED_PROXIES="127.0.0.1") as url:
        assert outcome(entry, Target(url)).words.startswith("60 of 60")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo that was played to its end."""
    home = tmp_path_factory.mktemp("played") / "home"
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("LIBERTAD_", "DJANGO_"))}
    subprocess.run(
        [sys.executable, "-m", "libertad.cli", "demo"],
        env=inherited | {"LIBERTAD_HOME": str(home)},
        check=True,
        capture_output=True,
        timeout=600,
    )
    return home


FILE = re.compile(r'href="(/(?:care|people|exhibits)/[0-9a-f]{32}/)(?:tonight/)?"')
PART = re.compile(r'href="((?:/care/[0-9a-f]{32}/|/entries/)[^"#?]+/)"')
ROOMS = {
    "caseworker": "/care/",
    "supervisor": "/care/",
    "deciding-authority": "/care/",
    "officer": "/people/",
    "exhibits-officer": "/exhibits/",
}


@pytest.fixture(scope="module")
def used(played: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after a day's work: each role read files and what is in them, and in danger a caseworker one
    that is a colleague's."""
    home = shutil.copytree(played, tmp_path_factory.mktemp("used") / "home")
    database = f"sqlite:///{home / 'libertad.sqlite3'}"
    with server(home, LIBERTAD_DATABASE_URL=database) as url:
        target, alone = Target(url), 0
        for role, room in ROOMS.items():
            browser = target.signed_in(role)
            files = list(dict.fromkeys(FILE.findall(browser.get(room).text)))
            assert files, role
            for number, file in enumerate(files):
                if number >= 6 and (alone or role != "caseworker"):
                    break
                answer = browser.get(file)
                for part in PART.findall(answer.text)[:4]:
                    browser.get(part)
                if answer.status == 403 and not alone:
                    posted = browser.post(f"{file}alone/", {"words": "Nobody answers and he bleeds."})
                    alone += posted.status == 302
        assert alone == 1
    return home


@pytest.mark.sqlite_only
def test_a_copied_database_tells_nothing_of_a_protection_file(played: Path, used: Path) -> None:
    (entry,) = kit.chosen(["copied-care-files"])
    for home in (played, used):
        result = entry.run(Target("http://127.0.0.1:1", home))
        assert result.verdict == "held" and "in care_referral" in result.words, result.words
    with closing(sqlite3.connect(used / "libertad.sqlite3")) as copy:
        openings = copy.execute("select count(*) from access_opening join care_carefile using (compartment)")
        glasses = copy.execute("select count(*) from access_brokenglass")
        assert openings.fetchone()[0] > 10 and glasses.fetchone()[0] == 1, "else nobody used it"


@pytest.mark.sqlite_only
def test_a_file_of_every_kind_tells_no_more(populated: Populated, tmp_path: Path) -> None:
    """What the day in the demo leaves out: every verb, and what waits."""
    connection.ensure_connection()
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        connection.connection.backup(copy)
    counts, told = gather(tmp_path / "copy.sqlite3")
    assert sum(counts.values()) > 10 and not told, told


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("alter table care_carefile add column status text default 'confirmed'", "care_carefile.status"),
        ("alter table care_consent add column at integer default 1524000000000", "care_consent.at"),
        ("alter table access_reader add column since text default '2018-04-07'", "access_reader.since"),
    ],
)
def test_what_is_kept_in_the_clear_is_found(played: Path, tmp_path: Path, planted: str, told: str) -> None:
    home = shutil.copytree(played, tmp_path / "copy")
    with closing(sqlite3.connect(home / "libertad.sqlite3")) as copy, copy:
        copy.execute(planted)
    (entry,) = kit.chosen(["copied-care-files"])
    result = entry.run(Target("http://127.0.0.1:1", home))
    assert result.verdict == "broken" and told in result.words
