"""Addresses of the room `operations`. No name is in them: ids are random."""

from __future__ import annotations

from django.urls import path

from libertad.operations import (
    screens,
    screens_changes,
    screens_checks,
    screens_closing,
    screens_contact,
    screens_correcting,
    screens_danger,
    screens_operation,
    screens_sites,
    screens_standing,
    screens_teams,
)

urlpatterns = [
    path("operation/", screens_operation.operation, name="operation"),
    path("operation/open/", screens_operation.operation_new, name="operation-new"),
    path("operation/change/", screens_operation.change, name="operation-change"),
    path("operation/close/", screens_closing.operation_close, name="operation-close"),
    path("operation/reopen/", screens_closing.operation_reopen, name="operation-reopen"),
    path("operation/clock/", screens_operation.clock, name="operation-clock"),
    path("operation/changes/<str:key>/", screens_changes.change, name="change"),
    path("operation/changes/<str:key>/refuse/", screens_changes.change_refuse, name="change-refuse"),
    path("operation/changes/<str:key>/carry-out/", screens_changes.carry_out, name="change-carry-out"),
    path("operation/members/<str:key>/", screens_changes.member_change, name="member-change"),
    path("operation/members/<str:key>/remove/", screens_changes.member_remove, name="member-remove"),
    path("operation/keys/<str:key>/take-back/", screens_changes.vouched_undo, name="vouched-undo"),
    path("operation/windows/set/", screens_operation.window_new, name="window-new"),
    path("operation/windows/<str:key>/", screens_operation.window, name="window"),
    path("leads/", screens.leads, name="leads"),
    path("leads/report/", screens.lead_new, name="lead-new"),
    path("leads/<str:key>/", screens.lead, name="lead"),
    path("leads/<str:key>/grade/", screens.lead_grade, name="lead-grade"),
    path("leads/<str:key>/standing/", screens_standing.lead_standing, name="lead-standing"),
    path("sites/", screens_sites.sites, name="sites"),
    path("sites/register/", screens_sites.site_new, name="site-new"),
    path("sites/<str:key>/", screens_sites.site, name="site"),
    path("sites/<str:key>/correct/", screens_correcting.site_correct, name="site-correct"),
    path("leads/<str:key>/correct/", screens_correcting.lead_correct, name="lead-correct"),
    path("teams/<str:key>/correct/", screens_correcting.team_correct, name="team-correct"),
    path("visits/<str:key>/correct/", screens_correcting.visit_correct, name="visit-correct"),
    path("sites/<str:key>/visit/", screens_sites.visit_new, name="visit-new"),
    path("sites/<str:key>/team/", screens_teams.team_new, name="team-new"),
    path("teams/", screens_teams.teams, name="teams"),
    path("teams/<str:key>/", screens_teams.team, name="team"),
    path("teams/<str:key>/check-in/", screens_teams.team_check_in, name="team-check-in"),
    path("teams/<str:key>/contact/", screens_contact.team_contact, name="team-contact"),
    path("teams/<str:key>/danger/", screens_danger.team_danger_close, name="team-danger-close"),
    path("checks/", screens_checks.checks, name="checks"),
    path("checks/record/", screens_checks.check_new, name="check-new"),
    path("checks/<str:key>/correct/", screens_correcting.check_correct, name="check-correct"),
]
