"""What may be disclosed to whom, under which agreement: pure rules, and the limits of `disclosing.yaml`.

A disclosure tells copies of a list that is closed (`Copied`): case notes, safety plan, reasons of decisions
and whose task the person is are on none, whatever is agreed. What keeps the person safe where the person is
received (`SAFEKEEPING`) is no copy: care writes it for the one disclosure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from libertad.care.consent_rules import FITS
from libertad.people.queries import serving_rules
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import label
from libertad.vocabulary.kinds import known, receives
from libertad.vocabulary.values import Copied, Refused, span
from libertad.vocabulary.verbs.disclosing import SAFEKEEPING

FILE = Path(__file__).parent / "disclosing.yaml"
NAMES = ("receipt", "longest")
LONGEST = 3660  # days that either may be
PLACEMENT = "placement"  # the one purpose that does not wait for a second reader, where it cannot
BED = "shelter"  # the service that it is
STATED: Mapping[str, str] = {"documents": "documents", "family": "family", "health": "health"}


@dataclass(frozen=True)
class Limits:
    """`assumed`: nobody but Libertad set them. In days."""

    assumed: bool
    receipt: int
    longest: int


@cache
def limits() -> Limits:
    """The limits that hold here; ValueError names what is wrong in the file."""
    content = yamlfile.fields(FILE, ("assumed", "days"))
    assumed, days = content["assumed"], content["days"]
    if not isinstance(days, dict) or set(days) != set(NAMES):
        raise ValueError(f"{FILE.name}: 'days' names {' and '.join(NAMES)}, and nothing else")
    for name, number in days.items():
        yamlfile.check_number(FILE, name, number, LONGEST)
    return Limits(assumed, **days)


def purposes(kind: str) -> list[str]:
    """For what something may be disclosed to an authority of a kind."""
    row = known(kind)
    return list(row.told) if row is not None else []


def agreements(kind: str) -> frozenset[str]:
    """Agreements of a person that carry a disclosure to an authority of a kind, for one purpose or other."""
    row = known(kind)
    return frozenset().union(*row.told.values()) if row is not None else frozenset()


def carries(agreed_to: str, purpose: str, kind: str) -> bool:
    """Whether an agreement to this is one to disclose for a purpose to an authority of a kind."""
    row = known(kind)
    return row is not None and agreed_to in row.told.get(purpose, frozenset())


def services(kind: str, purpose: str, agreed_to: str = "") -> list[str]:
    """For which services an authority of a kind is asked under this purpose and agreement ('' for an order or
    a law, which names none); [] where the purpose asks for no answer. A bed is asked for as a place to stay,
    where that is one of the purposes."""
    row = known(kind)
    if row is None or purpose not in serving_rules().asks:
        return []
    carrying = row.told.get(purpose, frozenset())
    if agreed_to:
        carrying &= {agreed_to}
    if purpose == PLACEMENT:
        return [BED] if carrying else []
    beds = {BED} if PLACEMENT in row.told else set()
    return [service for service, purposes in FITS.items() if purposes & carrying and service not in beds]


def asks(kind: str, agreed_to: str, service: str = "") -> bool:
    """Whether an authority of a kind can be asked under an agreement for any service, or for this one."""
    possible = {name for purpose in purposes(kind) for name in services(kind, purpose, agreed_to)}
    return service in possible if service else bool(possible)


def service_of(kind: str, purpose: str, agreed_to: str, chosen: str) -> str:
    """The service that a disclosure asks for, '' for none. Refused where it is one of several, or is chosen
    for what it cannot be."""
    possible = services(kind, purpose, agreed_to)
    if not possible and chosen:
        raise Refused("purpose", "for this no help is asked for: leave the help out")
    service = chosen or (possible[0] if len(possible) == 1 else "")
    if possible and service not in possible:
        raise Refused("purpose", "say which help the person needs, of that which the agreement is for")
    return service


def part(copied: Copied) -> str:
    """The part of the file (`file-parts`) that a copy is of: what a person withholds."""
    if copied.kind == "statement":
        topic = next((code for code in copied.codes), "")
        return STATED.get(topic.partition(":")[2], "what-happened")
    return {"name": "name", "status": "status", **SAFEKEEPING}.get(copied.kind, "what-happened")


def refuse_not_received(kind: str, items: Iterable[Copied]) -> None:
    """Refused where an authority that receives nobody would be told what keeps the person safe."""
    if any(item.kind in SAFEKEEPING for item in items) and not receives(kind):
        raise Refused(
            "items",
            "what keeps the person safe is told only to an authority that receives people: leave it out",
        )


def refuse_withheld(items: Iterable[Copied], withheld: Iterable[str]) -> None:
    """Refused where the person does not want one of these told."""
    hidden = dict.fromkeys(label("file-parts", part(item)) for item in items if part(item) in set(withheld))
    if hidden:
        raise Refused(
            "items", "the person does not want this to be told: %(listed)s", listed=", ".join(hidden)
        )


def is_over(until: str, today: date) -> bool:
    """Whether the last day (or the last that a partial date allows) has gone by; '' has none."""
    return bool(until) and span(until)[1] < today
