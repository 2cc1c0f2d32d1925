"""Sign in as a role of the demo. Refuses to work outside the demo's settings."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from libertad.access.models import Account
from libertad.access.queries_members import roles_of_officers
from libertad.web import demo_guide, errors
from libertad.web.demo_accounts import account_row, demo_accounts, other_nodes

BACKEND = settings.AUTHENTICATION_BACKENDS[0]
YEAR = 365 * 24 * 3600


def sign_in_as(request: HttpRequest) -> HttpResponse:
    """GET lists the demo's officers; POST signs in as one of them."""
    if not _here():
        return errors.not_found(request)
    if request.method == "POST":
        chosen = request.POST.get("account", "")
        demo_keys = {str(row.account) for row in demo_accounts()}
        account = account_row(chosen) if chosen in demo_keys else None
        if account is not None:
            logout(request)  # nothing of the one who was signed in goes over to the next
            login(request, account, backend=BACKEND)
            return redirect("home")
    context = {
        "accounts": demo_accounts(),
        "nodes": other_nodes(),
        "way": demo_guide.steps(),
        "away": request.COOKIES.get(demo_guide.AWAY) == "1",
        "at": request.session.get(demo_guide.AT, ""),
    }
    return render(request, "web/demo.html", context)


def five_minutes(request: HttpRequest) -> HttpResponse:
    """POST `step`: its page under its officer. `away=1` puts the list away in this browser, `away=0` takes it
    out again."""
    if not _here():
        return errors.not_found(request)
    if "away" in request.POST:
        return _put_away(request, request.POST["away"] == "1")
    begun = demo_guide.begin(request, request.POST.get("step", ""))
    if begun is None:
        return redirect("demo")
    account, step = begun
    logout(request)
    login(request, account, backend=BACKEND)
    request.session[demo_guide.AT] = step.key
    answer = redirect(step.href)
    answer.delete_cookie(demo_guide.AWAY)
    return answer


def _put_away(request: HttpRequest, away: bool) -> HttpResponse:
    request.session.pop(demo_guide.AT, None)
    answer = redirect("home" if away and request.user.is_authenticated else "demo")
    if away:
        answer.set_cookie(demo_guide.AWAY, "1", max_age=YEAR, httponly=True, samesite="Lax")
    else:
        answer.delete_cookie(demo_guide.AWAY)
    return answer


def accounts(request: HttpRequest) -> HttpResponse:
    """Says that this node is a demo, and as whom anybody signs in: what attacks it asks before it begins."""
    if not _here():
        return errors.not_found(request)
    account_keys = [row.account for row in demo_accounts()]
    officers = dict(Account.objects.filter(pk__in=account_keys).values_list("pk", "officer"))
    known = roles_of_officers(officers.values())
    listed = [
        {
            "account": row.account,
            "role": known[officers[row.account]],
            "name": row.name,
            "authority": row.authority,
        }
        for row in demo_accounts()
        if officers.get(row.account) in known
    ]
    return JsonResponse({"demo": True, "accounts": listed})


def _here() -> bool:
    return bool(settings.LIBERTAD_DEMO) and settings.ROOT_URLCONF == "libertad.web.demo_urls"
