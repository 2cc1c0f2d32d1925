"""What services answered that is somebody's task: one rule for entries of a member, one-time pages and what
was told by telephone. Pure functions, and the table of `answered.yaml`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from libertad.care.queue_limits import Limits
from libertad.journal.fields import from_ms
from libertad.people.queries import ServedSeen, serving_rules
from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("answered.yaml")
KINDS = (
    "danger",
    "left-without-word",
    "left-moved",
    "left-agreed",
    "left",
    "not-arrived",
    "no-answer",
    "declined",
    "need",
    "unconfirmed",
)
CONCERNS = ("danger", "need", "not-arrived")  # that a member tells beside its answers
WITHIN = ("danger", "urgent", "intake")
MEMBER, PAGE, REFERRAL = "member", "page", "referral"  # ways in which a service answers
UNANSWERED = ("expired", "dead", "lost", "forged")  # states of a page that brought no answer


class Answered(NamedTuple):
    """What a service answered, or did not by its hour (`at`). `entry`: what an officer settles it by.
    `part`: the disclosure or the referral, ''
    for a disclosure that was withdrawn since. `service`: as it is called."""

    entry: str
    kind: str
    at: datetime
    service: str
    way: str
    part: str


def act_of(person: str, answer: Answered) -> tuple[str, tuple[str, ...]]:
    """(route, its arguments) of the page on which an officer does something about it: a concern of a member
    is replied to, what a page or nobody answered is asked by telephone, all else is settled."""
    if answer.part and answer.way == MEMBER and answer.kind in CONCERNS and ":" not in answer.entry:
        return "care-concern", (person, answer.part, answer.entry)
    if answer.kind == "unconfirmed" or (answer.kind == "no-answer" and answer.way != MEMBER):
        return "care-referral", (person, answer.part)
    return "care-settle", (person, answer.entry)


@dataclass(frozen=True)
class AnsweredRule:
    """`danger`: 'always', 'known' or 'never'."""

    within: str
    danger: str


def read(path: Path) -> dict[str, AnsweredRule]:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "answers"))
    listed = content["answers"]
    if not isinstance(listed, dict) or set(listed) != set(KINDS):
        raise ValueError(f"{path.name}: 'answers' names each of {', '.join(KINDS)} once, and nothing else")
    for kind, rule in listed.items():
        if not isinstance(rule, dict) or set(rule) != {"within", "danger"} or rule["within"] not in WITHIN:
            raise ValueError(f"{path.name}: '{kind}' says within ({', '.join(WITHIN)}) and danger")
        if rule["danger"] not in ("always", "known", "never"):
            raise ValueError(f"{path.name}: danger of '{kind}' is always, known or never")
    return {kind: AnsweredRule(**rule) for kind, rule in listed.items()}


@cache
def rules() -> dict[str, AnsweredRule]:
    """The rules that hold here."""
    return read(FILE)


def is_danger(answer: Answered, is_known: bool) -> bool:
    """Whether it comes before all else. `is_known`: of a child, or of whom a danger was known."""
    rule = rules()[answer.kind].danger
    return rule == "always" or (rule == "known" and is_known)


def due(answer: Answered, is_known: bool, limits: Limits) -> datetime:
    """By when somebody says what was done."""
    within: timedelta = getattr(limits, rules()[answer.kind].within)
    return answer.at + (limits.danger if is_danger(answer, is_known) else within)


def answer_until(view: ServedSeen, needed_by: datetime | None) -> datetime:
    """By when a service that is a member answers: within the time for it, and before it is needed."""
    return view.due if needed_by is None else min(view.due, needed_by)


def of_member(
    view: ServedSeen, disclosure: str, service: str, needed_by: datetime | None = None
) -> Iterator[Answered]:
    """What a service that is a member answered in the file of a disclosure."""

    def answer_of(entry: str, kind: str, at: datetime) -> Answered:
        return Answered(entry, kind, at, service, MEMBER, "" if view.stopped else disclosure)

    for concern in view.waiting:
        yield answer_of(concern.entry, concern.concern, concern.when.at)
    if view.stage == "left" and view.left is not None:
        yield answer_of(view.entry, f"left-{view.way}", view.left.at)
    if view.stage == "declined" and view.answered is not None:
        yield answer_of(view.entry, "declined", view.answered.at)
    if view.stage == "asked" and not view.stopped:
        yield answer_of(f"{view.file}:no-answer", "no-answer", answer_until(view, needed_by))
    if view.stage == "expected" and view.answered is not None and not view.stopped:
        until = view.answered.at + serving_rules().arrive
        yield answer_of(f"{view.file}:not-arrived:{view.entry}", "not-arrived", until)


def of_page(page: Any, to: str) -> Iterator[Answered]:
    """What came of a one-time page (its row, while something is to be done about it)."""
    if page.settled or page.state_at is None:
        return
    kind = "no-answer" if page.state in UNANSWERED else "unconfirmed" if page.state == "answered" else ""
    if kind:
        yield Answered(f"{page.pk}:{page.state}", kind, page.state_at, to, PAGE, page.referral)


def of_referral(referral: Any, words: Mapping[str, Any], limits: Limits) -> Iterator[Answered]:
    """What a service answered by telephone, as an officer wrote it down; nothing by its hour."""
    to = words.get("to", "")
    for entry, kind, ms in words.get("told", ()):
        yield Answered(entry, kind, from_ms(ms), to, REFERRAL, referral.pk)
    if referral.state == "asked":
        until = referral.due_at or referral.state_at + limits.answer
        yield Answered(f"{referral.pk}:no-answer", "no-answer", until, to, REFERRAL, referral.pk)


def unsettled(answers: Iterable[Answered], settled: Collection[str]) -> tuple[Answered, ...]:
    """Those that no officer has settled, the earliest first; each once."""
    listed = {answer.entry: answer for answer in answers if answer.entry not in settled}
    return tuple(sorted(listed.values(), key=lambda answer: (answer.at, answer.entry)))
