"""Care's Today tells that an authority's words wait outside: somebody in danger may be among them."""

from __future__ import annotations

import html
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from libertad.exchange.models import Alarm
from libertad.exchange.peering.peers import now_ms
from libertad.journal.models import Entry, Held
from libertad.vocabulary.verbs.access import NodeAnnounce
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_danger import care as care
from tests.people.making import meet
from tests.security.test_forging_access import alarmed, forge
from tests.support import warm
from tests.support.nodes import Party, settle
from tests.support.sealed import believe_all
from tests.support.world import World

ROOT = Path(__file__).parents[2]

TOLD = "Some of what Guyana police recorded waits outside"


def today(world: World, role: str) -> str:
    return html.unescape(world.client(role).get("/").content.decode())


def test_who_receives_people_in_danger_reads_whom_to_telephone_while_words_wait(world: World) -> None:
    meet(world)
    proof = {"why": "another file", "signed": [], "verb": "file.open", "victims": []}
    alarm = Alarm.objects.create(
        id="a" * 32, kind="about", who=world.authorities["police"], proof=json.dumps(proof), at=now_ms()
    )
    assert TOLD not in today(world, "caseworker"), "nothing waits because of it"
    last = Entry.objects.order_by("-idx").first()
    assert last is not None
    Held.objects.create(idx=last.idx, reason="parked", detail="", since=now_ms())
    page = today(world, "caseworker")
    assert TOLD in page and "Telephone it and ask" in page
    assert TOLD not in today(world, "officer") and TOLD not in today(world, "press")
    alarm.settled = now_ms()
    alarm.save()
    believe_all()
    assert TOLD not in today(world, "caseworker")


# Another process on the node's home: its own officer signs in and opens Today.
OPEN_TODAY = """
import sys
import django
django.setup()
from django.test import Client
from libertad.access.models import Account
client = Client()
client.force_login(
    Account.objects.create_user("C-1", "correct horse battery", sys.argv[1]),
    backend="libertad.web.signing_in.Backend",
)
answer = client.get("/")
assert answer.status_code == 200, answer.status_code
print(answer.content.decode())
"""


def today_of(party: Party, role: str, home: Path) -> str:
    """Today at the party's own node, a file in its home: in a copy of it."""
    shutil.copytree(party.node.home, home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIBERTAD_")}
    done = warm.run(
        [sys.executable, "-c", OPEN_TODAY, party.officers[role]],
        cwd=ROOT,
        timeout=300,
        env=kept
        | {
            "LIBERTAD_HOME": str(home),
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
        },
    )
    assert done.returncode == 0, done.stderr
    return html.unescape(done.stdout)


@pytest.mark.sqlite_only
@pytest.mark.django_db
def test_an_alarm_that_an_exchange_raised_reaches_it(three: Three, care: Party, tmp_path: Path) -> None:
    """A member's node announces itself in another's name; what it then says of officers waits outside."""
    key = three.guyana.node.key
    forge(three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority)
    settle([*three, care])
    assert alarmed(care) == [("about", three.guyana.authority)]
    assert "recorded waits outside" not in today_of(care, "caseworker", tmp_path / "before")
    three.guyana.appoint("analyst")
    settle([*three, care])
    page = today_of(care, "caseworker", tmp_path / "after")
    assert "Some of what guyana recorded waits outside" in page and "Telephone it and ask" in page
