"""A form that arrives again is answered as it was the first time, and writes nothing.

`access/submissions.py` records what a posting wrote; this is the frame around each page that takes one.
Within this process a posting that arrives while the same is being written waits for it; what another process
is writing is settled by the record itself.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from contextvars import Token
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from libertad.access import choosing, submissions, unsaved
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.entries import entry
from libertad.access.form_actions import ConfirmFirst
from libertad.access.queries import on_clock
from libertad.access.submissions import CURRENT, FIELD, SHAPE, Answer, Repeated, Submission
from libertad.journal.folding import Said
from libertad.journal.node import node
from libertad.look import times
from libertad.vocabulary.values import Happened
from libertad.web import errors
from libertad.web.middleware import UNREADY, View
from libertad.web.saved_words import SAVED, saved_words

WAITS = 20  # seconds; then the record alone decides
SHOWN = 120  # seconds for which a page that is shown once can be shown to a repeat
PAGES = 64
SECRET = re.compile("password|code|secret|passphrase")
UNSENT = frozenset({"csrfmiddlewaretoken", FIELD, choosing.FIELD})
TOLD = "saved"  # the tag of the word that something was saved


@dataclass
class Turns:
    """One posting at a time of those that are the same."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    busy: dict[str, tuple[threading.Lock, int]] = field(default_factory=dict)

    def take(self, name: str) -> bool:
        """Wait until nobody else answers this posting; False when that took too long."""
        with self.guard:
            lock, waiting = self.busy.get(name, (threading.Lock(), 0))
            self.busy[name] = lock, waiting + 1
        return lock.acquire(timeout=WAITS)

    def leave(self, name: str, acquired: bool) -> None:
        with self.guard:
            lock, waiting = self.busy[name]
            if acquired:
                lock.release()
            if waiting > 1:
                self.busy[name] = lock, waiting - 1
            else:
                del self.busy[name]


@dataclass
class Pages:
    """Pages that answered a posting and lie in no database, such as one with a code that is shown once.

    For a browser that the answer did not reach; `mark_shown` tells.
    """

    guard: threading.Lock = field(default_factory=threading.Lock)
    kept: OrderedDict[str, tuple[float, str, bytes]] = field(default_factory=OrderedDict)

    def keep(self, submission: Submission, page: HttpResponse) -> None:
        with self.guard:
            self.kept[submission.name] = time.monotonic() + SHOWN, submission.content, page.content
            self.prune()

    def find(self, submission: Submission) -> HttpResponse | None:
        with self.guard:
            self.prune()
            _until, content, page = self.kept.get(submission.name, (0.0, "", b""))
        return HttpResponse(page) if content == submission.content else None

    def forget(self, submission: Submission) -> None:
        """It was shown: nobody sees it again."""
        with self.guard:
            self.kept.pop(submission.name, None)

    def prune(self) -> None:
        """Drop every page whose time is over, wherever it lies, and the oldest above `PAGES`."""
        now = time.monotonic()
        for name in [name for name, (until, _content, _page) in self.kept.items() if until < now]:
            del self.kept[name]
        while len(self.kept) > PAGES:
            self.kept.popitem(last=False)


TURNS, SHOWN_PAGES = Turns(), Pages()


@dataclass
class Posting:
    """What is known of a request's posting until it is answered."""

    submission: Submission
    taken: bool
    token: Token[Submission | None] | None = None  # None: answered without asking the page
    resumed: bool = False  # it was written before, and cut off before its answer was recorded


