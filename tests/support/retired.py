"""Retire a code, a field or a verb for one test, as a later version of the program would."""

from __future__ import annotations

import pytest

from libertad.vocabulary import codelists, retiring
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.codelists import Retired

WHY = Retired("9.9", "it told more than it had to.", "Say it in another way.")


def retire_code(monkeypatch: pytest.MonkeyPatch, name: str, code: str) -> Retired:
    """Retire a code of a list."""
    before = codelists.retired_codes

    def retired(list_name: str) -> dict[str, Retired]:
        return before(list_name) | ({code: WHY} if list_name == name else {})

    monkeypatch.setattr(codelists, "retired_codes", retired)
    _forget(monkeypatch)
    return WHY


def retire_field(monkeypatch: pytest.MonkeyPatch, verb: str, field: str) -> Retired:
    """Retire a field of a verb."""
    monkeypatch.setattr(VERBS[verb], "RETIRED", dict(VERBS[verb].RETIRED) | {field: WHY})
    _forget(monkeypatch)
    return WHY


def retire_verb(monkeypatch: pytest.MonkeyPatch, verb: str) -> Retired:
    """Retire a verb."""
    return retire_field(monkeypatch, verb, "")


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not cached while the test runs: what it undoes at its end is not remembered either.
    plain = getattr(retiring.retirements, "__wrapped__", retiring.retirements)
    monkeypatch.setattr(retiring, "retirements", plain)
