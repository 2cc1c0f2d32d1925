"""Section 11 of docs/journal-format.md promises nothing that no test holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.field_app.speaking import ROOT, vectors

PAGE = ROOT / "docs" / "journal-format.md"
HERE = "tests/field_app/test_vectors.py"
NODE, APP = "field-app/tests/node.test.ts", "field-app/tests/app.test.ts"
AGAIN = "test_the_node_seals_and_signs_the_same_words_to_the_same_bytes"
# How a sentence begins: tests that hold it, each by its file and its name.
HELD = {
    "`field-app/vectors/node.json` is": [(HERE, "test_the_vectors_on_file_are_what_the_node_writes_today")],
    "`field-app/vectors/app.json` is": [(APP, "are what the codec answers to the node's task")],
    "Each side verifies and opens": [(HERE, AGAIN), (NODE, "is opened, and written again to the same bytes")],
    "Keys are made from fixed seeds": [(HERE, "test_the_vectors_on_file_are_what_the_node_writes_today")],
    "Bytes are in lower-case": [(APP, "that no bytes stand for are refused")],
    "The answer has a `device`": [
        (HERE, "test_the_authority_opens_the_key_that_the_app_wrapped_and_dropped"),
        (HERE, "test_the_app_s_parcel_and_message_are_read"),
    ],
    "What is random in it": [(HERE, "test_what_is_random_in_the_answer_follows_from_the_task_s_seed")],
    "HPKE draws by itself": [(HERE, "test_a_wrap_on_file_that_does_not_open_is_made_anew")],
    "Zstandard has many frames": [(NODE, "of the node's are read")],
}


def section() -> str:
    return PAGE.read_text(encoding="utf-8").partition("## 11. Test vectors\n")[2]


def test_each_sentence_has_its_tests() -> None:
    prose = [line for line in section().splitlines() if line and not line.startswith("|")]
    sentences = [part for line in prose for part in re.split(r"(?<=\.) (?=[A-Z`])", line)]
    assert len(sentences) == len(HELD)
    for sentence in sentences:
        assert [begin for begin in HELD if sentence.startswith(begin)], sentence


@pytest.mark.parametrize("begin", HELD)
def test_each_test_that_is_named_is_there(begin: str) -> None:
    for path, name in HELD[begin]:
        text = Path(ROOT / path).read_text(encoding="utf-8")
        pattern = (
            rf"^def {name}\b" if path.endswith(".py") else rf'\bit(?:\.each\(.*\))?\("{re.escape(name)}"'
        )
        assert re.search(pattern, text, re.M), (path, name)


def test_the_table_names_every_part() -> None:
    rows = [line for line in section().splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == set(vectors("node")) - {"what"}
