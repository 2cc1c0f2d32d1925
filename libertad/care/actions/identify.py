"""Decide a person's status, with reasons and a review date. It counts once a second reader confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from libertad.access.acting import Act, action
from libertad.care.actions._file import check_dates, protection_file
from libertad.care.models import Screening
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import IdentificationDecide

REVIEW_DAYS = 14


@action("identification.decide")
def identify(
    act: Act,
    *,
    person: str,
    status: str,
    reasons: str,
    non_punishment: bool = False,
    forced_to: str = "",
    person_says: str = "",
    screening: str = "",
    review_on: str = "",
) -> str:
    """Returns the identification's id. Without a review date it is reviewed after 14 days.

    Being a victim and being suspected of what one was forced to do are two things, kept apart: this
    says nothing about detention, and no status of detention says anything about this.
    """
    place = protection_file(act, "identification.decide", person)
    content = checked_identification(
        act,
        place,
        person=person,
        status=status,
        reasons=reasons,
        non_punishment=non_punishment,
        forced_to=forced_to,
        person_says=person_says,
        screening=screening,
        review_on=review_on,
    )
    identification = act.new_id()
    act.say(place, content, subject=identification, source="decision")
    return identification


def checked_identification(
    act: Act,
    place: str,
    before: Mapping[str, Any] | None = None,
    /,
    *,
    person: str,
    status: str,
    reasons: str,
    non_punishment: bool = False,
    forced_to: str = "",
    person_says: str = "",
    screening: str = "",
    review_on: str = "",
) -> IdentificationDecide:
    """The words of a decision, for the first time or corrected; Refused for what breaks a rule.

    `before`: what stands on file of it.
    """
    if screening:
        row = act.get(Screening, screening)
        if row is None or row["person"] != person or row["compartment"] != place:
            raise Refused("screening", "there is no such screening of this person")
    check_dates(act, {"review_on": (review_on, 1)}, before)
    if not review_on:
        review_on = (act.happened.local.date() + timedelta(days=REVIEW_DAYS)).isoformat()
    return IdentificationDecide(
        person=person,
        status=status,
        reasons=reasons,
        non_punishment=non_punishment,
        forced_to=forced_to,
        person_says=person_says,
        screening=screening,
        review_on=review_on,
    )
