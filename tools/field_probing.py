"""What `check` of a verb's struct refuses, learned by trying: no rule is written a second time.

Sound and not complete: each rule that is found was seen to be refused. What is found: fields that may not be
empty, how long a text and how large a number may be, and what a code or a filled field asks of another, or
forbids. The node judges all the same; what only it knows (an id that exists) it refuses later.
"""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from libertad.vocabulary.body import Verb, build
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.values import Birth, Cash, Happened, PersonName, Place, Refused

TEXTS = ("generated", "2018-04-03", "1", "America/Guyana", "0" * 64, "1" * 64, "12.50")
LONG = 20_000  # a text of so many signs is as long as any
FAR = 1_000_001
SMALL = 60  # codes of a list that are tried each: longer lists are of countries, languages, currencies
STRUCTS: Mapping[type[msgspec.Struct], Any] = {
    PersonName: {"text": "generated"},
    Birth: {"date": "1999"},
    Place: {"lat": 6.0, "lon": -58.0},
    Cash: {"currency": "USD", "denomination": "20", "pieces": 3},
    Happened: {"at": "2018-04-03T10:00:00Z", "zone": "America/Guyana", "precision": "minute"},
}
Values = dict[str, Any]


class Rule(NamedTuple):
    """Where `field` is `code` ('': empty; None: filled), `target` must be 'filled' or 'empty'."""

    field: str
    code: Any
    target: str
    must: str
    message: str


