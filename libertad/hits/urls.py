"""Addresses of the room `hits`. No name is in them: ids are random."""

from __future__ import annotations

from django.urls import path

from libertad.hits import (
    screens,
    screens_acts,
    screens_before,
    screens_hit,
    screens_match,
    screens_private,
    screens_trust,
)

urlpatterns = [
    path("hits/", screens.hits, name="hits"),
    path("hits/trust/", screens_trust.hits_trust, name="hits-trust"),
    path("hits/private/", screens_private.hits_private, name="hits-private"),
    path("hits/asked/<str:key>/", screens_acts.hit_answer, name="hit-answer"),
    path("hits/<str:key>/", screens_hit.hit, name="hit"),
    path("hits/<str:key>/confirm/", screens_acts.hit_confirm, name="hit-confirm"),
    path("hits/<str:key>/read/", screens_acts.hit_read, name="hit-read"),
    path("hits/<str:key>/reject/", screens_acts.hit_reject, name="hit-reject"),
    path("hits/<str:key>/not-yet/", screens_acts.hit_postpone, name="hit-postpone"),
    path("hits/<str:key>/ask/", screens_acts.hit_ask, name="hit-ask"),
    path("hits/<str:key>/undo/", screens_acts.hit_undo, name="hit-undo"),
    path("people/<str:key>/before/", screens_before.person_before, name="person-before"),
    path("match/<str:dataset>", screens_match.match, name="hit-match"),
]
