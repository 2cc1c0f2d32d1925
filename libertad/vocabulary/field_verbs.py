"""What an officer's phone may say at all, whatever its enrolment lists.

Nothing about access, devices, officers, sharing or erasing is among it, so that a stolen phone takes nobody's
authority. `tools/field_forms.yaml` has the forms of the same verbs.
"""

from __future__ import annotations

FIELD = "field"  # the kind of device (code list `device-kinds`)
FIELD_VERBS = frozenset(
    {
        "attachment.add",
        "check.record",
        "compartment.open",  # of an identity file alone
        "custody.accept",
        "custody.ask",
        "custody.offer",
        "custody.release",
        "custody.statement",
        "custody.witness",
        "detention.link",
        "detention.state",
        "exhibit.return",
        "exhibit.seal",
        "exhibit.seize",
        "exploitation.view",
        "headcount.explain",
        "headcount.record",
        "lead.report",
        "person.assess",
        "person.danger",
        "person.danger_close",
        "person.meet",
        "person.meeting",
        "person.state",
        "property.paid",
        "property.state",
        "property.taken",
        "room.measure",
        "site.register",
        "site.way_in",
        "team.check_in",
        "visit.record",
    }
)
