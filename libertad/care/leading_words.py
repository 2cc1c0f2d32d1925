"""Who answers for a person, between care authorities, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.care.leading import Offer
from libertad.care.queries_leading import AgreementSeen, LeadWord, Partner
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def partner_words(partner: AgreementSeen | Partner) -> str:
    """With whom, and about which record: 'Shelter Port of Spain, record P-TT-004'."""
    if not partner.record:
        return _("%(name)s, this record") % {"name": partner.name}
    if not partner.reference:
        return _("%(name)s, a linked record") % {"name": partner.name}
    return _("%(name)s, record %(reference)s") % {"name": partner.name, "reference": partner.reference}


def status_words(view: AgreementSeen, actor: Actor) -> str:
    """Who leads by both words."""
    agreement = view.agreement
    if not agreement.leader or agreement.since is None:
        return _("Not agreed yet: who answered before answers still")
    since = when(Happened(at=agreement.since, zone=actor.zone))
    if agreement.leader == view.partner:
        return _("%(name)s leads since %(when)s") % {"name": view.name, "when": since}
    return _("Your authority leads since %(when)s") % {"when": since}


def offer_words(offer: Offer, view: AgreementSeen) -> str:
    """What is offered, from which day and why."""
    details = {"name": view.name, "day": date_words(offer.on), "why": words("leading-reasons", offer.reason)}
    if offer.by == view.partner:
        if offer.is_claim:
            return _("%(name)s offers to lead itself from %(day)s. %(why)s.") % details
        return _("%(name)s offers that your authority leads from %(day)s. %(why)s.") % details
    if offer.is_claim:
        return _("Your authority offers to lead from %(day)s. %(why)s.") % details
    return _("Your authority offers that %(name)s leads from %(day)s. %(why)s.") % details


def lead_words(word: LeadWord, view: AgreementSeen) -> str:
    """One word of one of the two, as a sentence."""
    details = {"by": _("Your authority") if word.own else word.by, "name": view.name}
    match word.verb:
        case "leading.offer":
            leads = view.name if word.leader == view.partner else _("your authority")
            details |= {
                "leads": leads,
                "day": date_words(word.on),
                "why": words("leading-reasons", word.reason),
            }
            return _("%(by)s offered that %(leads)s leads from %(day)s. %(why)s.") % details
        case "leading.accept":
            return _("%(by)s agreed.") % details
        case "leading.decline":
            return _("%(by)s did not agree. %(why)s.") % {
                **details,
                "why": words("leading-refusals", word.reason),
            }
        case "leading.end":
            return _("%(by)s ended the agreement. %(why)s.") % {
                **details,
                "why": words("leading-ends", word.reason),
            }
    return _("%(by)s took its offer back.") % details
