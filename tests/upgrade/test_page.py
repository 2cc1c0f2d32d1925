"""docs/upgrading.md promises nothing that no test holds: each sentence stands here with its test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "upgrading.md"
DATABASES, STARTING, BESIDE = (f"tests/upgrade/test_{n}.py" for n in ("databases", "starting", "beside_0_1"))
ANEW, FORMATS = "tests/exchange/test_judged_anew.py", "tests/exchange/test_formats.py"
SEALS = "tests/journal/test_seals.py"
FACTORS = "tests/access/test_factor_keys.py"
RETIRING = "tests/vocabulary/test_retiring.py"
MOVED = "tests/care/test_moved_to_desk.py"
STAGES = "tests/people/test_stages.py"
ASKING = "tests/care/test_asking_decision.py"
# How a sentence begins: the file and the test that hold it; '' for what only tells somebody to do something.
CLOSED = "tests/care/test_closing_read.py::test_what_was_closed_before_the_second_reading"
HELD = {
    "For the administrator": "",
    "What changed is in": "",
    "Stop the node and": "",
    "With a version that has no": "",
    "Install the new version": "",
    "The home and the database stay": "",
    "Start it with": "",
    "It brings the tables": f"{DATABASES}::test_what_is_on_file_is_judged_anew_at_the_first_start",
    "When it answers": f"{STARTING}::test_when_it_answers_what_is_on_file_has_been_judged_anew",
    "Run `libertad journal verify`": "",
    "It says that nothing is wrong": f"{DATABASES}::test_every_entry_is_there_and_opens_and_verifying_finds",
    "A server that is started": f"{STARTING}::test_when_it_answers_what_is_on_file_has_been_judged_anew",
    "While a ring is locked": f"{ANEW}::test_with_a_locked_ring_it_waits",
    "`libertad doctor` says": f"{STARTING}::test_locked_it_waits_and_doctor_says_so_until_a_rebuild_has",
    "To go back": "",
    "An older version refuses": "tests/upgrade/test_newer.py::test_every_command_refuses_it_in_words",
    "If anything was said since": f"{STARTING}::test_an_older_database_that_is_put_back_is_refused_until_it",
    "Every entry, signed": f"{DATABASES}::test_every_entry_is_there_and_opens_and_verifying_finds_nothing",
    "Every person, exhibit": f"{DATABASES}::test_every_record_has_a_page_that_somebody_on_the_node",
    "The figures are those": f"{DATABASES}::test_the_figures_are_those_that_0_1_told",
    "Sign-ins with": "tests/upgrade/test_bundles.py::test_who_had_a_sign_in_at_0_1_signs_in_with_password",
    "From 0.2 on the node seals": "tests/security/test_rows.py::test_no_random_change_of_rows_gives_anybody",
    "At the first start after the": f"{SEALS}::test_rows_are_trusted_at_the_first_start_after_an_upgrade_and",
    "Look through officers": "",
    "Sessions of 0.1 end": "tests/upgrade/test_sessions.py::test_sessions_of_0_1_end_and_everybody_signs_in",
    "Until 0.2 it lay": f"{FACTORS}::test_codes_of_before_are_taken_and_the_file_is_gone_at_the_start",
    "The first start with its rings": f"{FACTORS}::test_it_stays_plain_until_every_ring_of_the_node_has_it",
    "Codes and phones go on": f"{FACTORS}::test_codes_of_before_are_taken_and_the_file_is_gone_at_the_start",
    "Copies of the disk that were": "",
    "Where a new version seals what": f"{DATABASES}::test_what_care_kept_in_the_clear_is_in_no_page_of",
    "In an SQLite file nothing": f"{DATABASES}::test_what_care_kept_in_the_clear_is_in_no_page",
    "PostgreSQL's log of writes": "",
    "The rules of the new version": f"{ANEW}::test_what_a_new_rule_forbids_falls_and_what_it_allows_again",
    "What the older version believed": f"{ANEW}::test_nothing_is_believed_because",
    "What falls is kept": f"{ANEW}::test_what_a_new_rule_forbids_falls_and_what_it_allows_again_comes_back",
    "What was in quarantine": f"{ANEW}::test_what_is_retired_since_falls_and_what_was_not_known_before_is",
    "What this node's own officers": f"{ANEW}::test_what_a_new_rule_forbids_falls_and_what_it_allows_again",
    "Safety plans, interpreters, disclosures": f"{MOVED}::test_who_decides_holds_no_key_of_a_safety_plan_an",
    "What was said of them in": f"{MOVED}::test_a_plan_of_before_stands_until_one_is_written_at_the_desk",
    "A release or a court's decision that": f"{STAGES}::test_a_release_of_before_without_its_kind",
    "A protection file that was opened when": f"{ASKING}::test_one_that_was_asked_nothing_is_shown_and_can",
    "Its page says that they were": f"{ASKING}::test_one_that_was_asked_nothing_is_shown_and_can_be",
    "A file that is opened since": f"{ASKING}::test_a_file_opens_with_its_care_authority_alone",
    "What is [retired]": f"{RETIRING}::test_a_form_offers_no_retired_code_though_it_is_known",
    "Entries that say it stay": f"{RETIRING}::test_a_retired_code_is_decoded_and_refused_when_it_is_said",
    "They count only where": f"{FORMATS}::test_a_projection_that_names_it_still_folds_what_is_retired",
    "Nodes need not be": f"{BESIDE}::test_what_0_1_says_reaches_today_over_http",
    "A protection file that was closed by one": CLOSED,
    "Where a node that is not updated yet says so": CLOSED,
    "Each states in every": f"{FORMATS}::test_nodes_tell_each_other_their_format_in_asks_and_in_answers",
    "What an older node does not": f"{BESIDE}::test_what_today_says_reaches_0_1_and_what_0_1_does_not_know",
    "Once that node is updated": f"{BESIDE}::test_once_0_1_is_updated_nothing_waits_any_more",
    "What an older node says": f"{BESIDE}::test_what_0_1_says_in_a_retired_way_is_held_and_what_comes",
    "Its officers say it again": "",
    "Neither is an alarm": f"{FORMATS}::test_what_an_older_node_says_in_a_retired_way_is_held_without_alarm",
    "A file of a newer kind": f"{FORMATS}::test_a_file_of_a_newer_kind_is_opened_once_every_reader_told",
    "An authority of a newer kind": "tests/people/test_serving_across.py::test_a_node_that_does_not_know_the",
    "An officer's phone": "tests/upgrade/test_phones.py::test_an_older_node_holds_a_phones_enrolment",
    "An attachment above 20 MB": "tests/access/test_uploads_attacked.py::test_more_than_older_nodes_take",
    "Until then the act is refused": f"{FORMATS}::test_a_file_of_a_newer_kind_is_opened_once_every_reader",
}


def sentences() -> list[str]:
    text = "\n".join(line for line in PAGE.read_text("utf-8").splitlines() if not line.startswith("#"))
    lines = [re.sub(r"^(?:- |\d+\. )", "", line) for line in text.splitlines() if line.strip()]
    parts = [part for line in lines for part in re.split(r"(?<=[.])\s+(?=[A-Z`])", line)]
    return [part for part in parts if part]


@pytest.mark.parametrize("sentence", sentences())
def test_each_sentence_names_the_test_that_holds_it(sentence: str) -> None:
    held = [test for beginning, test in HELD.items() if sentence.startswith(beginning)]
    assert len(held) == 1, f"name a test for: {sentence}"
    if held[0]:
        path, _, name = held[0].partition("::")
        assert f"def {name}" in (ROOT / path).read_text("utf-8"), held[0]


def test_no_test_is_named_for_a_sentence_that_is_gone() -> None:
    page_sentences = sentences()
    assert [
        beginning
        for beginning in HELD
        if not any(sentence.startswith(beginning) for sentence in page_sentences)
    ] == []
