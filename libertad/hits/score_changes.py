"""Why a pair's odds are other today than on the day it was found, in words that a prosecutor can follow.

Two things move: the bits, because facts or records were added, and what so many bits are worth, because
officers decided about hits that scored so. Pure: from what was said then and what holds now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.hits.engine import Reason
from libertad.hits.reliability import Curve
from libertad.hits.wording import bits_words, odds_words
from libertad.look.words import words

LEAST = 0.05  # bits: less is not seen, because one decimal is shown


class Score(Protocol):
    """What was said of a pair, or is now: the sum, its odds, and the weights that make it."""

    @property
    def bits(self) -> float: ...
    @property
    def probability(self) -> float: ...


def changes(
    then: Score, before: Sequence[Reason], now: Score, after: Sequence[Reason], curve: Curve
) -> list[str]:
    """A sentence for each cause, none where nothing changed that is shown. Kinds of facts, no values."""
    sentences = [*facts(before, after)]
    kin = _bits(after, "kin") - _bits(before, "kin")
    if abs(kin) >= LEAST:
        more_text = _("Relatives, and people taken together, have more of this in common: %(bits)s bits.")
        less_text = _("Relatives, and people taken together, have less of this in common: %(bits)s bits.")
        sentences.append((more_text if kin < 0 else less_text) % {"bits": bits_words(kin)})
    same = {kind: _bits(after, kind) - _bits(before, kind) for kind in _unchanged(before, after)}
    if abs(sum(same.values())) >= LEAST:
        changed_kinds = [kind for kind, moved in same.items() if abs(moved) >= LEAST] or list(same)
        kinds = [words("fact-kinds", kind) for kind in changed_kinds]
        text = _(
            "The records say the same (%(kinds)s), and it weighs otherwise by %(bits)s bits: as rare as it "
            "is among the records here now, and as it is compared today."
        )
        sentences.append(text % {"kinds": "; ".join(kinds), "bits": bits_words(sum(same.values()))})
    prior = (now.bits - _sum(after)) - (then.bits - _sum(before))
    if abs(prior) >= LEAST:
        more_text = _(
            "There are more records to compare with, so any two are of one more seldom: %(bits)s bits."
        )
        fewer_text = _(
            "There are fewer records to compare with, so any two are of one more often: %(bits)s bits."
        )
        sentences.append((more_text if prior < 0 else fewer_text) % {"bits": bits_words(prior)})
    return sentences + worth_otherwise(then, curve)


def facts(before: Sequence[Reason], after: Sequence[Reason]) -> Iterable[str]:
    """What is compared now and was not, the other way round, and what is not compared as it was."""
    old, new = _kinds(before), _kinds(after)
    for kind in [*new, *(kind for kind in old if kind not in new)]:
        if kind == "kin" or kind in _unchanged(before, after):  # what relatives share follows from the rest
            continue
        values = {
            "kind": words("fact-kinds", kind),
            "before": bits_words(_bits(before, kind)),
            "after": bits_words(_bits(after, kind)),
        }
        if kind not in old:
            yield _("%(kind)s: compared since then, %(after)s bits.") % values
        elif kind not in new:
            yield _("%(kind)s: no longer compared; it was %(before)s bits.") % values
        elif abs(_bits(after, kind) - _bits(before, kind)) >= LEAST:
            text = _(
                "%(kind)s: what the records say, or how it is compared, has changed since: %(after)s bits "
                "instead of %(before)s."
            )
            yield text % values


def worth_otherwise(then: Score, curve: Curve) -> list[str]:
    """Where the bits of that day have other odds now: whose decisions made them so."""
    odds = {"before": odds_words(then.probability), "after": odds_words(curve.at(then.bits))}
    if odds["before"] == odds["after"]:
        return []
    values = odds | {"bits": bits_words(then.bits)}
    text = _("%(bits)s bits were told as %(before)s; now they are %(after)s, because %(why)s.")
    return [text % (values | {"why": basis_words(curve)})]


def basis_words(curve: Curve) -> str:
    """Whose decisions make odds of bits: 'such odds follow 24 decisions of your authority'."""
    counted = curve.decided
    return {
        "first": _("such odds follow a measured curve, of this pair by itself"),
        "own": ngettext(
            "such odds follow %(count)d decision about hits between your own records",
            "such odds follow %(count)d decisions about hits between your own records",
            counted,
        ),
        "pair": ngettext(
            "such odds follow %(count)d decision about hits with that authority",
            "such odds follow %(count)d decisions about hits with that authority",
            counted,
        ),
        "authority": ngettext(
            "such odds follow %(count)d decision of your authority",
            "such odds follow %(count)d decisions of your authority",
            counted,
        ),
    }[curve.basis] % {"count": counted}


def _kinds(weights: Iterable[Reason]) -> list[str]:
    return list(
        dict.fromkeys(weight.kind for weight in sorted(weights, key=lambda reason: -abs(reason.bits)))
    )


def _unchanged(before: Sequence[Reason], after: Sequence[Reason]) -> list[str]:
    """Kinds of which the same was compared in the same way."""
    both = [kind for kind in _kinds(before) if kind in _kinds(after)]
    return [kind for kind in both if kind != "kin" and _compared(before, kind) == _compared(after, kind)]


def _compared(weights: Iterable[Reason], kind: str) -> set[tuple[str, frozenset[str]]]:
    return {(weight.how, frozenset((weight.left, weight.right))) for weight in weights if weight.kind == kind}


def _bits(weights: Iterable[Reason], kind: str) -> float:
    return _sum(weight for weight in weights if weight.kind == kind)


def _sum(weights: Iterable[Reason]) -> float:
    return sum(weight.bits for weight in weights)
