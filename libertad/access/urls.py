"""Addresses of this layer's pages."""

from __future__ import annotations

from django.urls import path

from libertad.access import (
    screens,
    screens_amounts,
    screens_appointments,
    screens_attachments,
    screens_receiving,
)

urlpatterns = [
    path("entries/<str:name>/", screens.entry, name="entry"),
    path("openings/", screens_amounts.openings, name="openings"),
    path("officers/<str:key>/confirm/", screens_appointments.officer_confirm, name="officer-confirm"),
    path("care-authority/", screens_receiving.care_authority, name="care-authority"),
    path("care-authority/confirm/", screens_receiving.care_confirm, name="care-confirm"),
    path("care-authority/take-back/", screens_receiving.care_unconfirm, name="care-unconfirm"),
    path("care-authority/telephone/", screens_receiving.danger_contact, name="danger-contact"),
    path("attach/<str:kind>/<str:key>/", screens_attachments.attachment_add, name="attachment-add"),
    path("attachments/<str:key>/", screens_attachments.attachment, name="attachment"),
]
