"""What waits in a protection file, for whom and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from libertad.care import models
from libertad.care.appeals import LODGED
from libertad.care.asked import IDENTIFICATION, of_rows
from libertad.care.fold import due_at
from libertad.care.queue_limits import limits
from libertad.journal.fields import from_ms

READING = timedelta(hours=24)
CONTACT_LOST = "contact-lost"  # why a file is closed
NOT_ASKED = ("", "not-asked")  # of a wish: nobody has recorded one
ENDING = timedelta(days=30)  # before its end a decision, and the time to keep a file, wait to be looked at
# Of what has an hour: 'given' waits from its hour on, 'referral' until then (after it what is not answered is
# somebody's task: `answered`), 'ends' from some time before; else at once.
WAITS = {"given": "given", "referral": "referral", "ends": "ends", "keep-until": "ends"}
ASKING = (models.DecisionAsked, models.Identification, models.ReturnDecision)


class Due(NamedTuple):
    """Something that waits in a file. `due` None: no hour is set. `part`: the decision or
    referral, or the disclosure that is one.

    `officer`: who decided, and so does not read it second. `since`: of what waits for an answer at no hour.
    """

    kind: str
    due: datetime | None
    part: str = ""
    officer: str = ""
    since: datetime | None = None

    def is_for(self, officer: str) -> bool:
        """Whether it may wait for this officer: nobody reads the own decision second."""
        return not self.officer or self.officer != officer

    @property
    def waiting(self) -> str:
        """When it waits: by its row of `WAITS`, else ''; 'open' where no hour is set."""
        return "open" if self.due is None else WAITS.get(self.kind, "")

    def waits(self, now: datetime) -> bool:
        """Whether it waits now: what was accepted from its hour on, what ends thirty days before; what was
        asked for until its hour."""
        if self.waiting == "referral" and self.due is not None:
            return self.due > now
        bounds = {"given": now, "ends": now + ENDING}
        return self.due is None or self.waiting not in bounds or self.due < bounds[self.waiting]


def dues_of(
    file: models.CareFile, parts: dict[type[models.Part], list[Any]], request: Mapping[str, Any] | None = None
) -> Iterator[Due]:
    """What waits in a file, for whom it may be and whenever that is. `request`: that it be erased."""
    for decision in parts[models.Identification]:
        if not decision.read and file.waiting == decision.pk:
            yield Due("second-reading", decision.at + READING, decision.pk, decision.officer)
    for decision in parts[models.ReturnDecision]:
        if not decision.read and file.return_waiting == decision.pk:
            yield Due("return-reading", decision.at + READING, decision.pk, decision.officer)
    if file.closing and file.closing_at is not None:
        until = file.closing_at + limits().closing
        yield Due("closing-reading", until, file.closing, file.closing_by)
    withdrawn = {
        consent.pk: consent.withdrawn_at
        for consent in parts[models.Consent]
        if consent.withdrawn_at is not None
    }
    for referral in parts[models.Referral]:
        if referral.state in ("asked", "accepted"):
            if referral.consent in withdrawn:
                yield Due("stop", None, referral.pk, since=withdrawn[referral.consent])
            elif referral.state == "asked":
                until = referral.due_at or referral.state_at + limits().answer
                yield Due("referral", until, referral.pk)
            elif referral.due_at:
                yield Due("given", referral.due_at, referral.pk)
    if file.closed_at is not None:
        if (contact := _contact(file)) is not None:
            yield Due("contact", contact)
        if request is not None:
            yield Due("erasure", from_ms(request["at"]) + READING, request["entry"], request["officer"])
        elif len(file.keep_until) == 10:
            yield Due("keep-until", due_at(file.keep_until, file.zone))
        return
    yield from (nexts := list(_next(file)))
    for asking in of_rows(*(parts[kind] for kind in ASKING)):
        if asking.what == IDENTIFICATION or not any(due.kind == "return" for due in nexts):
            yield Due("asked", None, asking.entry, since=asking.at)
    for ruling in parts[models.ReturnDecision]:
        if ruling.appeal == LODGED:
            yield Due("appeal", None, ruling.pk, since=ruling.appeal_at)
    ruled = [ruling for ruling in parts[models.ReturnDecision] if ruling.read == "yes"]
    last = min(ruled, key=lambda ruling: (-ruling.at.timestamp(), ruling.pk), default=None)
    if last is not None and len(last.until) == 10:
        yield Due("ends", due_at(last.until, file.zone), last.pk)


def _contact(file: models.CareFile) -> datetime | None:
    """When somebody asks again how the person is: on the day that was named; with a child with whom contact
    is lost within a day of the last word of it, whatever day was named."""
    named = due_at(file.contact_on, file.zone) if file.contact_on else None
    if not file.child or file.closed_for != CONTACT_LOST or file.closed_at is None:
        return named
    until: datetime = (file.contact_at or file.closed_at) + limits().lost
    return until if named is None else min(named, until)


def _next(file: models.CareFile) -> Iterator[Due]:
    """Reviews, wishes still to be asked, and decisions to make."""
    victim, wish_recorded = file.status in ("presumed", "confirmed"), file.wish not in NOT_ASKED
    if not file.status and not file.waiting:
        yield Due("identify", None)
    if file.review_on and not file.waiting:
        yield Due("review", due_at(file.review_on, file.zone))
    if victim and not wish_recorded:
        yield Due("wish", None)
    if victim and wish_recorded and not file.decision and not file.return_waiting:
        yield Due("return", None)
