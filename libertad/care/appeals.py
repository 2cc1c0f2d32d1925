"""Appeals against a decision on return or stay: which wait, what they suspend, what falls by one. Pure
functions, and the table of `appeals.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.deciding import AppealLodge, AppealOutcome

FILE = Path(__file__).with_name("appeals.yaml")
VERBS = (AppealLodge.VERB, AppealOutcome.VERB)
LODGED = "lodged"  # of a decision: an appeal waits for its outcome
SET_ASIDE = "aside"  # in place of an answer of the second reader: the decision fell on appeal
WAS_READ = ("yes", SET_ASIDE)


class Rules(NamedTuple):
    """`suspends`: the effects by which a decision waits; `falls`: the outcomes by which it stands no more."""

    assumed: bool
    suspends: frozenset[str]
    falls: frozenset[str]


def read(path: Path) -> Rules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "suspends", "outcomes"))
    lists = {
        "suspends": ("appeal-effects", (True, False)),
        "outcomes": ("appeal-outcomes", ("falls", "stands")),
    }
    for name, (codes, answers) in lists.items():
        table = content[name]
        if not isinstance(table, dict) or set(table) != set(codelist(codes)):
            raise ValueError(f"{path.name}: '{name}' names each code of {codes} once, and nothing else")
        if any(answer not in answers for answer in table.values()):
            raise ValueError(f"{path.name}: '{name}' answers each with one of {answers}")
    return Rules(
        content["assumed"],
        frozenset(code for code, suspends in content["suspends"].items() if suspends),
        frozenset(code for code, answer in content["outcomes"].items() if answer == "falls"),
    )


@cache
def rules() -> Rules:
    """The rules that hold here."""
    return read(FILE)


class Appeal(NamedTuple):
    """One appeal, with the last outcome that was said of it."""

    lodged: Said
    outcome: Said | None

    @property
    def waits(self) -> bool:
        return self.outcome is None

    @property
    def suspends(self) -> bool:
        return self.waits and cast(AppealLodge, self.lodged.content).suspends in rules().suspends

    @property
    def set_aside(self) -> bool:
        outcome = cast(AppealOutcome, self.outcome.content).outcome if self.outcome is not None else ""
        return outcome in rules().falls

    def row(self) -> dict[str, Any]:
        """As a decision's sealed words keep it."""
        lodged = cast(AppealLodge, self.lodged.content)
        row = {
            **_entry_row(self.lodged),
            "court": lodged.court,
            "suspends": lodged.suspends,
            "words": lodged.words,
        }
        if self.outcome is not None:
            outcome = cast(AppealOutcome, self.outcome.content)
            row["ended"] = {**_entry_row(self.outcome), "outcome": outcome.outcome, "words": outcome.words}
        return row


def _entry_row(entry: Said) -> dict[str, Any]:
    return {
        "entry": entry.id,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "officer": entry.officer,
    }


def appeals_of(entries: Sequence[Said], decision: str, person: str) -> list[Appeal]:
    """Against one decision about this person, in the order in which they were lodged."""
    about = [
        entry
        for entry in entries
        if entry.subject == decision
        and isinstance(entry.content, AppealLodge | AppealOutcome)
        and entry.content.person == person
    ]
    ended = {entry.content.appeal: entry for entry in about if isinstance(entry.content, AppealOutcome)}
    return [Appeal(entry, ended.get(entry.id)) for entry in about if isinstance(entry.content, AppealLodge)]
