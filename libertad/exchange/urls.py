"""Addresses of this room's pages. '/exchange/' itself is the peers' and no page (`transport/http.py`)."""

from __future__ import annotations

from django.urls import path

from libertad.exchange import (
    screens,
    screens_alarms,
    screens_conflicts,
    screens_erasures,
    screens_held,
    screens_peer,
    screens_settling,
)

urlpatterns = [
    path("peers/", screens.exchange, name="exchange"),
    path("peers/enrol/", screens.enrol, name="exchange-enrol"),
    path("peers/quarantine/", screens_held.quarantine, name="exchange-quarantine"),
    path("peers/alarms/", screens_alarms.alarms, name="exchange-alarms"),
    path("peers/alarms/<str:key>/", screens_alarms.alarm, name="exchange-alarm"),
    path("peers/alarms/<str:key>/proof/", screens_alarms.proof, name="exchange-alarm-proof"),
    path("peers/alarms/<str:key>/settle/", screens_settling.settle, name="exchange-alarm-settle"),
    path("peers/alarms/<str:key>/answer/", screens_settling.answer, name="exchange-alarm-answer"),
    path("peers/alarms/<str:key>/alone/", screens_settling.alone, name="exchange-alarm-alone"),
    path("peers/erasures/", screens_erasures.erasures, name="exchange-erasures"),
    path("peers/erasures/<str:key>/", screens_erasures.answer, name="exchange-erasure"),
    path("conflicts/", screens_conflicts.listed, name="conflicts"),
    path("peers/<str:key>/", screens_peer.peer, name="exchange-peer"),
    path("peers/<str:key>/ask/", screens_peer.ask, name="exchange-ask"),
    path("peers/<str:key>/repair/", screens_peer.repair, name="exchange-repair"),
    path("peers/<str:key>/line/", screens_peer.line, name="exchange-line"),
    path("peers/<str:key>/<str:what>/", screens_peer.state, name="exchange-peer-state"),
]
