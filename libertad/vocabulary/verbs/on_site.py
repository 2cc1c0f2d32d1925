"""What a team says at a site beside its visit: people counted by eye, rooms measured, ways in."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import MOST_PEOPLE

GROUPS = ("men", "women", "children", "unclear")
REASONS = ("left_before_spoken", "still_to_meet", "counted_twice", "other")
SIZES = ("length_m", "width_m", "height_m")
LABEL = 60
NOTE = 1000
WORDS = 500


class HeadcountRecord(Verb, frozen=True, kw_only=True):
    """People counted by eye as a team comes to a site. Nobody is asked, and nobody is on file by it.

    A group that is left out was not counted; 0 is nobody. A later count is the same again about the same
    headcount, whole, and names what it takes the place of. `visit`: where that is known, since several visits
    of one team have a count each.
    """

    VERB = "headcount.record"
    SUBJECT = "headcount"
    site: str
    team: str
    visit: str = ""
    men: int | None = None
    women: int | None = None
    children: int | None = None
    unclear: int | None = None
    note: str = ""

    @property
    def total(self) -> int:
        return sum(getattr(self, name) or 0 for name in GROUPS)

    def check(self) -> None:
        for name in ("site", "team"):
            if not getattr(self, name):
                raise Refused(name, "is missing; fill it in")
        counts = {name: number for name in GROUPS if (number := getattr(self, name)) is not None}
        for name, number in counts.items():
            if not 0 <= number <= MOST_PEOPLE:
                raise Refused(name, "count 0 to 10,000 people")
        if not counts:
            raise Refused("unclear", "write down at least one number; nobody is 0")
        check_length("note", self.note, NOTE)


class HeadcountExplain(Verb, frozen=True, kw_only=True):
    """Why fewer people are on file than were counted, or more: by how many each reason goes.

    The last explanation of a headcount counts. It explains as many as it names, whoever is recorded later.
    """

    VERB = "headcount.explain"
    SUBJECT = "headcount"
    left_before_spoken: int = 0
    still_to_meet: int = 0
    counted_twice: int = 0
    other: int = 0
    note: str = ""

    @property
    def total(self) -> int:
        return sum(getattr(self, name) for name in REASONS)

    def check(self) -> None:
        for name in REASONS:
            if not 0 <= getattr(self, name) <= MOST_PEOPLE:
                raise Refused(name, "count 0 to 10,000 people")
        if not self.total:
            raise Refused("left_before_spoken", "say of how many people each reason is true")
        if self.other:
            check_text("note", self.note, "say what else explains it")
        check_length("note", self.note, NOTE)


class RoomMeasure(Verb, frozen=True, kw_only=True):
    """A room in which people live or sleep: how large, how many sleep in it, lock, water and light.

    What is left out was not measured or not looked at. `measured`: by tape, in paces or by eye.
    With `reasons` it is a correction: it says only what changes.
    """

    VERB = "room.measure"
    SUBJECT = "room"
    CORRECTS = "reasons"
    CODES = {
        "measured": "measuring-ways",
        "lock": "room-locks",
        "water": "room-water",
        "light": "room-light",
    }
    site: str = ""
    label: str = ""
    length_m: float | None = None
    width_m: float | None = None
    height_m: float | None = None
    sleeping: int | None = None
    measured: str = ""
    lock: str = ""
    water: str = ""
    light: str = ""
    note: str = ""
    reasons: str = ""

    def check(self) -> None:
        for name in SIZES:
            size = getattr(self, name)
            if size is not None and not 0 < size <= 1000:
                raise Refused(name, "a room is above 0 and at most 1,000 metres")
        if self.sleeping is not None and not 0 <= self.sleeping <= MOST_PEOPLE:
            raise Refused("sleeping", "count 0 to 10,000 people")
        check_length("label", self.label, LABEL)
        check_length("note", self.note, NOTE)
        if self.reasons:
            return
        if not self.site:
            raise Refused("site", "is missing; fill it in")
        check_text("label", self.label, "say which room it is")


class SiteWayIn(Verb, frozen=True, kw_only=True):
    """A way to a site: by river, road, on foot or by air, where the last network is, who is seen coming.

    `closed`: nobody gets in this way any more. With `reasons` it is a correction: it says only what changes.
    """

    VERB = "site.way_in"
    SUBJECT = "way"
    CORRECTS = "reasons"
    CODES = {"path": "site-access"}
    site: str = ""
    path: str = ""
    last_network: str = ""
    seen_coming: str = ""
    note: str = ""
    closed: bool = False
    reasons: str = ""

    def check(self) -> None:
        for name in ("last_network", "seen_coming", "note"):
            check_length(name, getattr(self, name), WORDS)
        if self.reasons:
            return
        if not self.site:
            raise Refused("site", "is missing; fill it in")
        if not self.path:
            raise Refused("path", "say how one gets there")
