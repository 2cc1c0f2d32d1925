"""Addresses of the room `people`. No name is in them: ids are random."""

from __future__ import annotations

from django.urls import path

from libertad.people import (
    screens,
    screens_acts,
    screens_correcting,
    screens_custody,
    screens_danger,
    screens_detention,
    screens_file,
    screens_holds,
    screens_limits,
    screens_link,
    screens_meeting,
    screens_property,
    screens_sharing,
)

urlpatterns = [
    path("people/", screens.people, name="people"),
    path("people/meet/", screens_acts.person_new, name="person-new"),
    path("people/<str:key>/", screens_file.person, name="person"),
    path("people/<str:key>/danger/say/", screens_danger.person_danger, name="person-danger"),
    path("people/<str:key>/danger/", screens_danger.person_danger_close, name="person-danger-close"),
    path("people/<str:key>/state/", screens_acts.person_state, name="person-state"),
    path("people/<str:key>/settle/", screens_acts.person_settle, name="person-settle"),
    path("people/<str:key>/view/", screens_acts.person_assess, name="person-assess"),
    path("people/<str:key>/meeting/", screens_meeting.meeting_correct, name="person-meeting"),
    path("people/<str:key>/same/", screens_link.person_link, name="person-link"),
    path("people/<str:key>/share/", screens_sharing.person_share, name="person-share"),
    path(
        "people/<str:key>/share/<str:authority>/",
        screens_sharing.person_reader_remove,
        name="person-reader-remove",
    ),
    path("people/<str:key>/readers/", screens_file.person_access, name="person-access"),
    path("people/<str:key>/property/", screens_file.person_property, name="person-property"),
    path("people/<str:key>/property/taken/", screens_property.property_new, name="property-new"),
    path("property/<str:key>/", screens_property.property_change, name="property"),
    path("holds/", screens_holds.holds, name="holds"),
    path("holds/place/", screens_holds.hold_new, name="hold-new"),
    path("holds/<str:key>/lift/", screens_holds.hold_lift, name="hold-lift"),
    path("detentions/", screens_detention.detentions, name="detentions"),
    path("detentions/new/", screens_detention.detention_new, name="detention-new"),
    path("detentions/<str:key>/", screens_detention.detention, name="detention"),
    path("detentions/<str:key>/correct/", screens_correcting.detention_correct, name="detention-correct"),
    path("detentions/<str:key>/status/", screens_correcting.status_correct, name="detention-status-correct"),
    path("detentions/<str:key>/next/", screens_detention.detention_next, name="detention-next"),
    path("detentions/<str:key>/person/", screens_detention.detention_person, name="detention-person"),
    path("detentions/<str:key>/stage/", screens_custody.detention_stage, name="detention-stage"),
    path("detentions/<str:key>/link/", screens_custody.detention_link, name="detention-link"),
    path("detentions/<str:key>/unlink/", screens_custody.detention_unlink, name="detention-unlink"),
    path("limits/", screens_limits.limits, name="limits"),
    path("limits/confirm/", screens_limits.limit_confirm, name="limit-confirm"),
    path("limits/withdraw/", screens_limits.limit_withdraw, name="limit-withdraw"),
    path("detentions/<str:key>/hold/", screens_detention.hold, name="hold"),
]
