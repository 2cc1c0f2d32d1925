"""All routes. Each has a row in access/matrix.yaml, or it is for nobody."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as recovery
from django.urls import include, path

from libertad.web import (
    appoint_many,
    calendar_feed,
    changed_rows,
    codes,
    enrolment,
    errors,
    failures,
    finding,
    first_steps,
    glass,
    inviting,
    key_parts,
    officers,
    own_sessions,
    passkeys,
    programs,
    screens,
    submitting,
)

urlpatterns = [
    path("", screens.home, name="home"),
    path("find/", finding.results_page, name="find"),
    path("unsaved/", submitting.unsaved_form, name="unsaved"),
    path("first-steps/", first_steps.step, name="first-step"),
    path("about/", screens.about, name="about"),
    path("language/", screens.set_language, name="set-language"),
    path("enrol/", enrolment.enrol, name="enrol"),
    path("officers/", officers.officers, name="officers"),
    path("officers/appoint/", officers.appoint, name="officer-appoint"),
    path("officers/from-file/", appoint_many.from_file, name="officers-from-file"),
    path("officers/failed/", failures.listed, name="sign-in-failures"),
    path("officers/<str:key>/", officers.withdraw, name="officer-withdraw"),
    path("officers/<str:key>/code/", officers.code, name="officer-code"),
    path("keys/", programs.listed, name="keys"),
    path("keys/new/", programs.make, name="key-new"),
    path("keys/calendar/", calendar_feed.make, name="calendar-new"),
    path("calendar/<str:secret>.ics", calendar_feed.feed, name="calendar"),
    path("keys/<str:key>/", programs.end, name="key-end"),
    path("alone/<str:key>/", glass.glass, name="glass"),
    path("changed-rows/", changed_rows.listed, name="changed-rows"),
    path("key-part/", key_parts.key_part_page, name="key-part"),
    path("operation/invite/", inviting.authority_new, name="authority-new"),
    path("invitations/", inviting.listed, name="invitations"),
    path("invitations/file/", inviting.invitation_file, name="invitation-file"),
    path("invitations/<str:key>/withdraw/", inviting.withdraw, name="invitation-withdraw"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/again/", account.reauthenticate, name="account_reauthenticate"),
    path("sign-in/code/", passkeys.authenticate, name="mfa_authenticate"),
    path("sign-in/code/again/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/passkey/again/", passkeys.reauthenticate, name="mfa_reauthenticate_webauthn"),
    path("codes/sessions/", own_sessions.listed, name="account_sessions"),
    path("codes/", passkeys.index, name="mfa_index"),
    path("codes/passkeys/add/", passkeys.add, name="mfa_add_webauthn"),
    path("codes/passkeys/remove/", passkeys.remove, name="mfa_remove_webauthn"),
    path("codes/set-up/", codes.activate, name="mfa_activate_totp"),
    path("codes/end/", codes.deactivate, name="mfa_deactivate_totp"),
    path("codes/recovery/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("codes/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("", include("libertad.access.urls")),
    path("", include("libertad.operations.urls")),
    path("", include("libertad.people.urls")),
    path("", include("libertad.evidence.urls")),
    path("", include("libertad.care.urls")),
    path("", include("libertad.figures.urls")),
    path("", include("libertad.board.urls")),
    path("", include("libertad.exchange.urls")),
    path("", include("libertad.hits.urls")),
    path("", include("libertad.field.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.failed
