"""Where an officer is signed in, as only the officer is told it, and ending that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from libertad.access.models import Session
from libertad.access.sessions import SessionStore, storage_name

UNTIL = "signed_in_until"
BROWSER, SEEN = "browser", "seen"
EVERY = 300  # seconds: how exactly it is kept when a session was last used
# The first sign that a browser gives of itself decides: each names older ones too.
BROWSERS = (
    ("Edge", r"\bEdg(A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\bFirefox/|\bFxiOS/"),
    ("Chrome", r"\bChrome/|\bCriOS/|\bChromium/"),
    ("Safari", r"\bSafari/"),
)
SYSTEMS = (
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Windows", r"Windows"),
    ("macOS", r"Macintosh"),
    ("Linux", r"Linux"),
)


@dataclass(frozen=True)
class OwnSession:
    """A signed-in browser of one's own. `name`: of its row, which opens nothing; `browser` and `system`: ''
    where the browser does not say; `seen`: to five minutes."""

    name: str
    browser: str
    system: str
    since: datetime
    seen: datetime
    current: bool


def browser_of(agent: str) -> list[str]:
    """Browser and system in plain words, of what a browser says of itself; nothing else of it is kept."""
    return [
        next((name for name, sign in known if re.search(sign, agent[:500])), "")
        for known in (BROWSERS, SYSTEMS)
    ]


def begin(session: Any, agent: str) -> None:
    """Note in a session that has just begun where it is; sealed as all that it holds."""
    session[BROWSER], session[SEEN] = browser_of(agent), timezone.now().timestamp()


def touch(session: Any) -> None:
    """Note that it was used, at most every five minutes."""
    now = timezone.now().timestamp()
    if not 0 <= now - session.get(SEEN, 0) < EVERY:
        session[SEEN] = now


def own_sessions(account: int, current: str) -> list[OwnSession]:
    """Those that open something, the newest use first; rows that this node did not write are none."""
    now, here = timezone.now(), storage_name(current)
    sessions = []
    for row in Session.objects.filter(account=account, expire_date__gt=now):
        data = SessionStore().open_row(row)
        if data is None or data.get(UNTIL, 0) <= now.timestamp():
            continue
        browser, system = data.get(BROWSER, ["", ""])
        since = data[UNTIL] - settings.SESSION_COOKIE_AGE
        sessions.append(
            OwnSession(
                row.session_key,
                browser,
                system,
                datetime.fromtimestamp(since, UTC),
                datetime.fromtimestamp(data.get(SEEN, since), UTC),
                row.session_key == here,
            )
        )
    return sorted(sessions, key=lambda session: (not session.current, -session.seen.timestamp()))


def end_session(account: int, name: str) -> None:
    """End one of the account's sessions; of others there is none by that name."""
    Session.objects.filter(account=account, session_key=name).delete()


def end_others(account: int, current: str) -> None:
    """End all sessions of the account but the current one."""
    Session.objects.filter(account=account).exclude(session_key=storage_name(current)).delete()
