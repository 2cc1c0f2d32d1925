"""Dangers of one side and what closed them: each closing names the words that it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names
from libertad.journal.fields import from_ms
from libertad.look.danger import DangerLine
from libertad.look.words import words
from libertad.vocabulary.values import Happened

# Up to November 2026 the program wrote the reason's English label into the officer's words.
LABELLED = "Contact is lost. "
Row = Sequence[Any]  # [ms, zone, officer, authority, words, entry, because or what a closing answers]


@dataclass(frozen=True)
class DangerSaid:
    """That a person is in danger, as somebody said it. `words` is '' of what was said at the meeting.

    `because`: for which reason the protection file was closed, where its closing said the danger.
    """

    when: Happened
    officer: str
    authority: str
    words: str
    entry: str
    because: str = ""

    @property
    def full_words(self) -> str:
        """The words, after the reason in the reader's language."""
        reason = words("closing-reasons", self.because)
        return f"{reason}. {self.words}" if reason else self.words


def dangers_of(rows: Sequence[Row]) -> list[DangerSaid]:
    """The sealed rows of a file as objects, the earliest first."""
    return [_danger(*row[:7]) for row in rows]


def _danger(
    ms: int, zone: str, officer: str, authority: str, text: str, entry: str, because: str = ""
) -> DangerSaid:
    if not because and text.startswith(LABELLED):
        text, because = text.removeprefix(LABELLED), "contact-lost"
    return DangerSaid(Happened(at=from_ms(ms), zone=zone), officer, authority, text, entry, because)


def danger_lines(actor: Actor, dangers: Sequence[DangerSaid]) -> list[DangerLine]:
    """Each of these dangers with its words, who said it and when: the newest first."""
    names = officer_names(actor, [danger.officer for danger in dangers])
    authorities = authority_names([danger.authority for danger in dangers])
    return [
        DangerLine(
            danger.full_words,
            ", ".join(filter(None, [names.get(danger.officer, ""), authorities.get(danger.authority, "")])),
            danger.when,
            danger.entry,
        )
        for danger in reversed(dangers)
    ]


def unanswered(rows: Sequence[Row], closed: Sequence[Row]) -> list[Row]:
    """Of these dangers the ones that no closing names, whatever the order of arrival.

    A closing that names none was written before dangers had names: it answers what was said before it.
    """
    named = {entry for closing in closed for entry in (closing[6] if len(closing) > 6 else ())}
    silent = [closing[0] for closing in closed if len(closing) < 7 or not closing[6]]
    until = max(silent, default=None)
    return [row for row in rows if row[5] not in named and (until is None or row[0] > until)]
