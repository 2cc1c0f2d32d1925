"""Record what a person agrees to, or does not: one purpose, one recipient."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.care.actions._disclosing import end_all, erase_files
from libertad.care.actions._file import check_dates, protection_file
from libertad.care.actions.withdraw_consent import end_agreements
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import ConsentRecord


@action("consent.record", "consent.withdraw", "disclosure.end", "disclosure.stop")
def record_consent(
    act: Act,
    *,
    person: str,
    purpose: str,
    recipient: str,
    agreed: str,
    withheld: Sequence[str] = (),
    language: str = "",
    capacity: str = "able",
    guardian: str = "",
    until: str = "",
) -> str:
    """Returns the consent's id. Who is not able to agree does not; a guardian is named.

    A 'no' ends what was agreed before to the same purpose and recipient, and what was disclosed under it.
    """
    if agreed == "yes" and capacity in ("not-able", "not-assessed"):
        raise Refused("capacity", "who is not able to agree now, or was not assessed, cannot have agreed")
    if capacity == "guardian" and not guardian.strip():
        raise Refused("guardian", "name the guardian who agrees")
    check_dates(act, {"until": (until, 10)})
    consent = act.new_id()
    content = ConsentRecord(
        person=person,
        purpose=purpose,
        recipient=recipient,
        agreed=agreed,
        withheld=tuple(withheld),
        language=language,
        capacity=capacity,
        guardian=guardian,
        until=until,
    )
    place = protection_file(act, "consent.record", person)
    ended = end_agreements(act, person, purpose, recipient) if agreed == "no" else []
    act.say(place, content, subject=consent, source="said")
    erase_files(act, end_all(act, person, ended))
    return consent
