"""kill -9 while people are recorded and scored: every pair is found in the end, no decision is lost."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from libertad.hits import index
from libertad.hits.actions.reject_hit import reject_hit
from libertad.hits.models import Hit
from libertad.journal.node import close_node, node
from libertad.journal.verify import verify
from tests.hits.making import scored
from tests.support.serving import database_url
from tests.support.world import World

ROOT = Path(__file__).parents[2]
KILLS = 5


def run_and_kill(world: World, first: int, lines: int, scored: bool) -> list[tuple[str, str]]:
    """(phone, person) of whoever was on file at the kill. `scored`: it comes once a hit was said."""
    before, until = len(police_pairs(world)), time.monotonic() + 300
    officer = world.actor("officer")
    environment = os.environ | {
        "LIBERTAD_HOME": str(world.home),
        "LIBERTAD_DATABASE_URL": database_url(),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
    }
    arguments = [world.operation, officer.officer, officer.authority, str(first)]
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.hits.scoring_process", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    output = [running.stdout.readline().strip() for _ in range(lines)]
    while scored and len(police_pairs(world)) == before and time.monotonic() < until:
        time.sleep(0.02)
    running.kill()
    output += running.stdout.read().split("\n")
    running.wait()
    on_file = [(phone, person) for phone, _, person in (line.partition(";") for line in output) if person]
    assert len(on_file) >= lines, "the process ended by itself"
    return on_file


def police_pairs(world: World) -> dict[frozenset[str], Hit]:
    rows = Hit.objects.filter(authority=world.authorities["police"])
    return {frozenset((row.left, row.right)): row for row in rows}


def test_a_killed_node_finds_again_what_it_had_not_said(world: World) -> None:
    rng = random.Random(7)
    by_phone: dict[str, list[str]] = defaultdict(list)
    rejected: set[str] = set()
    for kill in range(KILLS):
        close_node()
        for phone, person in run_and_kill(world, kill * 1000, rng.randrange(3, 12), kill % 2 == 1):
            by_phone[phone].append(person)
        index.forget()
        for row in police_pairs(world).values():
            if row.state == "open" and rng.random() < 0.5:
                world.perform("officer", reject_hit, hit=row.pk, reasons="Sisters who share a phone")
                rejected.add(row.pk)
    index.forget()
    scored(world)
    pairs = police_pairs(world)
    for people in by_phone.values():
        for first in people:
            for second in people:
                assert first == second or frozenset((f"person:{first}", f"person:{second}")) in pairs
    states = {row.pk: row.state for row in pairs.values()}
    assert rejected, "no hit was said before a kill: nothing tells whether a decision is lost"
    assert all(states[hit] == "rejected" for hit in rejected)
    assert all(state == "open" for hit, state in states.items() if hit not in rejected)
    assert len({row.reference for row in pairs.values()}) == len(pairs)
    index.forget()
    assert scored(world) == 0
    assert verify(node()).findings == []
