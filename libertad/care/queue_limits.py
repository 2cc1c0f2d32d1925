"""By when somebody has to have done the next thing for a person: `limits.yaml`, read and checked once."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile

FILE = Path(__file__).parent / "limits.yaml"
LONGEST = 366 * 24 * 60  # minutes


@dataclass(frozen=True)
class Limits:
    """`assumed`: nobody but Libertad set them, and the pages say so."""

    assumed: bool
    danger: timedelta
    urgent: timedelta
    intake: timedelta
    handover: timedelta
    lead: timedelta
    led: timedelta
    missing: timedelta
    lost: timedelta
    step: timedelta
    risk_high: timedelta
    risk_medium: timedelta
    risk_low: timedelta
    answer: timedelta
    stop: timedelta
    closed: timedelta
    closing: timedelta
    document: timedelta
    shift: timedelta

    def contact(self, risk: str) -> timedelta:
        """From one contact with a person at this risk to the next."""
        return {"high": self.risk_high, "medium": self.risk_medium, "low": self.risk_low}[risk]


NAMES = tuple(field.name for field in fields(Limits) if field.name != "assumed")


def read(path: Path) -> Limits:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "minutes"))
    assumed, minutes = content["assumed"], content["minutes"]
    if not isinstance(minutes, dict) or set(minutes) != set(NAMES):
        raise ValueError(f"{path.name}: 'minutes' names each of {', '.join(NAMES)} once, and nothing else")
    for name, number in minutes.items():
        if type(number) is not int or not 0 < number <= LONGEST:
            raise ValueError(f"{path.name}: '{name}' is a whole number of minutes from 1 to {LONGEST}")
    if not minutes["danger"] <= minutes["urgent"] <= minutes["intake"]:
        raise ValueError(f"{path.name}: danger is not given more time than 'urgent', nor that than 'intake'")
    if not minutes["risk_high"] <= minutes["risk_medium"] <= minutes["risk_low"]:
        raise ValueError(f"{path.name}: who is at a higher risk is not talked with less often")
    return Limits(assumed, **{name: timedelta(minutes=number) for name, number in minutes.items()})


@cache
def limits() -> Limits:
    """The limits that hold here."""
    return read(FILE)
