"""Passkeys as a second factor: allauth's WebAuthn, with what it leaves open closed.

A passkey comes after the password and never instead of it: so guesses are counted, and a stolen telephone
that opens by a finger signs nobody in. Beyond allauth's checks the page's address has to be one of the
settings', a challenge is used up by the first answer, right or wrong, and a passkey whose count falls behind
is refused, because it was copied. A row that this node did not write itself is believed nowhere
(`access/guarded.py`).
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from allauth.account.decorators import reauthentication_required
from allauth.core import context
from allauth.mfa.base import views as factors
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms as webauthn_forms
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows
from cryptography.exceptions import InvalidSignature
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access import guarded, guess_limits
from libertad.access.asking import may_open
from libertad.access.models import Account, PasskeyUse
from libertad.journal.seals import RowChanged
from libertad.look.page_objects import ConfirmPage, Link
from libertad.look.times import day
from libertad.web import codes, errors
from libertad.web.published_passkeys import passkeys_of, tell_others
from libertad.web.signing_in import FactorAdapter, begun, codes_unseen, domain

MOST_SIGNS = 16 * 1024  # of what a browser sends for a passkey; a long one has two thousand
LONGEST_NAME = 40
REFUSED = gettext_lazy(
    "This passkey is not taken. Use the one that you added at this address, or sign in with a code."
)
COPIED = gettext_lazy(
    "This passkey says that it has signed less often than it did before: there may be a copy of it. It is "
    "not taken. Sign in with a code, remove this passkey, and tell the administrator of your authority."
)


def origins(name: str) -> list[str]:
    """The settings' addresses at a name; none for a name at which no passkey is taken."""
    with suppress(ValueError):
        ipaddress.ip_address(name.strip("[]"))
        return []  # browsers bind passkeys to names alone
    return [
        origin
        for origin in settings.LIBERTAD_PASSKEY_ORIGINS
        if urlsplit(origin.removesuffix(":*")).hostname == name.lower()
    ]


def is_origin(origin: str, name: str) -> bool:
    """Whether a page at this origin may ask for passkeys of this name."""
    return any(
        origin == allowed
        or (allowed.endswith(":*") and re.fullmatch(re.escape(allowed[:-2]) + r"(:\d{1,5})?", origin))
        for allowed in origins(name)
    )


class CredentialField(forms.JSONField):
    """What the browser made of a passkey, as an object of JSON; nothing long and nothing deep."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > MOST_SIGNS:
            raise ValidationError(REFUSED)
        try:
            credential = super().to_python(value)
        except RecursionError:
            raise ValidationError(REFUSED) from None
        if credential is not None and not isinstance(credential, dict):
            raise ValidationError(REFUSED)
        return credential


def credential_field() -> CredentialField:
    return CredentialField(widget=forms.HiddenInput, error_messages={"required": REFUSED, "invalid": REFUSED})


def parsed(parse: Callable[[Any], Any], credential: dict[str, Any]) -> Any:
    """What a browser's answer says; ValidationError where it cannot be read, or is of another address."""
    try:
        answer = parse(credential)
        data = answer.response.client_data
        here = is_origin(data.origin, domain(context.request)) and not data.cross_origin
    except Exception:  # decoders of a stranger's bytes raise whatever they come upon
        raise ValidationError(REFUSED) from None
    if not here:
        raise ValidationError(REFUSED)
    return answer


class AddForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A name and what the new passkey answered."""

    name = forms.CharField(
        label=gettext_lazy("What do you call this passkey?"),
        help_text=gettext_lazy("Such as: key on my ring, telephone. Only you read it."),
        required=False,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = credential_field()
    cleaned_data: dict[str, Any]

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if not credential:
            webauthn.clear_state()
            return self.cleaned_data
        try:
            answer = parsed(webauthn.parse_registration_response, credential)
            check_key(answer)
            # Nothing else of what was sent is kept.
            self.cleaned_data["credential"] = {
                "id": credential["id"],
                "rawId": credential["rawId"],
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    part: credential["response"][part] for part in ("clientDataJSON", "attestationObject")
                },
            }
            super().clean()
        except (ValidationError, KeyError):
            raise ValidationError(REFUSED) from None
        finally:
            webauthn.clear_state()
        return self.cleaned_data


def check_key(answer: Any) -> None:
    """ValidationError for a key with which nobody could sign in afterwards."""
    try:
        data = answer.response.attestation_object.auth_data.credential_data
        if data.credential_id != answer.raw_id:
            raise ValidationError(REFUSED)
        data.public_key.verify(b"", b"")
    except InvalidSignature:
        return
    except Exception:
        raise ValidationError(REFUSED) from None
    raise ValidationError(REFUSED)  # a key that takes any signature


class Asserted:
    """A passkey's answer to the one challenge of this session."""

    user: Any
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        attempt = begun(context.request, "passkey", self.user.service_number)
        try:
            factor = self._accepted(self.cleaned_data["credential"])
        except ValidationError as why:
            guess_limits.log_failure(attempt)
            raise ValidationError(COPIED if why.code == "copied" else REFUSED) from None
        finally:
            webauthn.clear_state()
        guess_limits.right(attempt)
        return factor

    def _accepted(self, credential: dict[str, Any]) -> Authenticator:
        answer = parsed(webauthn.parse_authentication_response, credential)
        if not guarded.trusted(self.user):
            raise ValidationError(REFUSED)
        with transaction.atomic():
            factor: Authenticator = super().clean_credential()  # type: ignore[misc]
            count(factor, answer.response.authenticator_data.counter)
        return factor


