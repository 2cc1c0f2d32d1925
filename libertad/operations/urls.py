from __future__ import annotations

from django.urls import path

from libertad.operations import screens

urlpatterns = [
    path("leads/", screens.leads, name="leads"),
    path("leads/report/", screens.lead_new, name="lead-new"),
    path("leads/<str:key>/", screens.lead, name="lead"),
]
