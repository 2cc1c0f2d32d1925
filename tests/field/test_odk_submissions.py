"""Submissions as Central, KoBoToolbox and Collect write them: the same answers, and nothing lost silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from libertad.field import odk_submissions
from libertad.field.odk_submissions import Collected, Received, read_submissions
from libertad.field.xlsform import Unreadable, XlsForm, limits, read_form
from tests.support.odk import central, central_row, collect, write_form

KEY = "uuid:0b6c3f4e-7b0e-4a86-9d5b-6a3d7f0c1a11"
KOBO = (
    "start;username;first/danger;first/name;first/needs;first/needs/medical;first/needs/food;first/age_from;"
    "happened;where;_where_latitude;_where_longitude;_where_altitude;_where_precision;photo;boat;_id;_uuid;"
    "_submission_time;_validation_status;_notes;_status;_submitted_by;__version__;_tags;_index"
)
Read = Callable[..., Received]


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> XlsForm:
    return read_form(write_form(tmp_path_factory.mktemp("form") / "form.xlsx"))


@pytest.fixture
def read(form: XlsForm, tmp_path: Path) -> Read:
    def reading(content: str | bytes, name: str = "submissions.csv") -> Received:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_submissions(form, [path])

    return reading


def codes(submission: Collected) -> dict[str, tuple[str, ...]]:
    return {answer.name or answer.question: answer.codes for answer in submission.answers}


FULL = {
    "danger": ("yes",),
    "name": ("Mara",),
    "needs": ("medical", "food"),
    "age_from": ("16",),
    "happened": ("2018-04-05T09:40:00.000-04:00",),
    "where": ("6.8 -58.1 12 4.5",),
    "photo": ("1522.jpg",),
    "boat": ("Blue, no number",),
}


def test_central_collect_and_kobo_give_the_same_answers(read: Read) -> None:
    first = central(
        central_row(
            KEY,
            **{
                "first-danger": "yes",
                "first-name": "Mara",
                "first-needs": "medical food",
                "first-age_from": "16",
                "happened": "2018-04-05T09:40:00.000-04:00",
                "where-Latitude": "6.8",
                "where-Longitude": "-58.1",
                "where-Altitude": "12",
                "where-Accuracy": "4.5",
                "photo": "1522.jpg",
                "boat": "Blue, no number",
            },
        )
    )
    kobo = (
        "2018-04-05T09:30:00.000-04:00;K. Persaud;yes;Mara;medical food;1;1;16;2018-04-05T09:40:00.000-04:00;"
        f"6.8 -58.1 12 4.5;6.8;-58.1;12;4.5;1522.jpg;Blue, no number;71;{KEY[5:]};2018-04-05T18:00:00;;;"
        "submitted_via_web;;vKx;;1"
    )
    xml = collect(
        KEY,
        "<first><danger>yes</danger><name>Mara</name><needs>medical food</needs><age_from>16</age_from>"
        "</first>"
        "<happened>2018-04-05T09:40:00.000-04:00</happened><where>6.8 -58.1 12 4.5</where>"
        "<photo>1522.jpg</photo><boat>Blue, no number</boat><thanks/>",
    )
    for content, name in (
        (first, "a.csv"),
        (b"\xef\xbb\xbf" + f"{KOBO}\n{kobo}\n".encode(), "b.csv"),
        (f"{KOBO}\n{kobo}\n".encode("utf-16"), "c.csv"),
        (xml, "d.xml"),
    ):
        received = read(content, name)
        assert received.messages == [], name
        [submission] = received.submissions
        assert codes(submission) == FULL, name
        assert (submission.instance, submission.form, submission.by) == (
            KEY,
            "Met at the river",
            "K. Persaud",
        )
        assert submission.at == "2018-04-05T09:30:00.000-04:00"


def test_several_answers_in_columns_of_their_own_are_one_answer(read: Read) -> None:
    """As Central with 'split select multiple', and KoBoToolbox with 'single and separate columns'."""
    heading = "KEY,first-danger,first-needs/medical,first-needs/food,first-needs/boots"
    received = read(f"{heading}\n{KEY},no,1,0,1\n")
    assert codes(received.submissions[0])["needs"] == ("medical", "boots")
    assert received.submissions[0].answers[-1].words == "A doctor, Boots"


def test_words_are_the_forms_own_labels_and_a_file_is_told_not_to_be_brought(read: Read) -> None:
    received = read(central(central_row(KEY, photo="1522.jpg")))
    words = {answer.question: answer.words for answer in received.submissions[0].answers}
    assert words == {
        "Is anyone in danger?": "No",
        "Photo of the place": "1522.jpg (the file itself is not brought)",
    }


def test_an_unknown_code_and_an_unknown_column_are_told_and_stay(read: Read) -> None:
    received = read(f"KEY,danger,needs,colour of the door\n{KEY},perhaps,medical gold,green\n")
    assert codes(received.submissions[0]) == {
        "danger": ("perhaps",),
        "needs": ("medical", "gold"),
        "colour of the door": ("green",),
    }
    assert [line.partition(": ")[2].partition(",")[0] for line in received.messages] == [
        "'colour of the door' is no question of the form; it stays as a line of its own",
        "'danger' has 'perhaps'",
        "'needs' has 'gold'",
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"ReviewState": "rejected"}, "rejected where it comes from"),
        ({"Status": "notDecrypted"}, "is encrypted"),
        ({"KEY": "", "meta-instanceID": ""}, "no instanceID"),
        ({"first-danger": ""}, "has no answer"),
    ],
)
def test_a_row_that_is_not_taken_is_told_with_its_line(read: Read, row: dict[str, str], words: str) -> None:
    received = read(central(central_row("uuid:1"), central_row(KEY, **row)))
    assert [one.instance for one in received.submissions] == ["uuid:1"]
    assert len(received.messages) == 1 and words in received.messages[0] and "line 3" in received.messages[0]


@pytest.mark.parametrize("heading", ["DeletedAt", "__system/deletedAt", "__system-deletedAt"])
def test_a_deleted_row_is_not_taken(read: Read, heading: str) -> None:
    received = read(f"KEY,danger,{heading}\n{KEY},no,2018-04-06T01:00:00Z\nuuid:2,no,\n")
    assert [one.instance for one in received.submissions] == ["uuid:2"]
    assert "deleted where it comes from" in received.messages[0]


def test_an_edited_submission_keeps_its_name_and_stands_once(read: Read) -> None:
    """Central gives an edit another instanceID and the same KEY."""
    row = central_row(KEY, **{"meta-instanceID": "uuid:later"})
    received = read(central(row, row))
    assert [one.instance for one in received.submissions] == [KEY]
    assert "stands in these files already" in received.messages[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (collect(KEY, "<danger>no</danger>", extra=' encrypted="yes"'), "is encrypted"),
        (collect(KEY, "<danger>no</danger>", form="other"), "of the form 'other'"),
        (collect(KEY, "<p><a>1</a></p><p><a>2</a></p>"), "'p' is repeated"),
        (collect("", "<danger>no</danger>"), "no instanceID"),
    ],
)
def test_a_file_of_collect_that_is_not_taken_is_told(read: Read, content: str, words: str) -> None:
    received = read(content, "instance.xml")
    assert received.submissions == [] and words in received.messages[-1]


def test_xml_that_declares_anything_is_refused(read: Read) -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + collect(KEY, "&b;")[21:]
    for content in (bomb, "<data", "", '<!DOCTYPE d SYSTEM "file:///etc/passwd"><data/>'):
        with pytest.raises(Unreadable, match="no submission that can be read"):
            read(content, "instance.xml")


def test_a_folder_of_collect_is_read_with_what_lies_below_it(form: XlsForm, tmp_path: Path) -> None:
    for number in range(3):
        inside = tmp_path / "instances" / f"river_{number}"
        inside.mkdir(parents=True)
        text = collect(f"uuid:{number}", "<first><danger>no</danger></first>")
        (inside / f"river_{number}.xml").write_text(text)
        (inside / "1522.jpg").write_bytes(b"\xff\xd8")
    assert len(read_submissions(form, [tmp_path / "instances"]).submissions) == 3


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("Is anyone in danger?,Name\nyes,Mara\n", "not with their labels"),
        (b"KEY,danger,name\nuuid:1,no,Jos\xe9\n", "is not UTF-8"),
        ('KEY,danger\nuuid:1,"no\n', "is not written as a table"),
        ("PARENT_KEY,KEY,danger\nuuid:1,uuid:1/p[1],no\n", "table of a repeat"),
    ],
)
def test_a_table_that_is_none_is_refused_in_words(read: Read, content: str | bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(content)


def test_sizes_are_asked_before_memory_is_taken(
    read: Read, form: XlsForm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(limits()["megabytes"] * 1024 * 1024 + 1)
    with pytest.raises(Unreadable, match="more than 50 MB"):
        read_submissions(form, [large])
    monkeypatch.setattr(odk_submissions, "limits", lambda: {**limits(), "rows": 2, "answer": 20})
    with pytest.raises(Unreadable, match="more than 2 submissions"):
        read("KEY,danger\n" + "".join(f"uuid:{number},no\n" for number in range(3)))
    with pytest.raises(Unreadable, match="more than 20 characters"):
        read(f"KEY,name\nuuid:1,{'a' * 21}\n")


def test_a_row_with_more_values_than_columns_is_told_and_not_guessed(read: Read) -> None:
    received = read("KEY,danger\nuuid:1,no,yes\nuuid:2,no\n")
    assert [one.instance for one in received.submissions] == ["uuid:2"]
    assert "more values than there are columns" in received.messages[0]
