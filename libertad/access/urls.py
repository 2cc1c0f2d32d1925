"""Addresses of this layer's pages."""

from __future__ import annotations

from django.urls import path

from libertad.access import screens, screens_attachments

urlpatterns = [
    path("entries/<str:name>/", screens.entry, name="entry"),
    path("attach/<str:kind>/<str:key>/", screens_attachments.attachment_add, name="attachment-add"),
    path("attachments/<str:key>/", screens_attachments.attachment, name="attachment"),
]
