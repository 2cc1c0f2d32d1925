"""The report of a replay: JSON for machines, a page of text for people, and a verdict that says the truth."""

from __future__ import annotations

import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from scenarios.replay.checks import Check
from scenarios.replay.injecting import Played
from scenarios.replay.playing import Ledger
from scenarios.replay.snapshots import Snapshot


@dataclass
class Report:
    """`stand_in`: no real exchange carried the entries, so nothing is proved about one."""

    level: str
    seed: int
    nodes: int
    seconds: float
    stand_in: bool = False
    checks: list[Check] = field(default_factory=list)
    faults: list[Played] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=dict)
    nodes_told: list[tuple[str, str, int, int]] = field(default_factory=list)
    acknowledged: int = 0
    excepted: dict[str, str] = field(default_factory=dict)
    retried: Counter[str] = field(default_factory=Counter)
    figures: dict[str, Any] = field(default_factory=dict)
    trace: str = ""
    doing: Callable[[str], None] | None = None

    @contextmanager
    def part(self, words: str) -> Iterator[None]:
        """How long a part took, also when it fails."""
        if self.doing is not None:
            self.doing(words[0].upper() + words[1:])
        began = time.monotonic()
        try:
            yield
        finally:
            self.parts[words] = round(time.monotonic() - began, 2)

    def fail(self, why: BaseException) -> None:
        self.wrong.append(f"{type(why).__name__}: {why}")
        self.trace = "".join(traceback.format_exception(why)) + getattr(why, "trace", "")

    def count(self, ledger: Ledger) -> None:
        """What was acknowledged, excepted and tried again, however far the play came."""
        self.acknowledged = len(ledger.entries)
        self.excepted = dict(ledger.excepted)
        self.retried = Counter(ledger.retried)

    def take(self, snapshots: Sequence[Snapshot]) -> None:
        for snapshot in snapshots:
            for figures in snapshot.figures.values():
                self.figures = figures["summary"]
                return

    @property
    def unplayed(self) -> list[Played]:
        return [played for played in self.faults if played.how != "played"]

    @property
    def holds(self) -> bool:
        """Everything was played and everything is proved."""
        return bool(
            not self.stand_in
            and self.checks
            and all(check.ok for check in self.checks)
            and not self.wrong
            and not self.unplayed
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "holds": self.holds,
            "faults": self.level,
            "seed": self.seed,
            "nodes": self.nodes,
            "seconds": self.seconds,
            "stand_in": self.stand_in,
            "wrong": self.wrong,
            "checks": [check.as_json() for check in self.checks],
            "played": [played.as_json() for played in self.faults],
            "acknowledged": self.acknowledged,
            "excepted": [{"entry": entry, "why": why} for entry, why in sorted(self.excepted.items())],
            "retried": dict(self.retried.most_common()),
            "node": [
                {"name": name, "origin": origin, "entries": size, "held": held}
                for name, origin, size, held in self.nodes_told
            ],
            "figures": self.figures,
            "parts": self.parts,
            "carriage_errors": self.errors,
            "trace": self.trace,
        }

    def show(self, out: Console) -> None:
        """A summary that a person can read."""
        proofs = Table(title="Proofs", title_justify="left")
        for name in ("", "What is proved", "Compared", "Wrong"):
            proofs.add_column(name, justify="right" if name in ("Compared", "Wrong") else "left")
        for check in self.checks:
            proofs.add_row(
                "holds" if check.ok else "FAILS", check.name, str(check.counted), str(len(check.wrong))
            )
        if self.checks:
            out.print(proofs)
        for check in self.checks:
            for line in check.wrong[:5]:
                out.print(f"  {check.name}: {line}", soft_wrap=True)
        if self.faults:
            went = Table(title=f"What went wrong, as seed {self.seed} planned it", title_justify="left")
            for name in ("From", "Until", "Nodes", "What", ""):
                went.add_column(name)
            for incident in self.faults:
                row = incident.as_json()
                went.add_row(
                    f"{incident.fault.at:%d %b %H:%M}",
                    f"{incident.fault.until:%d %b %H:%M}",
                    ", ".join(incident.fault.nodes),
                    row["words"],
                    incident.how,
                )
            out.print(went)
        for played in self.unplayed:
            if "why" in played.told:
                out.print(f"  {played.fault.kind}: {played.told['why']}", soft_wrap=True)
        for line in self.wrong[:20]:
            out.print(f"[bold red]Wrong:[/] {line}", soft_wrap=True)
        if self.excepted:
            out.print(
                f"{len(self.excepted)} entries are excepted, for they were nowhere else when they were lost:"
            )
            for entry, why in sorted(self.excepted.items()):
                out.print(f"  {entry[:16]} {why}", soft_wrap=True)
        took = ", ".join(f"{words} {seconds:.0f} s" for words, seconds in self.parts.items())
        out.print(f"{self.acknowledged} entries acknowledged. {took}")
        if self.stand_in:
            out.print("Entries were carried by a stand-in: this proves nothing about the exchange.")
        out.print("[bold green]All of it holds.[/]" if self.holds else "[bold red]It does not hold.[/]")
