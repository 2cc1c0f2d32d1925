"""An audit's exceptions expire, give reasons and are never open-ended."""

from __future__ import annotations

import datetime

import pytest

from tools.audit import (
    EXCEPTIONS,
    BadException,
    Found,
    exceptions,
    from_npm,
    from_pip,
    main,
    unasked,
    unexcused,
)

TODAY = datetime.date(2026, 11, 25)
WEAK = Found("example", "GHSA-1", "a hole")


def entry(until: str, reason: str = "not reachable here") -> str:
    return f"- number: GHSA-1\n  reason: '{reason}'\n  until: {until}\n"


def test_a_valid_exception_excuses() -> None:
    assert unexcused([WEAK], exceptions(entry("2026-11-25"), TODAY)) == []


def test_an_expired_exception_fails_again() -> None:
    assert unexcused([WEAK], exceptions(entry("2026-11-24"), TODAY)) == [WEAK]


@pytest.mark.parametrize(
    "text", [entry("2028-01-01"), entry("never"), entry("2026-12-01", " "), "- number: X\n"]
)
def test_careless_exceptions_are_refused(text: str) -> None:
    with pytest.raises(BadException):
        exceptions(text, TODAY)


def test_the_exceptions_of_the_project_are_sound_and_none_has_expired() -> None:
    import yaml

    text = EXCEPTIONS.read_text(encoding="utf-8")
    today = datetime.datetime.now(datetime.UTC).date()
    assert len(exceptions(text, today)) == len(yaml.safe_load(text) or [])


def test_both_reports_are_read() -> None:
    pip = {"dependencies": [{"name": "a", "vulns": [{"id": "PYSEC-1", "description": "x"}]}, {"name": "b"}]}
    npm = {
        "vulnerabilities": {
            "c": {"via": [{"url": "https://github.com/advisories/GHSA-2", "title": "y"}, "d"]}
        }
    }
    assert [advisory.number for advisory in from_pip(pip) + from_npm(npm)] == ["PYSEC-1", "GHSA-2"]


def test_no_answer_is_not_a_clean_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"dependencies": [{"name": "a", "skip_reason": "not found on PyPI"}, {"name": "b", "vulns": []}]}
    assert unasked(report) == ["a"]
    monkeypatch.setattr("tools.audit.audited", lambda: ([], ["PyPI told nothing about 1 packages"]))
    assert main() == 2
    monkeypatch.setattr("tools.audit.audited", lambda: ([WEAK], []))
    assert main() == 1
    monkeypatch.setattr("tools.audit.audited", lambda: ([], []))
    assert main() == 0
