"""Sign in as a role of the demo. Refuses to work outside the demo's settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from libertad.access.models import Account
from libertad.web import errors
from libertad.web.demo_accounts import demo_accounts, other_nodes

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def sign_in_as(request: HttpRequest) -> HttpResponse:
    """GET lists the demo's officers; POST signs in as one of them."""
    if not settings.LIBERTAD_DEMO or settings.ROOT_URLCONF != "libertad.web.demo_urls":
        return errors.not_found(request)
    if request.method == "POST":
        chosen = request.POST.get("account", "")
        shown = {str(one.account) for one in demo_accounts()}
        account = Account.objects.filter(pk=chosen).first() if chosen in shown else None
        if account is not None:
            logout(request)  # nothing of the one who was signed in goes over to the next
            login(request, account, backend=BACKEND)
            return redirect("home")
    return render(request, "web/demo.html", {"accounts": demo_accounts(), "nodes": other_nodes()})
