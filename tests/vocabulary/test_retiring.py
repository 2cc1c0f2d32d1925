"""What is retired is decoded, refused when it is said, offered by no form, and folded only by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import libertad.vocabulary.verbs  # noqa: F401 (fills VERBS)
from libertad.access.acting import action
from libertad.access.matrix import MatrixError
from libertad.journal import folding
from libertad.look.words import choices
from libertad.vocabulary import codelists, reference, retiring
from libertad.vocabulary.body import VERBS, Statement, content
from libertad.vocabulary.codelists import Refused, codelist, sayable
from tests.support.retired import retire_code, retire_field, retire_verb
from tests.vocabulary.test_body import body


def says(**values: object) -> tuple[Statement, ...]:
    return tuple(Statement(field, "assert", value) for field, value in values.items())


def test_each_projection_folds_only_what_is_retired_by_its_own_verbs() -> None:
    for projection in folding.PROJECTIONS:
        assert projection.retired <= retiring.known_names(), projection.label
        assert {name.split("=")[0] for name in projection.retired if name in VERBS} <= projection.verbs


def test_everything_that_is_retired_names_a_version_and_a_reason() -> None:
    for kind in VERBS.values():
        for retired in retiring.retirements(kind).values():
            assert retired.since and retired.why.endswith(".")


def test_a_retired_code_is_decoded_and_refused_when_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    retire_code(monkeypatch, "detention-states", "charged")
    old = body("tally.custody", says(state="charged", country="GY"))
    assert content(old).state == "charged"  # type: ignore[attr-defined]
    assert retiring.retired_parts(old.verb, old.statements) == ["tally.custody.state=charged"]
    with pytest.raises(Refused) as why:
        retiring.refuse_retired(old.verb, old.statements)
    assert why.value.field == "state"
    assert why.value.rule == (
        "'charged' is retired since 9.9: it told more than it had to. Say it in another way."
    )
    retiring.refuse_retired("tally.custody", says(state="arrested", country="GY"))


def test_a_retired_field_is_refused_and_its_retraction_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    retire_field(monkeypatch, "lead.report", "site")
    with pytest.raises(Refused) as why:
        retiring.refuse_retired("lead.report", says(site="a" * 32))
    assert (why.value.field, "retired since 9.9" in why.value.rule) == ("site", True)
    retiring.refuse_retired("lead.report", [Statement("site", "retract", None, ("a" * 64,))])


def test_a_retired_verb_is_refused_and_no_action_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    retire_verb(monkeypatch, "lead.grade")
    with pytest.raises(Refused) as why:
        retiring.refuse_retired("lead.grade", [])
    assert why.value.field == "verb"
    with pytest.raises(MatrixError, match="is retired"):
        action("lead.grade")(lambda: None)


def test_a_form_offers_no_retired_code_though_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(choices("tally-statuses")())
    retire_code(monkeypatch, "tally-statuses", "charged")
    assert before.keys() - dict(choices("tally-statuses")()).keys() == {"charged"}
    assert dict(choices("tally-statuses", only=["charged", "arrested"])()).keys() == {"arrested"}
    assert "charged" in codelist("tally-statuses") and "charged" not in sayable("tally-statuses")


def test_a_list_that_retires_a_code_which_it_does_not_have_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = 'source: ours\nversion: "1"\nretired:\n  b: {since: "2", why: "no."}\ncodes:\n  a: A\n'
    (tmp_path / "odd.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(codelists, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match="retired and not among its codes: b"):
        codelists.retired_codes("odd")


def test_a_field_that_has_to_be_given_cannot_be_retired(monkeypatch: pytest.MonkeyPatch) -> None:
    retire_field(monkeypatch, "device.enrol", "public")
    with pytest.raises(TypeError, match="not an optional field"):
        retiring.retirements(VERBS["device.enrol"])


def test_the_page_of_the_vocabulary_says_since_when_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    retire_code(monkeypatch, "tally-statuses", "charged")
    retire_verb(monkeypatch, "lead.grade")
    monkeypatch.setattr(reference, "retirements", retiring.retirements)
    page = reference.reference()
    cells = "9.9 | it told more than it had to. | Say it in another way. |"
    assert f"| `tally.status.status=charged` | {cells}" in page
    assert f"| `lead.grade` | {cells}" in page
