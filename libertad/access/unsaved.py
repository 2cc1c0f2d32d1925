"""What was changed in a form that had been saved already: kept in memory for its account, never on a disk.

Behind an address of its own, so that Back finds the page again without sending the form once more, and the
form that corrects what was saved comes with what was changed.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.entries import entry
from libertad.look.page_objects import FormPage

NAME = "unsaved"  # of the route, and of the parameter that names what is kept
KEPT = 3600.0  # seconds
MOST = 256  # forms, of all accounts
MOST_EACH = 16  # of one account: nobody pushes out another's
LARGEST = 64 * 1024  # characters; what is larger is not kept
# The form that begins a thing, the page that it leads to, and the form that corrects the thing.
CORRECTED_BY = {
    "person-new": ("person", "person-meeting"),
    "lead-new": ("lead", "lead-correct"),
    "site-new": ("site", "site-correct"),
    "exhibit-new": ("exhibit", "exhibit-correct"),
    "detention-new": ("detention", "detention-correct"),
}
# Fields that are called otherwise in the form that corrects.
CALLED = {"met": "happened"}


@dataclass(frozen=True)
class Unsaved:
    """A form as it was sent again: in which `operation`, its `address`, all its fields (None where they are
    not kept), where the first posting led ('' where that is not known) and when it was saved, in words."""

    account: str
    operation: str
    address: str
    location: str
    at: str
    sent: Sequence[tuple[str, str]] | None
    until: float = 0.0


@dataclass
class UnsavedForms:
    """Forms by an address that nobody guesses; each for the account that sent it alone."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    kept: OrderedDict[str, Unsaved] = field(default_factory=OrderedDict)

    def keep(self, form: Unsaved) -> str:
        """Keep a form; returns the address of its page."""
        if form.sent is not None and sum(len(name) + len(value) for name, value in form.sent) > LARGEST:
            form = replace(form, sent=None)
        token = secrets.token_urlsafe(16)
        with self.guard:
            self.kept[token] = replace(form, until=time.monotonic() + KEPT)
            own = [kept for kept, other in self.kept.items() if other.account == form.account]
            for oldest in own[:-MOST_EACH]:
                del self.kept[oldest]
            self._prune()
        return f"{reverse(NAME)}?{urlencode({NAME: token})}"

    def find(self, account: str, token: str) -> Unsaved | None:
        with self.guard:
            self._prune()
            form = self.kept.get(token)
        return form if form is not None and form.account == account else None

    def _prune(self) -> None:
        now = time.monotonic()
        while self.kept and (len(self.kept) > MOST or next(iter(self.kept.values())).until < now):
            self.kept.popitem(last=False)


FORMS = UnsavedForms()


def asked_for(request: HttpRequest) -> Unsaved | None:
    """The form that the address names, if it is kept and of who asks."""
    token = request.GET.get(NAME, "")
    return FORMS.find(str(request.user.pk), token) if token else None


def correction_address(request: HttpRequest, form: Unsaved) -> str:
    """Where what was saved is corrected: its own form with what was changed, else the page that it led to."""
    try:
        begun, destination = resolve(urlsplit(form.address).path), resolve(urlsplit(form.location).path)
    except Resolver404:
        return form.location
    page, corrects = CORRECTED_BY.get(begun.url_name or "", ("", ""))
    if not page or destination.url_name != page or not may_open(actor_of(request), corrects):
        return form.location
    query = urlencode({NAME: request.GET.get(NAME, "")})
    return f"{reverse(corrects, kwargs=destination.kwargs)}?{query}"


def fill_in(request: HttpRequest, form: forms.Form, page: FormPage) -> FormPage:
    """Put what was changed into a form that is about to be shown; returns its page, with a word of it."""
    unsaved = asked_for(request)
    if unsaved is None or unsaved.sent is None or unsaved.operation != actor_of(request).operation:
        return page
    corrected = _corrected(actor_of(request), form.initial.get("shown", ""))
    data = QueryDict(mutable=True)
    for name, value in unsaved.sent:
        data.appendlist(name, value)
    for name, form_field in form.fields.items():
        field_name, widget = CALLED.get(name, name), form_field.widget
        ticks = isinstance(widget, forms.CheckboxSelectMultiple)
        single = isinstance(widget, forms.CheckboxInput) and field_name not in data
        if name in ("shown", "reasons", *corrected) or single:
            continue
        if ticks or not widget.value_omitted_from_data(data, {}, field_name):
            form.initial[name] = widget.value_from_datadict(data, {}, field_name)
    note = _(
        "What you changed after saving is filled in, as far as it is corrected here. Look at it, say why, "
        "and save. Whatever is not asked here is recorded anew on its own page."
    )
    left = _("What was corrected since you saved is left as it stands.") if corrected else ""
    return replace(page, intro=" ".join(filter(None, [page.intro, note, left])))


def _corrected(actor: Actor, shown: str) -> set[str]:
    """Fields of a form whose value is a correction's by now: what a colleague corrected is not taken back by
    what was written before. `shown`: the entries behind each field, as the form names them."""
    by_field: dict[str, list[str]] = json.loads(shown) if shown.startswith("{") else {}

    def corrects(name: str) -> bool:
        seen_entry = entry(actor, name)
        statements = seen_entry.said.body.statements if seen_entry is not None else ()
        return any(statement.supersedes for statement in statements)

    return {name for name, entries in by_field.items() if any(map(corrects, entries))}
