"""What a benchmark says: lines of {what, ours, reference, reference_name, unit, ratio}; above 1 is better."""

from __future__ import annotations

import json
import sys
from typing import Any


def line(label: str, own: float, reference: float, name: str, unit: str) -> dict[str, Any]:
    """Rates (unit '/s') are better when larger; times and sizes when smaller."""
    ratio = own / reference if unit.endswith("/s") else reference / own
    return {
        "what": label,
        "ours": round(own, 3),
        "reference": round(reference, 3),
        "reference_name": name,
        "unit": unit,
        "ratio": round(ratio, 3),
    }


def show(lines: list[dict[str, Any]]) -> None:
    """JSON with --json, else a table."""
    if "--json" in sys.argv:
        print(json.dumps(lines, indent=1))
        return
    for row in lines:
        print(
            f"{row['ratio']:8.2f}  {row['what']}: {row['ours']:,} {row['unit']}, "
            f"{row['reference_name']}: {row['reference']:,}"
        )


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
