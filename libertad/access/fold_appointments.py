"""Access entries -> appointments that stand by one, or that a second person has confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.access.appointment_models import Appointment
from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import access as say


@project(
    Appointment,
    verbs=("officer.appoint", "officer.submit", "officer.confirm", "officer.withdraw"),
    key=lambda entry: (entry.subject,),
)
def appointment_row(key: str, entries: Sequence[Said]) -> Row | None:
    """None where none was submitted: it was made before there was a second person, or needs none."""
    appointed = {s.id: s for s in as_said(s for s in entries if isinstance(s.content, say.OfficerAppoint))}
    submitted = [
        s
        for s in as_said(s for s in entries if isinstance(s.content, say.OfficerSubmit))
        if cast(say.OfficerSubmit, s.content).entry in appointed
    ]
    if not submitted:
        return None
    by: list[str] = []
    confirmation: Said | None = None
    for submission in submitted:
        by = [] if confirmation is not None else by
        appointment = appointed[cast(say.OfficerSubmit, submission.content).entry]
        by = [*(name for name in by if name != appointment.officer), appointment.officer]
        confirmation = _confirmation(appointment, entries, {*by, key})
    last = appointed[cast(say.OfficerSubmit, submitted[-1].content).entry]
    role = list(appointed.values())[-1].content.role  # type: ignore[attr-defined]
    return Row(
        last.compartment,
        {
            "authority": last.authority,
            "role": role,
            "entry": last.id,
            "by": by,
            "at": last.at,
            "confirmed_by": confirmation.officer if confirmation is not None else "",
            "withdrawn": any(isinstance(s.content, say.OfficerWithdraw) for s in entries),
        },
    )


def _confirmation(appointment: Said, entries: Sequence[Said], hands: set[str]) -> Said | None:
    """The first word of a second person that names this appointment."""
    return next(
        (
            s
            for s in as_said(s for s in entries if isinstance(s.content, say.OfficerConfirm))
            if cast(say.OfficerConfirm, s.content).entry == appointment.id
            and s.compartment == appointment.compartment
            and s.officer not in {"", *hands}
        ),
        None,
    )
