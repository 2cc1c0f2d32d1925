"""Where the demo's five minutes lead: which page under which officer, for `libertad.web.demo_guide`."""

from __future__ import annotations

import json
from pathlib import Path

from libertad.access.models import Account
from scenarios.operation_libertad_2018.stage import Stage

# Step, its officer (one of `members.SHOWN`), the page's route, and under which names the stage has its keys.
STEPS: tuple[tuple[str, tuple[str, str, int], str, tuple[str, ...]], ...] = (
    ("moved", ("GY", "national-lead", 0), "hit", ("hit moved",)),
    ("empty", ("GY", "national-lead", 0), "site", ("site GY-6",)),
    ("phone", ("BB-centre", "analyst", 0), "hit", ("hit phone",)),
    ("passport", ("GY", "officer", 0), "exhibit", ("exhibit passport",)),
    ("namesake", ("GY", "officer", 0), "hit", ("hit namesake",)),
    ("child", ("VC-care", "caseworker", 0), "person", ("person VC/0",)),
    ("consent", ("VC-care", "caseworker", 0), "care-consent", ("person VC/1",)),
    ("forged", ("BB-centre", "coordinator", 0), "exchange-alarm", ("alarm forged",)),  # `make run` alone
    ("figure", ("BB-centre", "coordinator", 0), "figures", ()),
)


def write(stage: Stage, home: Path) -> None:
    """Put into `home/demo.json` where each step leads. A smaller play has not all of them."""
    path = home / "demo.json"
    demo = json.loads(path.read_text("utf-8"))
    demo["guide"] = [
        {
            "step": step,
            "account": Account.objects.get(officer=stage.cast.actor(*part).officer).pk,
            "route": route,
            "keys": [stage.ids[name] for name in names],
        }
        for step, part, route, names in STEPS
        if all(name in stage.ids for name in names)
    ]
    path.write_text(json.dumps(demo, ensure_ascii=False, indent=1), "utf-8")
