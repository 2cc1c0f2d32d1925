"""`libertad attack URL`: the attack kit against a demo on this machine."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from libertad.attacks import kit
from libertad.attacks.registry import Attack, Result
from libertad.attacks.target import Refused, Target
from libertad.commands.start import err, fail, out, print_json

STYLES = {"held": "green", "broken": "bold red", "not applicable": "dim"}


def attack(url: str, home: Path | None, only: list[str], within: float, json: bool) -> bool:
    """Run the kit and print what came of it; False when any attack broke something."""
    try:
        target = Target(url, home, within=within)
        entries = kit.chosen(only)
        results = kit.run(target, entries, lambda entry: err.print(f"{entry.name}: {entry.tries}"))
    except Refused as why:
        fail(str(why))
    except OSError:
        fail(f"nothing answers at {url}")
    if json:
        print_json([_as_json(entry, result) for entry, result in results])
    else:
        out.print(_table(results))
    return all(result.verdict != "broken" for _, result in results)


def _as_json(entry: Attack, result: Result) -> dict[str, object]:
    return {
        "attack": entry.name,
        "tries": entry.tries,
        "roles": list(entry.roles),
        "result": result.verdict,
        "words": result.words,
    }


def _table(results: list[tuple[Attack, Result]]) -> Table:
    table = Table(title="Attacks on this demo", title_justify="left")
    for name in ("Attack", "As", "Result", "What came of it"):
        table.add_column(name)
    for entry, result in results:
        style = STYLES[result.verdict]
        roles = ", ".join(entry.roles) or "stranger"
        table.add_row(entry.name, roles, f"[{style}]{result.verdict}[/]", result.words)
    return table
