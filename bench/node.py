"""A node of its own for a benchmark: a fresh home, real disk, real rings, a small operation."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class Bench:
    """The home, and the officer who acts."""

    home: Path
    officer: Any
    coordinator: Any
    world: Any


def prepare() -> Path:
    """Point this process at a fresh home; call it before Django's settings are read."""
    home = Path(tempfile.mkdtemp(prefix="libertad-bench-", dir=os.environ.get("LIBERTAD_BENCH_DIR")))
    os.environ["LIBERTAD_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "libertad.web.settings.test"
    os.environ.pop("LIBERTAD_DATABASE_URL", None)
    return home


@contextmanager
def operation() -> Iterator[Bench]:
    """A migrated node with the small operation; gone afterwards."""
    if "django" in sys.modules and os.environ.get("DJANGO_SETTINGS_MODULE"):
        from django.conf import settings

        if settings.configured:
            raise RuntimeError("a benchmark needs a process of its own")
    home = prepare()
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from libertad.journal.node import close_node
    from tests.support.world import build

    world = build(home)
    try:
        yield Bench(home, world.actors["officer"], world.actors["coordinator"], world)
    finally:
        close_node()
        shutil.rmtree(home, ignore_errors=True)
