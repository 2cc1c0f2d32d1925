"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from libertad.figures import screens, screens_care, screens_signing

urlpatterns = [
    path("figures/", screens.figures, name="figures"),
    path("figures/file/", screens.download, name="figures-download"),
    path("figures/public/", screens.public, name="figures-public"),
    path("figures/public/file/", screens.public_download, name="figures-public-download"),
    path("figures/entries/<str:figure>/", screens.entries, name="figures-entries"),
    path("figures/care/", screens_care.counting, name="counting"),
    path("figures/care/name/", screens_care.counting_name, name="counting-name"),
    path("figures/care/accept/", screens_care.counting_accept, name="counting-accept"),
    path("figures/care/ask/", screens_care.block_ask, name="block-ask"),
    path("figures/releases/new/", screens.release_new, name="release-new"),
    path("figures/releases/<str:key>/", screens.release, name="release"),
    path("figures/releases/<str:key>/withdraw/", screens_signing.release_withdraw, name="release-withdraw"),
    path("figures/releases/<str:key>/sign/", screens_signing.release_sign, name="release-sign"),
]
