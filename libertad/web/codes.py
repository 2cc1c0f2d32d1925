"""One-time codes set up, replaced and turned off: whoever needs a second factor is never without one."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.generic.edit import FormView

from libertad.access.models import Account
from libertad.look.page_objects import Link
from libertad.web import errors
from libertad.web.signing_in import FactorAdapter, codes_unseen

TOTP = Authenticator.Type.TOTP


def lock(request: HttpRequest) -> None:
    """Of two changes of one officer's factors one comes second, and sees what the first left."""
    Account.objects.select_for_update().get(pk=cast(Account, request.user).pk)


@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class ActivateView(views.ActivateTOTPView):  # type: ignore[misc]
    """Codes of an app, the first or those of a new phone: these take the place of the old in one step, once a
    code of theirs was right. allauth would have the old ones turned off before."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        repeated = request.method == "POST" and SECRET_SESSION_KEY not in request.session
        if repeated and is_mfa_enabled(request.user, [TOTP]):
            return redirect("mfa_view_recovery_codes" if codes_unseen(request.user) else "mfa_index")
        return cast(HttpResponse, FormView.dispatch(self, request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        data["replaces"] = is_mfa_enabled(self.request.user, [TOTP])
        return data

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            lock(self.request)
            for former in Authenticator.objects.filter(user=self.request.user, type=TOTP):
                former.delete()
            return cast(HttpResponse, super().form_valid(form))


class DeactivateView(views.DeactivateTOTPView):  # type: ignore[misc]
    """Turned off only where another second factor stays, or where none is needed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not FactorAdapter().can_delete_authenticator(self.authenticator):
            return only_factor(request)
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            lock(request)
            if not FactorAdapter().can_delete_authenticator(self.authenticator):
                return only_factor(request)
            return cast(HttpResponse, super().post(request, *args, **kwargs))


def only_factor(request: HttpRequest) -> HttpResponse:
    return errors.page(
        request,
        409,
        _("This is your only second factor"),
        _(
            "Without it you could not sign in any more, so it stays. For a new phone set up one-time codes "
            "anew: they take the place of the old ones. Or add a passkey first; then turn the codes off."
        ),
        Link(_("Set up one-time codes anew"), reverse("mfa_activate_totp")),
    )


activate = ActivateView.as_view()
deactivate = DeactivateView.as_view()
