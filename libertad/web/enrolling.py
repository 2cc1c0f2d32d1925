"""Enrolment: an officer sets the own password with a one-time code."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import guessing
from libertad.access.accounts import enrol as set_password
from libertad.access.models import service_key
from libertad.look import refusals
from libertad.look.looks import FormPage, Link
from libertad.vocabulary.values import Refused
from libertad.web.forms import EnrolForm
from libertad.web.signing_in import begun


def enrol(request: HttpRequest) -> HttpResponse:
    """Number, code, new password. Signs nobody in: the first sign-in sets up one-time codes."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        key = service_key(given["service_number"])
        try:
            made = begun(request, "enrolment", key)
            set_password(given["service_number"], given["code"], given["password"])
        except ValidationError as why:
            form.add_error(None, why)
        except Refused as why:
            if why.field == "code":
                guessing.told(made)
            else:
                guessing.right(made)  # the code was right, the password is too weak
            refusals.show(form, why)
        else:
            guessing.right(made)
            return redirect("account_login")
    page = FormPage(
        title=_("Set your password"),
        button=_("Set the password"),
        back=Link(_("Sign in"), reverse("account_login")),
        intro=_("You need the code that the administrator of your authority gave you."),
        wont=_("Nobody else learns your password. A second factor that you have stays as it is."),
    )
    return render(request, "web/form.html", {"page": page, "form": form}, status=422 if form.errors else 200)
