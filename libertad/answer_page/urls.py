"""Addresses of the host: a link, and where nodes ask. A link's secret is all that its address has."""

from __future__ import annotations

from django.urls import path

from libertad.answer_page import views

urlpatterns = [
    path("", views.front, name="front"),
    path("node/", views.node, name="node"),
    path("a/<str:token>/", views.page, name="page"),
]
handler404 = "libertad.answer_page.views.not_found"
handler500 = "libertad.answer_page.views.failed"
