"""Enrolment: an officer sets the own password with a one-time code."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import guess_limits
from libertad.access.accounts import enrol as set_password
from libertad.access.models import service_key
from libertad.access.submissions import keyed
from libertad.look import refusals
from libertad.look.page_objects import FormPage, Link
from libertad.vocabulary.values import Refused
from libertad.web.forms import EnrolForm
from libertad.web.signing_in import begun

KEPT = 600  # seconds for which an enrolment that arrives again is answered as it was
MOST = 64


@dataclass
class Enrolled:
    """Enrolments of a moment ago, as keyed digests of number, code and password; of this process alone."""

    guard: threading.Lock = field(default_factory=threading.Lock)
    until: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def keep(self, name: str) -> None:
        with self.guard:
            self.until[name] = time.monotonic() + KEPT
            while len(self.until) > MOST:
                self.until.popitem(last=False)

    def knows(self, name: str) -> bool:
        with self.guard:
            return self.until.get(name, 0.0) > time.monotonic()


ENROLLED = Enrolled()


def enrol(request: HttpRequest) -> HttpResponse:
    """Number, code, new password. Signs nobody in: the first sign-in sets up one-time codes.

    The same form again is answered as the first time: its answer may have been lost.
    """
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        key = service_key(values["service_number"])
        name = keyed(*(text.encode() for text in ("enrolment", key, values["code"], values["password"])))
        if ENROLLED.knows(name):
            return redirect(f"{reverse('account_login')}?enrolled=1")
        try:
            attempt = begun(request, "enrolment", key)
            set_password(values["service_number"], values["code"], values["password"])
        except ValidationError as why:
            form.add_error(None, why)
        except Refused as why:
            if why.field == "code":
                guess_limits.log_failure(attempt)
            else:
                guess_limits.right(attempt)  # the code was right, the password is too weak
            refusals.show(form, why)
        else:
            guess_limits.right(attempt)
            ENROLLED.keep(name)
            return redirect(f"{reverse('account_login')}?enrolled=1")
    page = FormPage(
        title=_("Set your password"),
        button=_("Set the password"),
        back=Link(_("Sign in"), reverse("account_login")),
        intro=_("You need the code that the administrator of your authority gave you."),
        wont=_("Nobody else learns your password. A second factor that you have stays as it is."),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
