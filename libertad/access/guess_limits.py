"""Guesses at passwords, one-time codes and enrolment codes: slowed down, never so that others are shut out.

Counted are attempts that failed, in a table, so that a restart forgets none:

- of one account from one network: after five each further one waits, a minute first, twice as long each time,
  a quarter of an hour at most;
- of one account from all networks, and of one network at all accounts: beyond a number they wait for seconds,
  so that somebody new still gets a turn.

A browser in which an officer has signed in before holds a mark of that account and is counted by itself:
whatever others do in the officer's place or network, it is not held up (the 'device cookies' of OWASP).
Accounts and networks are kept as keyed hashes: who has the node's secret recognises one, nobody reads one.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from libertad.access.models import Attempt
from libertad.access.networks import network_of

logger = logging.getLogger("libertad.access")
WINDOW = 15 * 60  # seconds for which a failure counts
FEW, FIRST_WAIT, LONGEST_WAIT = 5, 60, 15 * 60
# At all networks, or at all accounts: so many in the window, then one in so many seconds.
MANY = {"account": (30, 20), "network": (20, 10)}
KEPT_DAYS, MOST_KEPT = 30, 50_000
MARK_DAYS = 90
DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Try:
    """An attempt at a step (password, code, enrolment); names keyed; `mark` of a known browser."""

    step: str
    account: str
    network: str
    mark: str = ""


class Wait(Exception):
    """Too many attempts; `seconds` until the next."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def keyed(kind: str, value: str) -> str:
    """A name for a value that only this node can make."""
    key = bytes.fromhex(settings.LIBERTAD_ACCOUNT_KEY)
    return hmac.new(key, f"{kind}|{value}".encode(), hashlib.sha256).hexdigest()[:32]


def attempt(step: str, account: str, address: str, marks: str) -> Try:
    """`account`: the key of a service number; `marks`: the cookie's value."""
    return Try(
        step, keyed("account", account), keyed("network", network_of(address)), mark_of(account, marks)
    )


def begin(attempt: Try) -> Attempt:
    """Note an attempt as failed before it is looked at, so that many at once are counted; Wait for too many.

    Whoever was right takes it back with `right`.
    """
    if (seconds := wait(attempt)) > 0:
        raise Wait(seconds)
    row = Attempt.objects.create(
        at=_now(), step=attempt.step, account=attempt.account, network=attempt.network, mark=attempt.mark
    )
    if row.pk % 64 == 0:
        forget()
    return row


def right(row: Attempt) -> None:
    row.delete()


def log_failure(row: Attempt) -> None:
    """Write a failure down where the operator looks, by its keyed names."""
    logger.warning(
        "a sign-in failed (%s): account %s, network %s", row.step, row.account[:12], row.network[:12]
    )


def wait(attempt: Try) -> int:
    """Seconds until this may be tried; 0 for now."""
    now = _now()
    since = Attempt.objects.filter(at__gt=now - WINDOW * 1000)
    if attempt.mark:
        return _doubling(_times(since.filter(account=attempt.account, mark=attempt.mark)), now)
    strange = since.filter(mark="")
    own = _doubling(_times(strange.filter(account=attempt.account, network=attempt.network)), now)
    waits = [own]
    for kind, (limit, every) in MANY.items():
        times = _times(strange.filter(**{kind: getattr(attempt, kind)}))
        if len(times) >= limit:
            waits.append(every - (now - times[0]) // 1000)
    return max(0, *waits)


def forget() -> None:
    """Delete what is older than anybody looks at, and the oldest of too many."""
    Attempt.objects.filter(at__lt=_now() - KEPT_DAYS * DAY * 1000).delete()
    newest = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Attempt.objects.filter(pk__lte=newest - MOST_KEPT).delete()


def new_mark(account: str, marks: str) -> str:
    """The cookie of a browser in which an account has just signed in: its mark, and three others' at most."""
    born = f"{int(time.time()) // DAY:x}.{secrets.token_hex(8)}"
    other_marks = [mark for mark in marks.split("~")[:8] if mark and not _of(account, mark)]
    return "~".join([f"{born}.{_seal(account, born)}", *other_marks[:3]])


def mark_of(account: str, marks: str) -> str:
    """The mark among these that is this account's and not too old, as it is kept; '' for none."""
    for mark in marks.split("~")[:8]:
        if _of(account, mark):
            return keyed("mark", mark)
    return ""


def _of(account: str, mark: str) -> bool:
    born, _, seal = mark.rpartition(".")
    if not hmac.compare_digest(seal.encode(), _seal(account, born).encode()):
        return False
    return int(born.partition(".")[0], 16) + MARK_DAYS >= int(time.time()) // DAY


def _seal(account: str, born: str) -> str:
    return keyed("browser", f"{account}|{born}")


def _times(rows: Iterable[Attempt]) -> list[int]:
    """When these failed, the last first."""
    return list(rows.order_by("-at").values_list("at", flat=True)[:50])  # type: ignore[attr-defined]


def _doubling(times: list[int], now: int) -> int:
    if len(times) < FEW:
        return 0
    pause: int = min(LONGEST_WAIT, FIRST_WAIT << (len(times) - FEW))
    return pause - (now - times[0]) // 1000


def _now() -> int:
    return time.time_ns() // 1_000_000
