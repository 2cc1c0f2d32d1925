"""What of a site, a visit, a check, a lead, a team, a room and a way in a correction may change."""

from __future__ import annotations

from libertad.vocabulary.verbs.operations import NAMED

# What decides where an entry is kept (country, person, exhibit) it may not.
SITE = (
    "name",
    "workplace",
    "workplace_words",
    "place",
    "access",
    "network",
    "living_space_m2",
    "living_space_people",
    "lead",
)
VISIT = (
    "team",
    "outcome",
    "people",
    "note",
    "living_space_m2",
    "living_space_people",
    "hours_a_day",
    "days_a_week",
    "conditions",
    "conditions_absent",
)
CHECK = ("database", "about", "answer", "document_ends", "document_country", "note")
LEAD = ("summary", "origin", "workplace", "site", "heard", *NAMED)  # its grades are graded anew
TEAM = (
    "member",
    "others",
    "officers",
    "task",
    "window",
    "first_check_in",
    "every_minutes",
    "silent_until",
    "silent_why",
)
ROOM = (
    "label",
    "length_m",
    "width_m",
    "height_m",
    "measured",
    "sleeping",
    "lock",
    "water",
    "light",
    "note",
)
WAY_IN = ("path", "last_network", "seen_coming", "note", "closed")
