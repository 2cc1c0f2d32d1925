"""Addresses of this room; none names anybody."""

from __future__ import annotations

from django.urls import path

from libertad.evidence import screens, screens_acts, screens_several, screens_taking

urlpatterns = [
    path("exhibits/", screens.exhibits, name="exhibits"),
    path("exhibits/take/", screens_acts.exhibit_new, name="exhibit-new"),
    path("exhibits/take/several/", screens_several.exhibits_new, name="exhibits-new"),
    path("exhibits/<str:key>/", screens.exhibit, name="exhibit"),
    path("exhibits/<str:key>/seal/", screens_acts.exhibit_seal, name="exhibit-seal"),
    path("exhibits/<str:key>/offer/", screens_acts.exhibit_offer, name="exhibit-offer"),
    path("exhibits/<str:key>/accept/", screens_acts.exhibit_accept, name="exhibit-accept"),
    path("exhibits/<str:key>/correct/", screens_taking.exhibit_correct, name="exhibit-correct"),
    path("exhibits/<str:key>/take-over/", screens_taking.exhibit_take_over, name="exhibit-take-over"),
    path("exhibits/<str:key>/witness/", screens_taking.exhibit_witness, name="exhibit-witness"),
    path("exhibits/<str:key>/release/", screens_acts.exhibit_release, name="exhibit-release"),
    path("exhibits/<str:key>/ask/", screens_acts.exhibit_ask, name="exhibit-ask"),
    path("exhibits/<str:key>/statement/", screens_acts.exhibit_statement, name="exhibit-statement"),
    path("exhibits/<str:key>/settle/", screens_acts.exhibit_settle, name="exhibit-settle"),
    path("exhibits/<str:key>/return/", screens_acts.exhibit_return, name="exhibit-return"),
]
