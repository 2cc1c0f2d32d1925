"""Number fields that read what people write: a decimal comma, signs between thousands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from libertad.look.refusals import in_words
from libertad.vocabulary.degrees import read_degrees
from libertad.vocabulary.values import Refused
from libertad.vocabulary.written import OutOfBounds, read_number


def _read(value: Any, between: tuple[int, int] | None = None, whole: bool = False) -> Decimal:
    """ValidationError for what is no number or can be two."""
    low, high = (Decimal(bound) for bound in between) if between else (None, None)
    try:
        return read_number(str(value), minimum=low, maximum=high, whole=whole)
    except OutOfBounds as why:
        return why.number  # what the action says of it is plainer
    except Refused as why:
        raise forms.ValidationError(in_words(why)) from None


class NumberField(forms.FloatField):
    """A number, such as 7,55 or 1 234.5. `between`: what it can be at all, where two could be read."""

    def __init__(self, *, between: tuple[int, int] | None = None, **kwargs: Any) -> None:
        self.between = between
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        return None if value in self.empty_values else float(_read(value, self.between))


class WholeField(forms.IntegerField):
    """A whole number, such as 1.200 or 1,200: a count has no decimals, so both are 1200."""

    def to_python(self, value: Any) -> int | None:
        try:
            plain = super().to_python(value)
            return None if plain is None else int(plain)
        except forms.ValidationError:
            low, high = self.min_value, self.max_value
            between = None if low is None or high is None else (int(low), int(high))  # type: ignore[arg-type]
            return int(_read(value, between, whole=True))


class DegreesField(NumberField):
    """Degrees, of `degrees.LATITUDE` or `LONGITUDE`, with a sign or a letter, in decimals or sixtieths."""

    def __init__(self, *, sides: str, **kwargs: Any) -> None:
        self.sides = sides
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> float | None:  # type: ignore[override]
        if value in self.empty_values:
            return None
        try:
            return float(read_degrees(str(value), self.sides))
        except Refused as why:
            raise forms.ValidationError(in_words(why)) from None
