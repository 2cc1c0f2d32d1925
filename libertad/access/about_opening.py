"""Who is named as a reader where a file of some kinds is opened: a rule of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from libertad.access.claims import Claim, Verdict, refuse, wait
from libertad.access.grounds import Grounds
from libertad.vocabulary import kinds
from libertad.vocabulary.verbs import access as say


def late(content: say.CompartmentOpen, claim: Claim, grounds: Grounds) -> Verdict | None:
    """Care's one number for all is about the operation; besides its owner centres read it."""
    if content.about != claim.operation:
        return refuse("care's one number is of the whole operation")
    for name in sorted({*content.reader} - {content.owner}):
        kind = grounds.member(name, claim.operation).kind
        if not kind and claim.entry:
            return wait("one of those whom it names is not known here yet")
        if kind not in kinds.that_read("late"):
            return refuse("care's one number is read by coordination centres, and by nobody else")
    return None


def disclosure(content: say.CompartmentOpen, claim: Claim, grounds: Grounds) -> Verdict | None:
    """What care discloses it discloses to one authority: no centre, which keeps no file of a person."""
    recipients = sorted({*content.reader} - {content.owner})
    if len(recipients) != 1:
        return refuse("what is disclosed is read by care and by one recipient")
    kind = grounds.member(recipients[0], claim.operation).kind
    if not kind:
        return wait("its recipient is not known here yet")
    told = kind in kinds.that_read("disclosure")
    return None if told else refuse("an authority of its kind is told of no person by care")


def leading(content: say.CompartmentOpen, claim: Claim, grounds: Grounds) -> Verdict | None:
    """Who answers for a person two care authorities agree on between them: nobody else reads it."""
    partners = sorted({*content.reader} - {content.owner})
    if len(partners) != 1:
        return refuse("who answers for a person is read by two care authorities")
    kind = grounds.member(partners[0], claim.operation).kind
    if not kind:
        return wait("the other authority is not known here yet")
    return None if kind == "care" else refuse("who answers for a person is read by care authorities alone")


Rule = Callable[[say.CompartmentOpen, Claim, Grounds], Verdict | None]
FURTHER: Mapping[str, Rule] = {"late": late, "disclosure": disclosure, "leading": leading}
