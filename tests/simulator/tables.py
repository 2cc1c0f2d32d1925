"""Many seeds at once, in processes of their own: how often each planted bug is caught, and false alarms."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.test")


def prepare() -> None:
    """Django, with a migrated database of this process's own: the world's tables are made like its."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    connections["default"].settings_dict["NAME"] = ":memory:"
    call_command("migrate", verbosity=0)


def run_job(job: tuple[int, str]) -> tuple[int, str, str, int]:
    from tests.simulator.running import run

    seed, bug = job
    outcome = run(seed, bug)
    return seed, bug, outcome.wrong, outcome.at


def table(seeds: int, clean: int, bugs: Iterable[str], jobs: int) -> int:
    """Print how many seeds each bug was caught in, and the false alarms; 1 where that is not enough."""
    worst = 0
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=prepare) as pool:
        wrong = [
            f"{seed} ({why[:150]})"
            for seed, _, why, _ in pool.map(run_job, [(n, "") for n in range(clean)], chunksize=4)
            if why
        ]
        if clean:
            print(f"| (none) | {len(wrong)} false alarms in {clean} seeds | |", flush=True)
            for text in wrong:
                print(f"  false alarm: seed {text}", flush=True)
        worst = bool(wrong)
        for bug in bugs:
            outcomes = list(pool.map(run_job, [(n, bug) for n in range(seeds)], chunksize=4))
            missed = [seed for seed, _, why, _ in outcomes if not why]
            caught = seeds - len(missed)
            first = sorted(at for _, _, why, at in outcomes if why)
            middle = first[len(first) // 2] if first else "-"
            print(f"| {bug} | {caught} of {seeds} ({caught / seeds:.1%}) | {middle} |", flush=True)
            if missed:
                print(f"  not caught: {missed[:20]}", file=sys.stderr)
            worst = worst or caught < 0.95 * seeds
    return int(worst)
