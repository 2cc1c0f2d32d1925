"""Sign in as a role of the demo. Refuses to work outside the demo's settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from libertad.access.models import Account, Officer
from libertad.web import errors
from libertad.web.demo_accounts import demo_accounts, other_nodes

BACKEND = settings.AUTHENTICATION_BACKENDS[0]


def sign_in_as(request: HttpRequest) -> HttpResponse:
    """GET lists the demo's officers; POST signs in as one of them."""
    if not _here():
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


def accounts(request: HttpRequest) -> HttpResponse:
    """Says that this node is a demo, and as whom anybody signs in: what attacks it asks before it begins."""
    if not _here():
        return errors.not_found(request)
    shown = [row.account for row in demo_accounts()]
    officers = dict(Account.objects.filter(pk__in=shown).values_list("pk", "officer"))
    known = {row.pk: row for row in Officer.objects.filter(pk__in=officers.values())}
    listed = [
        {
            "account": row.account, "role": known[officers[row.account]].role, "name": row.name,
            "authority": row.authority,
        }
        for row in demo_accounts()
        if officers.get(row.account) in known
    ]  # fmt: skip
    return JsonResponse({"demo": True, "accounts": listed})


def _here() -> bool:
    return bool(settings.LIBERTAD_DEMO) and settings.ROOT_URLCONF == "libertad.web.demo_urls"
