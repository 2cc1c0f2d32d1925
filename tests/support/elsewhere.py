"""An action that another process performs beside this one."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from tests.support import warm
from tests.support.serving import database_url
from tests.support.world import World

ROOT = Path(__file__).resolve().parents[2]
# What another process does: an action by name, of an actor.
ELSEWHERE = """
import importlib, json, sys
import django
django.setup()
from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.journal.node import close_node
room, name, actor, said = json.loads(sys.argv[1])
perform(Actor(**actor), getattr(importlib.import_module(room), name), **said)
close_node()
"""


def elsewhere(world: World, role: str, action: Any, **arguments: Any) -> None:
    """Another process beside this one performs an action."""
    actor = world.actor(role)
    identity = {name: getattr(actor, name) for name in ("officer", "authority", "role", "operation", "zone")}
    environment = os.environ | {
        "LIBERTAD_HOME": str(world.home),
        "LIBERTAD_DATABASE_URL": database_url(),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.test",
    }
    request = json.dumps([action.__module__, action.__name__, identity, arguments])
    command = [sys.executable, "-c", ELSEWHERE, request]
    done = warm.run(command, cwd=ROOT, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
