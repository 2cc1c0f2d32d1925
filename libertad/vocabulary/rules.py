"""Screening rules: data files with a source, a version and a status; evaluated, never deciding.

A rule set is `rules/<name>.yaml`. An indicator counts when it was answered 'yes'. A 'no' from the
person is not evidence against; 'not known' and 'refused' count neither way. For a child, means
(deception, coercion, abuse of vulnerability) are not required: Palermo Protocol, Article 3 c.
The result suggests. A person decides, with reasons, a second reader and a review date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import UnknownCode
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Answer

FOLDER = Path(__file__).parent / "rules"
Weight = Literal["strong", "medium", "weak", "none"]
# What a line of `positive` may ask for, and the weights that it counts.
COUNTS: Mapping[str, tuple[Weight, ...]] = {
    "strong": ("strong",),
    "medium": ("medium",),
    "weak": ("weak",),
    "medium-or-weak": ("medium", "weak"),
    "any": ("strong", "medium", "weak", "none"),
}


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One indicator. `confirmed` is false where the sources differ about it."""

    label: str
    weight: Weight
    confirmed: bool = True


class Dimension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Indicators that are judged together; `part` is the element of the definition they show."""

    label: str
    part: Literal["means", "purpose"]
    indicators: dict[str, Indicator]


class RuleSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A versioned rule set. `combination` asks for one positive dimension of each line."""

    name: str
    title: str
    source: str
    version: str
    status: Literal["confirmed", "unconfirmed"]
    suggests: str
    positive: tuple[dict[str, int], ...]
    combination: tuple[tuple[str, ...], ...]
    dimensions: dict[str, Dimension]

    def __post_init__(self) -> None:
        for text in (self.name, self.title, self.source, self.version, self.suggests):
            if not text.strip():
                raise ValueError("name, title, source, version and suggests are all needed")
        if not self.positive or not self.combination:
            raise ValueError("'positive' and 'combination' need at least one line each")
        for line in self.positive:
            if not line or set(line) - set(COUNTS) or min(line.values()) < 1:
                raise ValueError(f"'positive' has a line that cannot be counted: {line}")
        for names in self.combination:
            if not names or set(names) - set(self.dimensions):
                raise ValueError(f"'combination' names a dimension that is not there: {names}")
        if len(self.indicators()) != sum(len(d.indicators) for d in self.dimensions.values()):
            raise ValueError("an indicator stands in two dimensions")

    def indicators(self) -> dict[str, Indicator]:
        """All indicators by code, in the order of the file."""
        return {
            code: indicator
            for part in self.dimensions.values()
            for code, indicator in part.indicators.items()
        }


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule set says about answers. It has no decision in it, and none may be read from it."""

    rule_set: str
    version: str
    status: str
    child: bool
    positive: tuple[str, ...]
    present: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    reached: bool
    suggestion: str


@cache
def rule_set(name: str) -> RuleSet:
    """The rule set of a name, read and checked at first use; UnknownCode if there is none."""
    if name not in rule_sets():
        raise UnknownCode("rule_set", name, "rule sets")
    data = yamlfile.read(FOLDER / f"{name}.yaml")
    try:
        rules = msgspec.convert(data, prepared(RuleSet))
    except msgspec.ValidationError as why:
        raise ValueError(f"rule set {name}: {why}") from why
    if rules.name != name:
        raise ValueError(f"rule set {name}: the file calls itself '{rules.name}'")
    return rules


@cache
def rule_sets() -> tuple[str, ...]:
    """Names of the rule sets that are shipped."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml") if path.stem != "profiles"))


@cache
def profiles() -> dict[str, tuple[str, ...]]:
    """Profile -> its rule sets; an empty one has no rule set that could be sourced."""
    data = yamlfile.read(FOLDER / "profiles.yaml")
    return {str(name): tuple(sets) for name, sets in data["profiles"].items()}


def evaluate(rules: RuleSet | str, answers: Iterable[Answer], child: bool) -> Result:
    """What the answers reach under the rules; UnknownCode for an indicator the rules do not have.

    `child` is true as well while the age is not settled: the safer rule holds meanwhile.
    """
    rules = rule_set(rules) if isinstance(rules, str) else rules
    known = rules.indicators()
    yes = set()
    for answer in answers:
        if answer.indicator not in known:
            raise UnknownCode("indicator", answer.indicator, rules.name)
        if answer.answer == "yes":
            yes.add(answer.indicator)
    present = tuple(code for code in known if code in yes)
    positive = tuple(name for name, part in rules.dimensions.items() if _reached(rules, part, yes))
    lines = [names for names in rules.combination if not (child and _all_means(rules, names))]
    reached = all(set(names) & set(positive) for names in lines)
    return Result(
        rule_set=rules.name,
        version=rules.version,
        status=rules.status,
        child=child,
        positive=positive,
        present=present,
        unconfirmed=tuple(code for code in present if not known[code].confirmed),
        reached=reached,
        suggestion=_words(rules, positive, present, reached, child),
    )


def _reached(rules: RuleSet, part: Dimension, yes: set[str]) -> bool:
    weights = [indicator.weight for code, indicator in part.indicators.items() if code in yes]
    return any(
        all(sum(weight in COUNTS[kind] for weight in weights) >= minimum for kind, minimum in line.items())
        for line in rules.positive
    )


def _all_means(rules: RuleSet, names: tuple[str, ...]) -> bool:
    return all(rules.dimensions[name].part == "means" for name in names)


def _words(
    rules: RuleSet, positive: tuple[str, ...], present: tuple[str, ...], reached: bool, child: bool
) -> str:
    counted = f"{len(present)} of {len(rules.indicators())} indicators present."
    if reached:
        labels = ", ".join(rules.dimensions[name].label for name in positive)
        alone = len(rules.dimensions) == 1
        sentence = f"May suggest {rules.suggests}." if alone else f"Suggests {rules.suggests}: {labels}."
    else:
        sentence = (
            f"The answers so far do not reach the rule for {rules.suggests}. This is not evidence against."
        )
    parts = [sentence, counted]
    if child and any(_all_means(rules, names) for names in rules.combination):
        parts.append("Rules for a child: means are not required.")
    if rules.status == "unconfirmed":
        parts.append("This rule set is not confirmed.")
    parts.append("A person decides.")
    return " ".join(parts)
