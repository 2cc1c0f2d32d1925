"""What a person is told of their own protection file: agreements, services, decisions that count.

No reasons and no notes: they are what others wrote. A decision that waits for its second reader is none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.care import models, reads
from libertad.care.consent_words import consent_state
from libertad.care.family_words import together_words
from libertad.care.queries_family import family
from libertad.care.queries_serving import services_asked
from libertad.care.serving_words import stage_words
from libertad.look.words import words
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class SummaryLine:
    """An agreement, a service, a decision, or one of the family. `detail`: what is not to be told, or what
    was."""

    what: str
    recipient: str
    state: str
    detail: str
    when: Happened


@dataclass(frozen=True)
class FileSummary:
    """Of one protection file, the newest first."""

    agreements: Sequence[SummaryLine]
    services: Sequence[SummaryLine]
    decisions: Sequence[SummaryLine]
    relations: Sequence[SummaryLine]


def summary_of(actor: Actor, person: str) -> FileSummary | None:
    """None alike for no protection file and for one that the actor may not know of."""
    file = reads.file(actor, person)
    if file is None:
        return None
    agreements = [
        SummaryLine(
            words("consent-purposes", consent.plain["purpose"]),
            consent.words.get("recipient", ""),
            consent_state(consent, file.child)[1],
            ", ".join(words("file-parts", code) for code in consent.words.get("withheld", ()))
            or _("Nothing"),
            consent.when,
        )
        for consent in reads.parts(actor, models.Consent, person)
    ]
    services = [
        SummaryLine(
            words("services", view.service),
            view.name,
            stage_words(view.stage, view.way),
            ", ".join(view.disclosed) or _("Nothing but the need"),
            view.requested,
        )
        for view in services_asked(actor, person)
        if view.was_sent
    ]
    decisions = []
    if file.status and file.status_when is not None:
        label = words("identification-statuses", file.status)
        decisions.append(SummaryLine(_("Victim or not"), "", label, "", file.status_when))
    if file.decision and file.decision_when is not None:
        label = words("return-decisions", file.decision)
        decisions.append(SummaryLine(_("Return or stay"), "", label, "", file.decision_when))
    return FileSummary(agreements, services, decisions, _relations(actor, person))


def _relations(actor: Actor, person: str) -> list[SummaryLine]:
    """Guardians and family that stand on file; whether they stay together as the person said."""
    known = family(actor, person)
    lines = [
        SummaryLine(words("guardian-kinds", guardian.kind), guardian.name, "", "", guardian.happened)
        for guardian in known.guardians
        if not guardian.ended
    ]
    return lines + [
        SummaryLine(
            words("family-relations", relative.relation),
            relative.name or relative.reference,
            together_words(relative.together),
            "",
            relative.happened,
        )
        for relative in known.relatives
        if not relative.ended
    ]
