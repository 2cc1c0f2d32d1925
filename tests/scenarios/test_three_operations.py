"""Three operations in two years on five nodes; who was met in the first is found in the third, by who may."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.three_operations import nations, story
from scenarios.three_operations.proofs import PROOFS, proofs
from scenarios.three_operations.story import HELD, OVER, Findings

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    home: Path = tmp_path_factory.mktemp("three") / "run"
    with nations.running(home, keep=False, doing=lambda words: None) as nodes:
        return story.play(nodes)


def test_all_of_it_holds(played: Findings) -> None:
    assert [f"{check.name}: {check.wrong[:3]}" for check in proofs(played) if not check.ok] == []


# -- each proof can fail ----------------------------------------------------------------------------


def entry_of(findings: Findings, number: int, at: str, not_at: str) -> str:
    """An entry of an operation that one node has and the other has not."""
    operation = findings.operations[number]
    return next(
        entry
        for entry, of in findings.entries[at].items()
        if of == operation and entry not in findings.entries[not_at]
    )


def suriname_got_the_first(findings: Findings) -> None:
    """Sealed, so that its node cannot say what it is of."""
    findings.entries["SR"][entry_of(findings, 1, "GY", "SR")] = ""


def trinidad_got_the_third(findings: Findings) -> None:
    findings.entries["TT"][entry_of(findings, 3, "centre", "TT")] = ""


def removed_in_silence(findings: Findings) -> None:
    findings.removed.clear()


def told_after_it_was_removed(findings: Findings) -> None:
    findings.entries["TT"][entry_of(findings, 2, "GY", "TT")] = findings.operations[2]


def nothing_was_kept(findings: Findings) -> None:
    findings.known["TT", 1] = []


def shown_in_another(findings: Findings) -> None:
    findings.known["GY", 3] = sorted([*findings.known["GY", 3], findings.people["met in the first"]])


def counted_again(findings: Findings) -> None:
    for key in ("records", "met_twice"):
        findings.figures["centre", 3]["summary"][key] += 1


def counted_elsewhere(findings: Findings) -> None:
    lines = findings.figures["SR", 2]["lines"]
    lines["GY"], lines["SR"] = {**lines["GY"], "records": 2}, {**lines["SR"], "records": 0}


def not_found(findings: Findings) -> None:
    first = f"person:{findings.people['met in the first']}"
    findings.opened = [hit for hit in findings.opened if hit[0] != first]


def telephone_not_found(findings: Findings) -> None:
    findings.opened = [hit for hit in findings.opened if not hit[1].startswith("exhibit:")]


def found_by_name_alone(findings: Findings) -> None:
    answers = findings.answers["GY asks SR"]
    answers[:] = [
        replace(answer, kinds=tuple(set(answer.kinds) - {"document", "phone"})) for answer in answers
    ]


def another_desk(findings: Findings) -> None:
    answers = findings.answers["GY asks SR"]
    answers[:] = [replace(answer, contact=answer.contact and "Somebody") for answer in answers]


def suriname_is_told_of_the_first(findings: Findings) -> None:
    answers = findings.answers["SR asks GY"]
    answers[0] = replace(answers[0], what="hit")


def who_is_not_in_it_is_answered(findings: Findings) -> None:
    answers = findings.answers["TT asks GY"]
    answers[0] = replace(answers[0], what="none")


def others_asked(findings: Findings) -> None:
    findings.logs["SR"].append((findings.authorities["centre"], "BB-2019-001", 1))


def put_together_across_operations(findings: Findings) -> None:
    ids = (findings.people["met in Suriname in the second"], findings.people["met in the third"])
    findings.ordinary["SR"].append((f"person:{ids[0]}", f"person:{ids[1]}"))


def not_recognised(findings: Findings) -> None:
    findings.ordinary["GY"].clear()


def put_beside_somebody_else(findings: Findings) -> None:
    ids = (findings.people["met in the first"], findings.people["met in Guyana in the third"])
    findings.ordinary["GY"].append((f"person:{ids[0]}", f"person:{ids[1]}"))


def erased_before_its_day(findings: Findings) -> None:
    findings.erasing["before its day"] = ""


def erased_by_one(findings: Findings) -> None:
    findings.erasing["by who asked"] = ""


def key_left(findings: Findings) -> None:
    findings.erased["GY-care", OVER].pop()


def hold_passed_by(findings: Findings) -> None:
    findings.erasing[f"police, {HELD}"] = ""


def hold_unknown_to_care(findings: Findings) -> None:
    findings.erasing[f"care, {HELD}"] = ""


def held_file_erased(findings: Findings) -> None:
    findings.erased["GY-care", HELD] = findings.files["GY-care", HELD]


def held_file_shut(findings: Findings) -> None:
    findings.care[HELD] = False


def held_back(findings: Findings) -> None:
    findings.held["TT"] = 1


PLANTED: dict[str, list[Callable[[Findings], None]]] = {
    "prove_apart": [suriname_got_the_first, trinidad_got_the_third, told_after_it_was_removed],
    "prove_removed": [removed_in_silence, told_after_it_was_removed, nothing_was_kept],
    "prove_people": [shown_in_another],
    "prove_figures": [counted_again, counted_elsewhere],
    "prove_hit": [not_found, telephone_not_found, found_by_name_alone, another_desk],
    "prove_nobody_else": [
        suriname_is_told_of_the_first,
        who_is_not_in_it_is_answered,
        others_asked,
        put_together_across_operations,
    ],
    "prove_met_again": [not_recognised, put_beside_somebody_else],
    "prove_erased": [erased_before_its_day, erased_by_one, key_left],
    "prove_held": [hold_passed_by, hold_unknown_to_care, held_file_erased, held_file_shut],
    "prove_believed": [held_back],
}


@pytest.mark.parametrize(
    ("proof", "plant"), [(proof, plant) for proof, plants in PLANTED.items() for plant in plants]
)
def test_a_planted_fault_is_found(played: Findings, proof: str, plant: Callable[[Findings], None]) -> None:
    findings = deepcopy(played)
    plant(findings)
    (prove,) = (prove for prove in PROOFS if prove.__name__ == proof)
    assert not prove(findings).ok


def test_a_fault_is_planted_for_every_proof() -> None:
    assert PLANTED.keys() == {prove.__name__ for prove in PROOFS}
