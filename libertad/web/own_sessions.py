"""One's own sessions: where one is signed in, and ending that."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from libertad.access import own_sessions
from libertad.access.asking import actor_of
from libertad.access.models import Account
from libertad.access.own_sessions import OwnSession
from libertad.access.queries import on_clock
from libertad.look.times import when
from libertad.vocabulary.values import Happened

OTHERS = "others"


def listed(request: HttpRequest) -> HttpResponse:
    """The sessions; posted, ends the named one or all others. One that has ended is not there any more,
    so a form that arrives twice is answered alike."""
    actor, account = actor_of(request), cast(Account, request.user).pk
    current = request.session.session_key or ""
    if request.method == "POST":
        name = request.POST.get("session", "")
        if name == OTHERS:
            own_sessions.end_others(account, current)
        else:
            own_sessions.end_session(account, name)
        return redirect("account_sessions")
    sessions = [
        {
            "name": session.name,
            "place": place(session),
            "since": when(Happened(at=on_clock(actor.operation, session.since), zone=actor.zone)),
            "seen": when(Happened(at=on_clock(actor.operation, session.seen), zone=actor.zone)),
            "current": session.current,
        }
        for session in own_sessions.own_sessions(account, current)
    ]
    return render(request, "account/sessions.html", {"sessions": sessions, "others": OTHERS})


def place(session: OwnSession) -> str:
    """'Firefox on Windows', as much of it as is known."""
    if session.browser and session.system:
        return _("%(browser)s on %(system)s") % {"browser": session.browser, "system": session.system}
    return session.browser or session.system or _("A browser that does not say which it is")
