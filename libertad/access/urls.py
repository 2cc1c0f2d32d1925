"""Addresses of this layer's pages."""

from __future__ import annotations

from django.urls import path

from libertad.access import screens

urlpatterns = [path("entries/<str:name>/", screens.entry, name="entry")]