class Submissions:
    """The frame around every page that takes a form of somebody who is signed in."""

    def __init__(self, answer: View) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.answer(request)
            posting: Posting | None = getattr(request, "posting", None)
            return (
                response if posting is None or posting.token is None else answered(request, posting, response)
            )
        finally:
            leave(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        submission = None if getattr(view, "keyed", False) else posted(request)
        if submission is None:
            return None
        posting = Posting(submission, TURNS.take(submission.name))
        request.posting = posting  # type: ignore[attr-defined]
        before = submissions.recorded(submission)
        if isinstance(before, Answer) or (before is not None and before.content != submission.content):
            return answered_before(request, submission, before)
        posting.resumed = before is not None
        posting.token = CURRENT.set(submission)
        return None

    def process_exception(self, request: HttpRequest, why: Exception) -> HttpResponse | None:
        if isinstance(why, ConfirmFirst):
            return why.page
        return errors.saved(request) if isinstance(why, Repeated) else None


def posted(request: HttpRequest) -> Submission | None:
    """The posting of a form that carries an id, by somebody who is signed in."""
    actor: Actor | None = getattr(request, "actor", None)
    if request.method != "POST" or actor is None:
        return None
    token = request.POST.get(FIELD, "")
    if SHAPE.fullmatch(token) is None:
        return None
    return submissions.identify(str(request.user.pk), request.path, token, content_of(request))


def content_of(request: HttpRequest) -> str:
    """A keyed digest of all that was sent, without what differs between two showings of a form."""
    fields = sorted((name, values) for name, values in request.POST.lists() if name not in UNSENT)
    parts = [request.get_full_path().encode(), repr(fields).encode()]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest = hashlib.sha256(b"".join(file.chunks())).digest()
            file.seek(0)
            parts += [name.encode(), (file.name or "").encode(), digest]
    return submissions.keyed(b"content", *parts)


def answered(request: HttpRequest, posting: Posting, response: HttpResponse) -> HttpResponse:
    """Record how a posting that wrote was answered. One that wrote nothing may be corrected and sent."""
    submission = posting.submission
    if response.status_code >= 400 or not (submission.writes or posting.resumed):
        return response
    location = response.url if isinstance(response, HttpResponseRedirect) else ""
    if (
        posting.resumed and not submission.writes
    ):  # what it was about has changed since: by its own first arrival
        return errors.saved(request)
    if not location and not response.streaming:
        SHOWN_PAGES.keep(submission, response)
        mark_shown(request, response, submission)
    if location and not messages.get_messages(request).added_new:  # type: ignore[union-attr]
        tell_saved(request, submission)
    with suppress(*UNREADY):  # it is written: whoever sends it again is answered by the record of the write
        node().writer.submit(lambda tx: submissions.keep_answer(tx, submission, location))
    return response


def tell_saved(request: HttpRequest, submission: Submission) -> None:
    """After each saving the next page says what was saved, when, and where it stands: one word for all forms.

    A page that has a better one says it itself. Kept in the session, sealed, until it is shown.
    """
    actor = actor_of(request)
    told = next((entry for entry in submission.entries if entry.verb in SAVED), None)
    if told is None:
        text = _("Saved. %(at)s.") % {"at": when(request, time.time_ns() // 1_000_000)}
    else:
        at = times.when(told.happened)
        text = _("%(what)s. %(at)s.") % {"what": saved_words(told), "at": at}
    messages.success(request, format_html("{} {}", text, entry_link(actor, told)), TOLD)


def entry_link(actor: Actor, told: Said | None) -> str:
    """To the entry that was said, where the officer reads it."""
    if told is None or entry(actor, told.id) is None:
        return ""
    return format_html('<a href="{}">{}</a>', reverse("entry", args=[told.id]), _("Entry and signature"))


def answered_before(
    request: HttpRequest, submission: Submission, before: Answer | submissions.Write
) -> HttpResponse:
    """The first answer again, with a word that nothing was written; for another content, a choice."""
    same = before.content == submission.content
    if shown_mark(submission) in request.COOKIES:
        SHOWN_PAGES.forget(submission)
    if same and (page := SHOWN_PAGES.find(submission)) is not None:
        return page
    location = before.location if isinstance(before, Answer) else ""
    at = when(request, before.at)
    if not same:
        return changed_page(request, at, location)
    if not location:
        return errors.saved(request, at)
    pending = messages.get_messages(request)  # what the lost answer would have told is told by this one
    for message in [message for message in pending if TOLD not in message.extra_tags.split()]:
        messages.add_message(request, message.level, message.message, message.extra_tags)
    messages.success(request, _("This was saved at %(time)s. It was not saved a second time.") % {"time": at})
    return HttpResponseRedirect(location)


def shown_mark(submission: Submission) -> str:
    """Name of the cookie by which a browser tells that an answer reached it. It names nobody and nothing."""
    return "shown-" + hashlib.sha256(submission.name.encode()).hexdigest()[:16]


def mark_shown(request: HttpRequest, response: HttpResponse, submission: Submission) -> None:
    """With the answer goes a mark that comes back with a reload, and not where the answer was lost: a page
    with a code is shown again to whoever never saw it, and to nobody who did."""
    response.set_cookie(
        shown_mark(submission),
        "1",
        max_age=SHOWN,
        path=request.path,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Strict",
    )


def changed_page(request: HttpRequest, at: str, location: str) -> HttpResponse:
    """A form that was saved, changed and sent again leads to a page of its own: correct what was saved, or
    record this as another. Back finds that page again.

    What was written goes along, but for files and for whatever is secret: that is given anew.
    """
    sent = [(name, value) for name, values in request.POST.lists() for value in values if name not in UNSENT]
    whole = not request.FILES and not any(SECRET.search(name) for name, _value in sent)
    form = unsaved.Unsaved(
        str(request.user.pk),
        request.actor.operation,  # type: ignore[attr-defined]
        request.get_full_path(),
        location,
        at,
        sent if whole else None,
    )
    return HttpResponseRedirect(unsaved.FORMS.keep(form))


def unsaved_form(request: HttpRequest) -> HttpResponse:
    """The page of a form that was changed after it had been saved."""
    form = unsaved.asked_for(request)
    if form is None:
        return errors.page(
            request,
            200,
            _("Not kept any longer"),
            _(
                "What was changed after saving is kept for an hour, and not over a restart. Nothing of it "
                "was saved: open what was saved, and correct it there."
            ),
        )
    if form.operation != request.actor.operation:  # type: ignore[attr-defined]
        return errors.shown_in_another(request)
    context = {
        "at": form.at,
        "location": form.location,
        "address": form.address,
        "sent": form.sent,
        "correct": unsaved.correction_address(request, form),
    }
    return render(request, "web/saved_changed.html", context)


def when(request: HttpRequest, at: int) -> str:
    """A moment (ms) of this node's clock as the operation's clock, by which all else on a page stands."""
    actor = actor_of(request)
    moment = on_clock(actor.operation, datetime.fromtimestamp(at / 1000, UTC))
    return times.when(Happened(at=moment, zone=actor.zone))


def leave(request: HttpRequest) -> None:
    """Let the next arrival of the same posting be answered."""
    posting: Posting | None = getattr(request, "posting", None)
    if posting is None:
        return
    if posting.token is not None:
        CURRENT.reset(posting.token)
    TURNS.leave(posting.submission.name, posting.taken)
