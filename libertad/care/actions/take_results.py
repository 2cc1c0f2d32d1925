"""What the node itself does about one-time pages: what the host is asked, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from libertad.access.acting import Act, action
from libertad.answer_page.messages import Answer
from libertad.care.fold_outside import PASSING
from libertad.care.models import CareFile, Consent, Referral
from libertad.care.outside_models import AskedPage, OpenPage
from libertad.vocabulary.values import Refused, whole_date
from libertad.vocabulary.verbs.outside import PageResult

MOST_OPENED = 20  # openings of a page that are believed, and how long ago one may be
LONGEST = timedelta(days=30)
GRACE = timedelta(minutes=10)  # in which the host's own end comes first


@dataclass(frozen=True)
class DuePage:
    """A page about which the host is asked. `op`: as `messages.Item`; `seconds`: for how long it is there;
    `is_recalled`: it is taken back for another reason than that its time is over."""

    id: str
    page: str
    op: str
    link: str
    salt: str
    sealed: str
    key: str
    seconds: int
    is_sent: bool
    is_recalled: bool


def due_pages(act: Act) -> list[DuePage]:
    """Of the pages that can still be answered: to be put there, looked at, or taken back. Says nothing.

    A page is taken back once an officer said so, the agreement behind it was withdrawn, the referral was
    answered otherwise, the file was closed, or its time is over by this node's clock, whatever the host's
    shows.
    """
    return [_due(act, row) for row in act.find(OpenPage) if row["state"] in ("", *PASSING)]


def _due(act: Act, row: dict[str, Any]) -> DuePage:
    left = row["ends"] - _clock()
    is_recalled = _is_recalled(act, row)
    if is_recalled or left < -GRACE:
        op = "recall"
    else:
        op = "look" if row["state"] or left <= timedelta(0) else "put"
    return DuePage(
        id=row["id"],
        page=row["page"],
        op=op,
        link=row["link"],
        salt=row["salt"],
        sealed=row["question"],
        key=row["key"],
        seconds=max(0, int(left.total_seconds())),
        is_sent=bool(row["state"]),
        is_recalled=is_recalled,
    )


def _is_recalled(act: Act, row: dict[str, Any]) -> bool:
    if row["recalled_at"] is not None:
        return True
    referral = act.get(Referral, row["referral"])
    consent = None if referral is None else act.get(Consent, referral["consent"])
    file = None if referral is None else act.get(CareFile, referral["compartment"])
    if referral is None or consent is None or file is None or file["closed_at"] is not None:
        return True
    return referral["state"] != "asked" or consent["withdrawn_at"] is not None


def _clock() -> datetime:
    """This node's clock: by it a page's time is over, and not by the operation's."""
    return datetime.fromtimestamp(time.time(), UTC)


@action("page.result")
def take_result(
    act: Act, *, page: str, state: str, opened: tuple[int, ...] = (), answer: Answer | None = None
) -> bool:
    """Say what the host told of a page, if it is news; whether it was. `opened`: seconds ago, each time.

    Whatever comes after a page's end says nothing: a second answer, a host that tells another story, another
    process of this node that asked at the same time.
    """
    row = act.get(AskedPage, page)
    if row is None or row["state"] not in ("", *PASSING):
        return False
    opened = tuple(seconds for seconds in opened[:MOST_OPENED] if 0 <= seconds <= LONGEST.total_seconds())
    openings = max(len(opened), row["openings"])
    if state == row["state"] and openings == row["openings"]:
        return False
    opened_at = act.now - timedelta(seconds=min(opened)) if opened else row["opened_at"]
    content = PageResult(
        person=row["person"],
        state=state,
        openings=openings,
        opened_at=opened_at,
        answer=answer.answer if answer else "",
        earliest=earliest_of(answer),
        words=answer.words if answer else "",
    )
    act.say(row["compartment"], content, subject=page, supersedes={}, source="database")
    return True


def earliest_of(answer: Answer | None) -> str:
    """The day that a service gave; '' for none, and for what is no day."""
    try:
        return whole_date(answer.earliest, "earliest") if answer and answer.earliest else ""
    except Refused:
        return ""
