"""Addresses of the room `field`. All that is below '/field/' is the app's own, which a phone keeps."""

from __future__ import annotations

from django.urls import path

from libertad.field import app_files, endpoints, screens, screens_brought, screens_waiting

urlpatterns = [
    path("phones/", screens.listed, name="phones"),
    path("phones/new/", screens.new, name="phone-new"),
    path("phones/<str:key>/end/", screens.end, name="phone-end"),
    path("phones/<str:key>/waiting/", screens_waiting.waits, name="phone-waiting"),
    path("brought/", screens_brought.brought, name="brought"),
    path("brought/<str:key>/", screens_brought.brought_one, name="brought-one"),
    path("brought/<str:key>/leave/", screens_brought.brought_leave, name="brought-leave"),
    path("field/api/enrol/", endpoints.enrol, name="field-enrol"),
    path("field/api/lease/", endpoints.lease, name="field-lease"),
    path("field/api/hand-over/", endpoints.take, name="field-hand-over"),
    path("field/api/node/", endpoints.about, name="field-node"),
    path("field/", app_files.app, name="field-app"),
    path("field/<path:name>", app_files.app, name="field-app-file"),
]
