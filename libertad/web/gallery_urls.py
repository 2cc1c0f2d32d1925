"""The gallery's one address. Included by the test and demo settings only."""

from __future__ import annotations

from django.urls import path

from libertad.web.gallery import gallery

urlpatterns = [path("gallery/<slug:page>/", gallery, name="gallery")]
