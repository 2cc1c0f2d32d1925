"""`libertad replay`: the operation on many real nodes, with faults, and whether all of it holds."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from libertad.commands import start
from libertad.commands.start import err, fail, out

SCENARIOS = ("operation-libertad-2018",)
SETTINGS = "scenarios.replay.settings"


def replay(
    scenario: str,
    nodes: int,
    faults: str,
    seed: int,
    minutes: float,
    report: Path | None,
    keep: Path | None,
    stand_in: bool,
    private: bool = False,
    transport: str = "http",
) -> bool:
    """Run it and tell; True when everything was played and everything is proved."""
    if scenario not in SCENARIOS:
        fail(f"there is no scenario {scenario}; there is: {', '.join(SCENARIOS)}")
    if report is not None and not report.absolute().parent.is_dir():
        fail(f"the folder of {report} is not there: make it first")
    if keep is not None and keep.exists() and any(keep.iterdir()):
        fail(f"{keep} is not empty: name a new folder for the nodes")
    with tempfile.TemporaryDirectory(prefix="libertad-driver-") as scratch:
        done = _run(Path(scratch), nodes, faults, seed, minutes, keep, stand_in, private, transport)
    if report is not None:
        report.write_text(json.dumps(done.as_json(), default=str, ensure_ascii=False, indent=1), "utf-8")
    done.show(out)
    return bool(done.holds)


def _run(
    scratch: Path,
    nodes: int,
    faults: str,
    seed: int,
    minutes: float,
    keep: Path | None,
    stand_in: bool,
    private: bool,
    transport: str,
) -> Any:
    """The driver opens no node: its home is a scratch folder, and it has no database."""
    os.environ["LIBERTAD_HOME"] = str(scratch)
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    os.environ.pop("LIBERTAD_DATABASE_URL", None)
    import django

    django.setup()
    try:
        run, carriages = import_module("scenarios.replay.run"), import_module("scenarios.replay.carriages")
    except ModuleNotFoundError as why:
        if (why.name or "").startswith("scenarios"):
            fail("the scenario is not installed here")
        raise
    if not 1 <= nodes <= run.MOST:
        fail(f"--nodes: from 1 to {run.MOST}")
    if faults not in run.LEVELS:
        fail(f"--faults: {' or '.join(run.LEVELS)}")
    travelling = import_module("scenarios.replay.travelling")
    if transport not in travelling.TRANSPORTS or (private and transport != "http"):
        fail(f"--transport: {', '.join(travelling.TRANSPORTS)}; with --private http alone")
    with start.progress("Founding the authorities") as moved:
        options = run.Options(
            carriage=carriages.STAND_IN if stand_in else travelling.carriage(transport, scratch),
            nodes=nodes,
            level=faults,
            seed=seed,
            seconds=minutes * 60,
            home=keep,
            keep=keep is not None,
            progress=moved,
            doing=None if sys.stderr.isatty() else lambda words: err.print(words, soft_wrap=True),
        )
        if private:
            options = import_module("scenarios.replay.private").options(options)
        return run.replay(options)