class Prober:
    """One verb, as its struct judges it."""

    def __init__(self, kind: type[Verb]) -> None:
        self.kind = kind
        self.hints = typing.get_type_hints(kind)
        self.fields = {
            field.name: field for field in msgspec.structs.fields(kind) if field.name not in kind.RETIRED
        }
        self.multi_valued = kind.multi_valued()
        self._needed: dict[str, str] = {}
        self.base = self.solve({})
        self.solved = list(self._solved())

    def refusal(self, values: Values) -> Refused | None:
        try:
            build(self.kind, values)
        except Refused as why:
            return why
        return None

    def value_type(self, name: str) -> Any:
        """The type of one value of a field."""
        hint = self.hints[name]
        if name in self.multi_valued:
            return typing.get_args(hint)[0]
        return next((part for part in typing.get_args(hint) if part is not type(None)), hint)

    def candidates(self, name: str) -> list[Any]:
        """Values that may fit a field, none of them empty."""
        held, values = self.value_type(name), list[Any]()
        if name in self.kind.CODES:
            values = list(sayable(self.kind.CODES[name]))
        elif held is str:
            values = list(TEXTS)
        elif held in (int, float):
            values = [held(number) for number in (1, 5, 2)]
        elif held is bool:
            values = [True]
        elif held is datetime:
            values = ["2018-04-03T10:00:00Z"]
        elif held in STRUCTS:
            values = [STRUCTS[held]]
        return [[value] for value in values] if name in self.multi_valued else values

    def solve(self, values: Values, freely: Collection[str] = ()) -> Values:
        """Values with as much filled, or emptied, as is asked for; ValueError where nothing fits.

        What is named in `freely` stays as it is.
        """
        values = dict(values)
        for name, field in self.fields.items():
            if field.required and name not in values:
                values[name] = self.candidates(name)[0]
        for _ in range(2 * len(self.fields)):
            why = self.refusal(values)
            if why is None:
                return values
            name = self.name_of(why.field)
            if name in freely:
                break
            if name in values and not self._emptied(values, name):
                values.pop(name)
            else:
                values[name] = self._fitting(values, name)
        raise ValueError(f"nothing found that {self.kind.VERB} takes")

    def name_of(self, field: str) -> str:
        return field if field in self.fields else field.replace(" ", "_")

    def _fitting(self, values: Values, name: str) -> Any:
        for candidate in self.candidates(name) if name in self.fields else ():
            why = self.refusal(values | {name: candidate})
            if why is None or self.name_of(why.field) != name:
                return candidate
        raise ValueError(f"{self.kind.VERB}: nothing fits {name}")

    def _empty(self, name: str) -> Any:
        return [] if name in self.multi_valued else "" if self.value_type(name) is str else None

    # -- of one field --------------------------------------------------------------------------

    def needed(self, name: str) -> str:
        """Why a field may not be empty; '' where it may, as any code of another stands."""
        if name not in self._needed:
            states = [self.base, *(values for of, _, values in self.solved if of != name)]
            reasons = [self._emptied(values, name) for values in states]
            needed = all(reasons) and not self._replacing(name)
            self._needed[name] = reasons[0] if needed else ""
        return self._needed[name]

    def _replacing(self, name: str) -> Values:
        """Another field that does as well, filled in this one's place: one of several is asked for, not this.
        {} where this one is."""
        rest = {key: value for key, value in self.base.items() if key != name}
        for other in sorted(self.fields.keys() - {name, self.kind.CORRECTS} - rest.keys()):
            values = {other: next(iter(self.candidates(other)), None)}
            if name in self.base and self.refusal(rest | values) is None:
                return values
        return {}

    def _emptied(self, values: Values, name: str) -> str:
        """Why a field may not be emptied where the others stand so; '' where it may."""
        values = values | {name: self._empty(name)}
        if values[name] is None:
            values.pop(name)
        why = self.refusal(values)
        return wording(why) if why is not None and self.name_of(why.field) == name else ""

    def longest(self, name: str) -> int:
        """Signs that a text may have; 0 where there is no end, or it is no free text."""
        if name in self.kind.CODES or self.value_type(name) is not str or not self._takes(name, "x"):
            return 0
        if self._takes(name, "x" * LONG):
            return 0
        return _last(1, LONG, lambda size: self._takes(name, "x" * size))

    def _takes(self, name: str, value: Any) -> bool:
        values = self.base | self._replacing(name)
        why = self.refusal(values | {name: [value] if name in self.multi_valued else value})
        return why is None or self.name_of(why.field) != name

    def bounds(self, name: str) -> dict[str, int]:
        """`least` and `most`, or what a fraction is `above` and `below`, of a field that takes 1."""
        held, limits = self.value_type(name), dict[str, int]()
        if held not in (int, float) or not self._takes(name, held(1)):
            return limits
        if not self._takes(name, held(-FAR)):
            low = -_last(-1, FAR, lambda n: self._takes(name, held(-n)))
            between = held is float and self._takes(name, low - 0.5)
            limits |= {"above": low - 1} if between else {"least": low}
        if not self._takes(name, held(FAR)):
            high = _last(1, FAR, lambda n: self._takes(name, held(n)))
            between = held is float and self._takes(name, high + 0.5)
            limits |= {"below": high + 1} if between else {"most": high}
        return limits

    # -- of two --------------------------------------------------------------------------------

    def rules(self) -> list[Rule]:
        """What one field asks of another, or forbids."""
        return list(dict.fromkeys([*self._filled(), *self._coded()]))

    def _states(self) -> Iterator[tuple[str, Any, Values]]:
        """(field, code, values): each code of each short list in turn, and none where none is asked for."""
        for name in self.fields:
            listed = sayable(self.kind.CODES[name]) if name in self.kind.CODES else {}
            if name not in self.multi_valued and 0 < len(listed) <= SMALL:
                if not self.fields[name].required:
                    yield name, "", {key: value for key, value in self.base.items() if key != name}
                for code in listed:
                    yield name, code, self.base | {name: code}

    def _solved(self) -> Iterator[tuple[str, Any, Values]]:
        for name, code, values in self._states():
            try:
                yield name, code, self.solve(values, freely={name})
            except ValueError:
                continue

    def filled(self) -> Iterator[tuple[str, Values]]:
        """Each field that may be empty, filled, and nothing else for it."""
        for name in self.fields:
            # A correction says only what changes: nothing is asked for.
            if name == self.kind.CORRECTS or name in self.base or self.needed(name):
                continue
            try:
                yield name, self.base | {name: self._fitting(self.base, name)}
            except ValueError:
                continue  # forbidden as the base stands

    def _filled(self) -> Iterator[Rule]:
        for name, values in self.filled():
            why = self.refusal(values)
            target = self.name_of(why.field) if why is not None else name
            if why is not None and target != name and target not in values and target in self.fields:
                yield Rule(name, None, target, "filled", wording(why))

    def _coded(self) -> Iterator[Rule]:
        """Fields that may be empty, or filled, as one code stands and not as another does."""
        for name in {of for of, _, _ in self.solved}:
            states = {code: values for of, code, values in self.solved if of == name}
            for target in self.fields.keys() - {name, self.kind.CORRECTS}:
                for must, judge in (("filled", self._emptied), ("empty", self._refused)):
                    reasons = {code: judge(values, target) for code, values in states.items()}
                    if all(reasons.values()):
                        continue  # whatever the code
                    for code, message in reasons.items():
                        if message:
                            yield Rule(name, code, target, must, message)

    def _refused(self, values: Values, target: str) -> str:
        """Why no value fits a field as the others stand; '' where one does."""
        message = ""
        for candidate in self.candidates(target):
            why = self.refusal(values | {target: candidate})
            if why is None or self.name_of(why.field) != target:
                return ""
            message = wording(why)
        return message


def wording(why: Refused) -> str:
    """The refusal as catalogues know it; one with parameters as it is worded."""
    return why.rule if why.parameters else str(why.message)


def _last(first: int, limit: int, takes: typing.Callable[[int], bool]) -> int:
    """The last number from `first` on that is taken, where `limit` is not."""
    while limit - first > 1:
        middle = (first + limit) // 2
        if takes(middle):
            first = middle
        else:
            limit = middle
    return first