class AuthenticateForm(Asserted, webauthn_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """At sign-in."""

    credential = credential_field()


class ReauthenticateForm(Asserted, webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Within a session, before something grave."""

    credential = credential_field()


def count(factor: Authenticator, counter: int) -> None:
    """Keep how often a passkey says it has signed; ValidationError 'copied' for one that fell behind.

    Passkeys that many devices share say nought for ever, and are not told apart.
    """
    use = PasskeyUse.objects.select_for_update().filter(pk=factor.pk).first()
    try:
        row = guarded.stored(guarded.PASSKEY, factor.pk)
    except RowChanged:
        row = None
    if use is None or row is None:
        raise ValidationError(REFUSED)
    if counter <= use.counter and (counter or use.counter):
        raise ValidationError(COPIED, code="copied")
    if counter != use.counter:
        use.counter = counter
        use.save()


def options_of(data: dict[str, Any]) -> str:
    """Options for the browser, with a new challenge, as an attribute of the page holds them."""
    (options,) = data["js_data"].values()
    return json.dumps(dict(options)["publicKey"], default=dict)


class AuthenticateView(factors.AuthenticateView):  # type: ignore[misc]
    """The second step of a sign-in: a passkey where there is one, and codes beside it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.stage.login.user
        data["passkeys"] = bool(passkeys_of(user)) and bool(origins(domain(self.request)))
        data["elsewhere"] = bool(passkeys_of(user)) and not data["passkeys"]
        data["options"] = options_of(data)
        data["apps"] = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        data["failed"] = [why for errors in self.webauthn_form.errors.values() for why in errors]
        return data


class AddView(webauthn_views.AddWebAuthnView):  # type: ignore[misc]
    """A further passkey, or the first second factor of a new officer."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        data["form"] = kwargs.get("form") or data["form"]
        data["options"] = options_of(data)
        data["offered"] = bool(origins(domain(self.request)))
        data["first"] = not is_mfa_enabled(self.request.user)
        return data

    def form_valid(self, form: AddForm) -> HttpResponse:
        with transaction.atomic():
            Account.objects.select_for_update().get(pk=self.request.user.pk)
            factor, codes = flows.add_authenticator(
                self.request,
                name=FactorAdapter().seal_name(form.cleaned_data["name"]),
                credential=form.cleaned_data["credential"],
            )
            counter = factor.wrap().authenticator_data.counter
            PasskeyUse.objects.create(factor=factor, counter=counter)
        tell_others(self.request)
        return redirect("mfa_view_recovery_codes" if codes else "mfa_index")

    def form_invalid(self, form: AddForm) -> HttpResponse:
        """Of a form that arrives twice the second finds the passkey added: answered as the first was."""
        sent = form.data.get("credential", "")
        with suppress(ValueError, AttributeError, RecursionError):
            known = {factor.data["credential"]["id"] for factor in passkeys_of(self.request.user)}
            if len(sent) <= MOST_SIGNS and json.loads(sent).get("id") in known:
                return redirect("mfa_view_recovery_codes" if codes_unseen(self.request.user) else "mfa_index")
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return answer


class ReauthenticateView(webauthn_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """A passkey again, before something grave."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        data["options"] = options_of(data)
        form = kwargs.get("form")
        data["failed"] = [why for errors in form.errors.values() for why in errors] if form else []
        return data

    def form_invalid(self, form: ReauthenticateForm) -> HttpResponse:
        answer: HttpResponse = self.render_to_response(self.get_context_data(form=form), status=422)
        return answer


class IndexView(factors.IndexView):  # type: ignore[misc]
    """How an officer proves who it is: passkeys, one-time codes, recovery codes."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**kwargs)
        data["passkeys"] = [
            {
                "name": name_of(factor),
                "added": day(factor.created_at),
                "used": day(factor.last_used_at) if factor.last_used_at else "",
                "remove": f"{reverse('mfa_remove_webauthn')}?passkey={factor.pk}",
            }
            for factor in passkeys_of(self.request.user)
        ]
        actor = self.request.actor
        may_make = actor is not None and may_open(actor, "calendar-new")
        data["calendar"] = reverse("calendar-new") if may_make else ""
        return data


def name_of(factor: Authenticator) -> str:
    try:
        return FactorAdapter().name_of(factor)
    except Exception:  # a row that somebody else wrote: it is shown, so that it can be removed
        return _("Not to be read here")


def own_passkey(request: HttpRequest) -> Authenticator | None:
    """The one that the address names, of those of who asks."""
    key = request.GET.get("passkey", "")
    return next((own for own in passkeys_of(request.user) if str(own.pk) == key), None)


def remove(request: HttpRequest) -> HttpResponse:
    """Remove one's own passkey. Of one that is gone, as where the form arrives twice, nothing is asked."""
    if own_passkey(request) is None:
        if request.method == "POST":
            return redirect("mfa_index")
        raise Http404
    answer: HttpResponse = remove_own(request)
    return answer


@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def remove_own(request: HttpRequest) -> HttpResponse:
    """The last one is not removed where a second factor is needed and there is no other."""
    with transaction.atomic():
        codes.lock(request)
        factor = own_passkey(request)
        if factor is None:
            return redirect("mfa_index")
        if not FactorAdapter().can_delete_authenticator(factor):
            return errors.page(
                request,
                409,
                _("This is your only second factor"),
                _(
                    "Without it you could not sign in any more, so it stays. Add another passkey or set up "
                    "one-time codes first; then remove this one."
                ),
                Link(_("How you prove who you are"), reverse("mfa_index")),
            )
        if request.method == "POST":
            flows.remove_authenticator(request, factor)
            transaction.on_commit(lambda: tell_others(request))
            return redirect("mfa_index")
    page = ConfirmPage(
        title=_("Remove the passkey %(name)s") % {"name": name_of(factor)},
        happens=[
            _("Nobody signs in with it any more, on any device."),
            _("Wherever else you are signed in, you are signed out."),
        ],
        wont=[_("The device itself goes on showing it, until you delete it there.")],
        button=_("Remove this passkey"),
        back=Link(_("How you prove who you are"), reverse("mfa_index")),
    )
    return render(request, "web/confirm.html", {"page": page, "form": forms.Form()})


authenticate = AuthenticateView.as_view()
add = AddView.as_view()
reauthenticate = ReauthenticateView.as_view()
index = IndexView.as_view()
