"""Care's side of the count: who counts for all, each day's numbers, and the blocks that releases rest on.

Played by the same actions as a node performs by its clock (`libertad.figures.daily`).
"""

from __future__ import annotations

import datetime as dt

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
# After the last decisions of 9 April, which fall between 21:00 and 22:20.
CUT = "22:30"
DAYS = range(3, 10)
RELEASES = (6, 8, 9)
NAMED = dt.datetime(2018, 3, 21, 15, tzinfo=UTC)


def cut_of(day: int) -> dt.datetime:
    return dt.datetime(2018, 4, day, 22, 30, tzinfo=UTC)


def counting_care(book: Book) -> str:
    """The care authority that counts for all: Barbados's, where the operation is coordinated."""
    return "BB-care" if "BB" in book.data["countries"] else f"{next(iter(book.data['countries']))}-care"


def write(book: Book) -> None:
    """Name the counting authority, let the others accept it, and count at each cut."""
    cares = [f"{code}-care" for code in book.data["countries"]]
    first = counting_care(book)
    book.add(NAMED, lambda s: _name(s, first))
    for n, care in enumerate(cares):
        book.add(
            NAMED + dt.timedelta(days=1, minutes=n),
            lambda s, c=care: _accept(s, c, first, cares),
            care,
        )
    for day in DAYS:
        cut = cut_of(day)
        if day in RELEASES:
            book.add(
                cut - dt.timedelta(minutes=30),
                lambda s, d=day: s.remember(
                    f"asked {d}",
                    s.do("BB-centre", "coordinator", "ask_block", source="decision") or "asked",
                ),
            )
        for care in cares:
            book.add(cut, lambda s, c=care, at=cut, d=day: _tell(s, c, at, d), care)
        for care in cares:
            book.add(
                cut + dt.timedelta(minutes=10),
                lambda s, c=care, at=cut, d=day: _batch(s, c, at, d, cares),
                care,
            )
        if day in RELEASES:
            book.add(
                cut + dt.timedelta(minutes=12),
                lambda s, at=cut, d=day: _block(s, first, at, d, cares),
                first,
            )


def _name(stage: Stage, care: str) -> None:
    stage.do(
        "BB-centre",
        "coordinator",
        "name_counting",
        source="decision",
        care=stage.cast.authorities[care],
        cut_time=CUT,
    )
    stage.remember("counting named", care)


def _accept(stage: Stage, care: str, first: str, cares: list[str]) -> None:
    stage.get("counting named")
    names = stage.cast.authorities
    stage.do(
        care,
        "caseworker",
        "accept_counting",
        source="decision",
        care=names[first],
        beside=tuple(names[name] for name in cares),
    )


def _tell(stage: Stage, care: str, cut: dt.datetime, day: int) -> None:
    if day in RELEASES:  # which rest on numbers of everybody and are asked for elsewhere
        stage.cast.venue.arrived(care, cut)
    stage.do_itself(care, "tell_linked", cut=cut)
    stage.remember(f"told {care} {day}", "told")


def _batch(stage: Stage, care: str, cut: dt.datetime, day: int, cares: list[str]) -> None:
    for neighbour in cares:
        stage.get(f"told {neighbour} {day}")
    stage.remember(f"batch {care} {day}", stage.do_itself(care, "say_batch", cut=cut))


def _block(stage: Stage, first: str, cut: dt.datetime, day: int, cares: list[str]) -> None:
    for care in cares:
        stage.get(f"batch {care} {day}")
    stage.get(f"asked {day}")
    stage.remember(f"block {day}", stage.do_itself(first, "publish_block", cut=cut))
