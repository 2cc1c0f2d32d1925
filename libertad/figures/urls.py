"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from libertad.figures import screens

urlpatterns = [
    path("figures/", screens.figures, name="figures"),
    path("figures/file/", screens.download, name="figures-download"),
    path("figures/public/", screens.public, name="figures-public"),
    path("figures/public/file/", screens.public_download, name="figures-public-download"),
    path("figures/entries/<str:figure>/", screens.entries, name="figures-entries"),
    path("figures/releases/new/", screens.release_new, name="release-new"),
    path("figures/releases/<str:key>/", screens.release, name="release"),
]
