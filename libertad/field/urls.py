"""Addresses of the room `field`. All that is below '/field/' is the app's own, which a phone keeps."""

from __future__ import annotations

from django.urls import path

from libertad.field import app_files

urlpatterns = [
    path("field/", app_files.app, name="field-app"),
    path("field/<path:name>", app_files.app, name="field-app-file"),
]
