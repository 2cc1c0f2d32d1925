"""Addresses of this room. No name and no reference is in them: a person's id is random."""

from __future__ import annotations

from django.urls import path

from libertad.care import (
    screens,
    screens_closing,
    screens_correcting,
    screens_danger,
    screens_desk,
    screens_erasure,
    screens_everybody,
    screens_forms,
    screens_interpreter,
    screens_list,
    screens_reading,
)

urlpatterns = [
    path("care/", screens_list.care, name="care"),
    path("care/everybody/", screens_everybody.everybody, name="care-everybody"),
    path("care/mine/", screens_everybody.own_tasks, name="care-mine"),
    path("care/<str:person>/", screens.care_file, name="care-file"),
    path("care/<str:person>/task/", screens_desk.whose_task, name="care-task"),
    path("care/<str:person>/task/take/", screens_desk.take, name="care-take"),
    path("care/<str:person>/task/give-back/", screens_desk.hand_back, name="care-give-back"),
    path("care/<str:person>/task/next/", screens_desk.next_step, name="care-next"),
    path("care/<str:person>/task/hand-over/", screens_desk.hand_over, name="care-hand-over"),
    path("care/<str:person>/task/<str:key>/accept/", screens_desk.accept, name="care-accept"),
    path("care/<str:person>/task/<str:key>/decline/", screens_desk.decline, name="care-decline"),
    path("care/<str:person>/task/<str:key>/take-back/", screens_desk.take_back, name="care-take-back"),
    path("care/<str:person>/open/", screens_forms.open_file, name="care-open"),
    path("care/<str:person>/screening/", screens.screening, name="care-screening"),
    path("care/<str:person>/screening/by/<str:rules>/", screens_forms.screen_new, name="care-screen"),
    path("care/<str:person>/screening/<str:key>/", screens.answers, name="care-answers"),
    path("care/<str:person>/identify/", screens_forms.identify_new, name="care-identify"),
    path("care/<str:person>/identification/<str:key>/", screens_reading.reading, name="care-reading"),
    path(
        "care/<str:person>/identification/<str:key>/correct/",
        screens_correcting.identify_correct,
        name="care-identify-correct",
    ),
    path(
        "care/<str:person>/return/<str:key>/correct/",
        screens_correcting.decide_correct,
        name="care-decide-correct",
    ),
    path("care/<str:person>/agreements/", screens.consent, name="care-consent"),
    path("care/<str:person>/agreements/new/", screens_forms.consent_new, name="care-consent-new"),
    path(
        "care/<str:person>/agreements/<str:key>/withdraw/",
        screens_forms.consent_withdraw,
        name="care-consent-withdraw",
    ),
    path("care/<str:person>/referrals/", screens.referrals, name="care-referrals"),
    path("care/<str:person>/referrals/new/", screens_forms.refer_new, name="care-refer"),
    path("care/<str:person>/referrals/<str:key>/", screens_forms.referral, name="care-referral"),
    path("care/<str:person>/wish/", screens_forms.wish_new, name="care-wish"),
    path("care/<str:person>/return/", screens.return_or_stay, name="care-return"),
    path("care/<str:person>/return/decide/", screens_forms.decide_new, name="care-decide"),
    path("care/<str:person>/return/<str:key>/", screens_reading.return_reading, name="care-return-reading"),
    path("care/<str:person>/danger/say/", screens_danger.danger_say, name="care-danger"),
    path("care/<str:person>/danger/", screens_danger.danger_close, name="care-danger-close"),
    path("care/<str:person>/close/", screens_closing.close, name="care-close"),
    path("care/<str:person>/keep/", screens_closing.keep, name="care-keep"),
    path("care/<str:person>/erasure/", screens_erasure.erasure, name="care-erasure"),
    path("care/<str:person>/reopen/", screens_closing.reopen, name="care-reopen"),
    path("care/<str:person>/safety/", screens.safety, name="care-safety"),
    path("care/<str:person>/safety/plan/", screens_forms.safety_new, name="care-safety-plan"),
    path("care/<str:person>/interpreter/", screens_interpreter.interpreter_new, name="care-interpreter"),
    path(
        "care/<str:person>/interpreter/<str:entry>/end/",
        screens_interpreter.interpreter_end,
        name="care-interpreter-end",
    ),
]
