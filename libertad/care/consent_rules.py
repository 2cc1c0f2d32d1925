"""Which consent carries which referral, and which services do not wait for a guardian."""

from __future__ import annotations

from collections.abc import Mapping

# service -> purposes of consent under which it may be asked for.
FITS: Mapping[str, frozenset[str]] = {
    "medical": frozenset({"doctor"}),
    "psychological": frozenset({"doctor"}),
    "shelter": frozenset({"shelter"}),
    "food-clothes": frozenset({"shelter"}),
    "safety": frozenset({"shelter", "share-with-authority", "share-with-police"}),
    "interpreter": frozenset({"interpreter"}),
    "legal-aid": frozenset({"legal-aid"}),
    "documents": frozenset({"documents", "tell-embassy"}),
    "wages-claim": frozenset({"wages-claim", "legal-aid"}),
    "family-contact": frozenset({"tell-family"}),
    "guardian": frozenset({"share-with-authority"}),
    "child-care": frozenset({"shelter", "share-with-authority"}),
    "school-training": frozenset({"share-with-authority", "contact-afterwards", "other"}),
    "work": frozenset({"share-with-authority", "contact-afterwards", "other"}),
    "return-support": frozenset({"return-preparation"}),
    "other": frozenset({"other"}),
}
# While the rules for a child apply a guardian agrees first; these cannot wait for one.
URGENT = frozenset({"medical", "shelter", "food-clothes", "safety", "interpreter", "guardian", "child-care"})


def same_recipient(first: str, second: str) -> bool:
    """Whether two names of a recipient are the same but for capitals and spaces."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


def lacks_guardian(purpose: str, guardian: str, child: bool) -> bool:
    """Whether an agreement of somebody to whom the rules for a child apply carries nothing, or not all that
    its purpose is for, because no guardian has agreed."""
    if not child or guardian.strip():
        return False
    services = {service for service, purposes in FITS.items() if purpose in purposes}
    return not services or not services <= URGENT
