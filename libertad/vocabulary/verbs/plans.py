"""The case plan: goals with dates, who does what, and what came of it. Said at the person's desk, which the
care authority alone reads; a second officer reads it."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused, whole_date
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 1000
MOST = 50  # goals that are read at once


class PlanRecord(Verb, frozen=True, kw_only=True):
    """A goal of the case plan, agreed with the person: what is to be reached by when (`until`, a whole date),
    who does what (`doing`), and how far it has come.

    `corrects`: the entry that wrote the goal first, '' for a new one; `version`: the last entry about it that
    its writer read. What it said before stays.
    """

    VERB = "plan.record"
    SUBJECT = "person"
    CODES = {"area": "plan-areas", "progress": "plan-progress"}
    area: str
    goal: str
    doing: str
    until: str
    progress: str
    note: str = ""
    corrects: str = ""
    version: str = ""

    def check(self) -> None:
        check_text("goal", self.goal, "write what is to be reached, in the person's own words", LONGEST)
        check_text("doing", self.doing, "write who does what for it, the person too", LONGEST)
        check_length("note", self.note, LONGEST)
        whole_date(self.until, "until")
        for name in ("corrects", "version"):
            if value := getattr(self, name):
                hexadecimal(value, 32, name)
        if bool(self.corrects) != bool(self.version):
            raise Refused("goal", "say which goal it is about, and what was read of it")


class PlanRead(Verb, frozen=True, kw_only=True):
    """A second officer has read the plan: exactly these words of it (`goals`, an entry each)."""

    VERB = "plan.read"
    SUBJECT = "person"
    CODES = {"agrees": "yes-no"}
    goals: tuple[str, ...]
    agrees: str
    words: str = ""

    def check(self) -> None:
        if not self.goals:
            raise Refused("agrees", "say what was read")
        if len(self.goals) > MOST:
            raise Refused("agrees", "at most %(most)s goals are read at once", most=MOST)
        for entry in self.goals:
            hexadecimal(entry, 32, "goals")
        check_length("words", self.words, LONGEST)
        if self.agrees == "no" and not self.words.strip():
            raise Refused("words", "say what in the plan is to be thought over")


VERBS = (PlanRecord.VERB, PlanRead.VERB)
