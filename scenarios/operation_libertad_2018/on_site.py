"""What teams say at sites: people counted by eye, rooms as measured, ways in. All of it is generated.

Most counts agree with the persons recorded there; of some the team explains the difference, of a few nobody
has. Drawn apart from the rest of the plot, which stays as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from random import Random
from typing import Any

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

AGREES, EXPLAINED = 0.6, 0.9  # shares of sites: the rest stands open
CHILD = 18
REASONS = ("left_before_spoken", "still_to_meet", "counted_twice")
# (label, length, width, height, people who sleep in it, lock, water, light): of the record 'no bigger than
# coffins' for women's rooms; the numbers are generated.
CUBICLES = (
    ("First cubicle behind the bar", 1.9, 0.7, 1.2, 1, "outside", "near", "lamp"),
    ("Second cubicle behind the bar", 1.9, 0.7, 1.2, 1, "outside", "near", "none"),
)
ROOMS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "night-club": CUBICLES,
    "gold-mine": (("Cabin behind the kitchen", 2.4, 1.9, 1.5, 4, "outside", "near", "none"),),
    "factory": (("Sleeping hall above the machines", 9.0, 6.0, 2.6, 24, "inside", "near", "window"),),
    "farm": (("Shed at the second field", 6.0, 3.5, 2.1, 12, "none", "near", "lamp"),),
}
WAYS: dict[str, tuple[str, str, str]] = {
    "river": (
        "river",
        "The landing, about three hours before",
        "Boats are seen from the bend below the camp; the engine is heard before",
    ),
    "gold-mine": ("foot", "The last village, two hours before", "Whoever comes up the track by day"),
    "farm": ("track", "At the main road", "Dust is seen from the house"),
    "factory": ("road", "All the way", "A guard at the gate; the back faces the canal"),
    "night-club": ("road", "All the way", "Somebody stands at the corner from evening on"),
    "market": ("foot", "All the way", "Nobody stands out in the crowd"),
}


def ways(book: Book, code: str, n: int, kind: str, river: bool, at: dt.datetime) -> None:
    """The way to a site that is planned, from the day on which it was registered."""
    path, network, seen = WAYS["river" if river else kind]
    book.add(
        at,
        lambda s: s.do(
            code,
            "national-lead",
            "say_way_in",
            source="document",
            site=s.get(f"site {code}-{n}"),
            path=path,
            last_network=network,
            seen_coming=seen,
        ),
    )


def counts(
    book: Book,
    code: str,
    visited: Sequence[tuple[int, dt.datetime]],
    kinds: Sequence[str],
    officers: dict[str, int],
) -> None:
    """Counts of the sites at which people were met, once who is recorded there is known."""
    for n, at in visited:
        site = f"{code}-{n}"
        met = book.met.get(site, [])
        if not met:
            continue
        rng = Random(f"{book.data['seed']} counted {site}")
        share = rng.random()
        missing = 0 if share < AGREES else rng.randrange(1, 4)
        groups = _groups(met, at)
        groups["unclear"] = groups.get("unclear", 0) + missing
        book.heads[site] = sum(groups.values())
        by = officers[site]
        book.add(at + dt.timedelta(minutes=10), lambda s, w=site, g=groups, b=by: _count(s, w, g, b))
        if missing and share < EXPLAINED:
            split = _split(rng, missing)
            book.add(
                at + dt.timedelta(hours=2, minutes=20), lambda s, w=site, r=split, b=by: _explain(s, w, r, b)
            )
        for place, room in enumerate(ROOMS.get(kinds[n], ())):
            later = at + dt.timedelta(minutes=25 + 4 * place)
            book.add(later, lambda s, w=site, r=room, b=by: _room(s, w, r, b))


def _groups(met: Sequence[dict[str, Any]], at: dt.datetime) -> dict[str, int]:
    groups = {"men": 0, "women": 0, "children": 0}
    for drawn in met:
        youngest = drawn["birth"].ages_on(at)[0]
        group = "children" if youngest < CHILD else "men" if drawn["sex"] == "male" else "women"
        groups[group] += 1
    return groups


def _split(rng: Random, missing: int) -> dict[str, int]:
    reasons: dict[str, int] = {}
    for _person in range(missing):
        reason = rng.choice(REASONS)
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


def _count(stage: Stage, site: str, groups: dict[str, Any], by: int) -> None:
    key = stage.do(
        site[:2],
        "officer",
        "record_headcount",
        by=by,
        site=stage.get(f"site {site}"),
        team=stage.get(f"team {site}"),
        **groups,
    )
    stage.remember(f"headcount {site}", key)


def _explain(stage: Stage, site: str, reasons: dict[str, Any], by: int) -> None:
    stage.do(
        site[:2], "officer", "explain_headcount", by=by, headcount=stage.get(f"headcount {site}"), **reasons
    )


def _room(stage: Stage, site: str, room: tuple[Any, ...], by: int) -> None:
    names = ("label", "length_m", "width_m", "height_m", "sleeping", "lock", "water", "light")
    stage.do(
        site[:2],
        "officer",
        "measure_room",
        by=by,
        site=stage.get(f"site {site}"),
        measured="tape",
        **dict(zip(names, room, strict=True)),
    )
