"""Addresses of this room; none names anybody."""

from __future__ import annotations

from django.urls import path

from libertad.evidence import (
    screens,
    screens_acts,
    screens_audit,
    screens_package,
    screens_several,
    screens_store,
    screens_taking,
)

urlpatterns = [
    path("exhibits/", screens.exhibits, name="exhibits"),
    path("exhibits/take/", screens_acts.exhibit_new, name="exhibit-new"),
    path("exhibits/take/several/", screens_several.exhibits_new, name="exhibits-new"),
    path("exhibits/store/", screens_store.store, name="store"),
    path("exhibits/store/add/", screens_store.store_place_new, name="store-place-new"),
    path("exhibits/store/move/", screens_store.store_move, name="store-move"),
    path("exhibits/store/places/<str:key>/", screens_store.store_place, name="store-place"),
    path(
        "exhibits/store/places/<str:key>/correct/",
        screens_store.store_place_correct,
        name="store-place-correct",
    ),
    path("exhibits/store/places/<str:key>/audit/", screens_audit.store_audit_new, name="store-audit-new"),
    path("exhibits/store/audits/<str:key>/", screens_audit.store_audit, name="store-audit"),
    path("exhibits/store/audits/<str:key>/explain/", screens_audit.store_explain, name="store-explain"),
    path("exhibits/<str:key>/", screens.exhibit, name="exhibit"),
    path("exhibits/<str:key>/package/", screens_package.exhibit_package, name="exhibit-package"),
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
