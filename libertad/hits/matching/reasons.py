"""Why two records score as they do: each weight by itself, with what was compared, and in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import numpy as np

from libertad.hits.matching.facts import UNKNOWN, Alike, Born
from libertad.hits.matching.lexicon import How, Ints
from libertad.hits.matching.model import Compared, Model, Prior
from libertad.hits.matching.name_alignment import SWAPPED
from libertad.hits.matching.record import Kind, Reason
from libertad.hits.matching.record_table import EPOCH, FAMILY, GIVEN, Frame, Words

SAID = {1: "male", 2: "female", 3: "other"}


# Each is a template for translation; 'name' stands for the names' words, 'value' for all other facts.
SENTENCES = {
    "name same": "both are called {left}",
    "name spelling": "{left} and {right} sound alike and may be one name",
    "name nickname": "{left} and {right} are forms of one name",
    "name close": "{left} and {right} differ in one letter",
    "name near": "{left} and {right} are much alike",
    "name initial": "{left} and {right} begin alike, and one is only an initial",
    "name different": "{left} and {right} are different names",
    "name missing": "only one of the two says {left}{right}",
    "birth same": "both were born on {left}",
    "birth swapped": "born on {left} and {right}: day and month may have changed places",
    "birth one_part": "born on {left} and {right}: only one part differs",
    "birth year": "born on one day of the year, in quite other years: {left} and {right}",
    "birth overlap": "birth {left} and {right}: both can be true of one person",
    "birth same_year": "born in the same year, on {left} and {right}",
    "birth near_year": "born about the same year, or one figure of it differs: {left} and {right}",
    "birth some_years": "born at most five years apart: {left} and {right}",
    "birth different": "born at different times: {left} and {right}",
    "kin shared": "relatives, people taken together, and leads about one caller have this in common too",
    "value same": "the same {kind}: {left}",
    "value close": "nearly the same {kind}: {left} and {right}",
    "value part": "the {kind} agrees in part: {left} and {right}",
    "value different": "another {kind}: {left} and {right}",
}
KINDS: dict[Kind, str] = {
    "sex": "sex as said",
    "nationality": "nationality",
    "document": "document number",
    "phone": "telephone number",
    "device": "device number (IMEI)",
    "vehicle": "vehicle plate",
    "vessel": "vessel",
    "handle": "account name",
    "address": "address",
    "place": "place",
    "other": "detail",
    "name": "name",
    "birth": "birth",
    "kin": "relatives",
}
RARE = "1 in {count}"


def words(reason: Reason, translated: Callable[[str], str] = lambda text: text) -> str:
    """The reason as a sentence with its weight: 'both are called Yulimar, 1 in 40,000: +15.3 bits'."""
    group = reason.kind if reason.kind in ("name", "birth", "kin") else "value"
    kind = translated(KINDS[reason.kind])
    sentence = translated(SENTENCES[f"{group} {reason.how}"]).format(
        left=reason.left, right=reason.right, kind=kind
    )
    if 0 < reason.share < 0.5:
        sentence += ", " + translated(RARE).format(count=f"{round(1 / reason.share):,}")
    return f"{sentence}: {reason.bits:+.1f} bits"


def reasons(
    compared: Compared,
    left: Frame,
    right: Frame,
    left_rows: Ints,
    right_rows: Ints,
    shared: Words,
    model: Model,
    prior: Prior,
) -> list[tuple[Reason, ...]]:
    """The weights of each pair, the heaviest first: they add up to its bits without the prior."""
    bits = model.by_field(compared)
    kin = model.kin(compared, bits, prior)
    by_pair = []
    for at, (i, j) in enumerate(zip(left_rows.tolist(), right_rows.tolist(), strict=True)):
        pair_reasons = list(_names(compared, at, left, right, shared, model))
        for name, level in compared.levels.items():
            if level[at] == UNKNOWN:
                continue
            level_name = (Born if name == "birth" else Alike)(int(level[at])).name.lower()
            surprise = float(compared.surprise[name][at])
            share = 2.0**-surprise if surprise else 0.0
            left_text, right_text = _value_text(name, left, i, shared), _value_text(name, right, j, shared)
            pair_reasons.append(Reason(name, float(bits[name][at]), left_text, right_text, level_name, share))  # type: ignore[arg-type]
        if kin[at] < -0.01:
            pair_reasons.append(Reason("kin", float(kin[at]), "", "", "shared"))
        by_pair.append(tuple(sorted(pair_reasons, key=lambda reason: -abs(reason.bits))))
    return by_pair


def _names(
    compared: Compared, at: int, left: Frame, right: Frame, shared: Words, model: Model
) -> Iterator[Reason]:
    left_row, right_row = compared.names.names[at]
    if left_row < 0 or right_row < 0:
        return
    left_words = [_called(shared, word) for word in left.words[left_row] if word >= 0]
    right_words = [_called(shared, word) for word in right.words[right_row] if word >= 0]
    rest, right_rest = dict(enumerate(left_words)), dict(enumerate(right_words))
    slip = float(model.words[SWAPPED])  # counts once
    for (x, y, level), surprise in zip(compared.names.steps[at], compared.names.told[at], strict=True):
        if level < 0:
            break
        crossed = left.roles[left_row, x] + right.roles[right_row, y] == GIVEN + FAMILY
        bits = float(surprise + model.words[level] + crossed * slip)
        slip = 0.0 if crossed else slip
        yield Reason(
            "name", bits, rest.pop(x), right_rest.pop(y), How(level).name.lower(), float(2.0**-surprise)
        )
    away, right_unmatched = list(rest.values()), list(right_rest.values())
    both = min(len(away), len(right_unmatched))
    if both:
        against = both * float(model.words[How.DIFFERENT])
        yield Reason("name", against, " ".join(away[:both]), " ".join(right_unmatched[:both]), "different")
    away, right_unmatched = away[both:], right_unmatched[both:]
    if away or right_unmatched:
        yield Reason(
            "name",
            len(away + right_unmatched) * model.missing,
            " ".join(away),
            " ".join(right_unmatched),
            "missing",
        )


def _called(shared: Words, word: int) -> str:
    return shared.names.words[word].title()


def _value_text(name: str, frame: Frame, row: int, shared: Words) -> str:
    if name == "birth":
        first, last = (date.fromordinal(int(d) + EPOCH) for d in (frame.earliest[row], frame.latest[row]))
        if first == last:
            return first.isoformat()
        after = last + timedelta(days=1)
        if first.day == after.day == 1 and (last.year, last.month) == (first.year, first.month):
            return first.isoformat()[:7]
        return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    if name == "sex":
        return SAID[int(frame.sex[row])]
    ragged = frame.facts[name]  # type: ignore[index]
    (start,), (count,) = ragged.of(np.array([row]))
    values = ragged.value[start : start + count]
    return ", ".join(shared.of(name).words[at] for at in values)  # type: ignore[arg-type]
