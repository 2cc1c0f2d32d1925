from __future__ import annotations

import typing
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import libertad.vocabulary.verbs  # noqa: F401 (fills VERBS)
from libertad.vocabulary.body import VERBS, Body, Statement, build, content, statements
from libertad.vocabulary.codelists import Refused, codelist
from libertad.vocabulary.exhibit_kinds import not_of
from libertad.vocabulary.values import (
    Answer,
    Birth,
    Cash,
    Copied,
    Dated,
    Happened,
    PersonName,
    Place,
    SealReading,
)
from libertad.vocabulary.verbs.attachments import PLAIN
from libertad.vocabulary.verbs.counting import CountCell
from libertad.vocabulary.verbs.figures import CareBlock, FiguresOf
from libertad.vocabulary.verbs.hits import Weight
from libertad.vocabulary.verbs.people import KNOWN_BY

AT = datetime(2018, 4, 5, 13, 40, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
TIMES = st.datetimes(datetime(2018, 1, 1), datetime(2019, 1, 1), timezones=st.just(UTC))
BY_TYPE: dict[Any, st.SearchStrategy] = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(0, 500),
    float: st.floats(0.001, 500),
    datetime: TIMES,
    Happened: st.builds(Happened, at=TIMES, zone=st.just("America/Guyana")),
    Birth: st.sampled_from([Birth(date="1999"), Birth(age_from=16, age_to=17, on="2018-04-05")]),
    Place: st.builds(Place, lat=st.floats(-90, 90), lon=st.floats(-180, 180), within_m=st.integers(0, 9)),
    PersonName: st.builds(PersonName, text=TEXT.filter(str.strip), family=TEXT),
    SealReading: st.builds(SealReading, exhibit=st.just("a" * 32), read=st.just("GYP-7"), on_file=TEXT),
    Cash: st.builds(
        Cash,
        currency=st.sampled_from(["BBD", "XCD"]),
        denomination=st.sampled_from(["20", "0.25"]),
        pieces=st.integers(1, 9),
    ),
    Copied: st.builds(
        Copied, kind=st.just("statement"), when=st.none(), codes=st.just(("topic:pay",)), words=TEXT
    ),
    CountCell: st.builds(CountCell, country=st.sampled_from(["GY", "VC"]), to_presumed=st.integers(0, 9)),
    Dated: st.builds(Dated, counting=TEXT, status=TEXT, at=st.integers(0, 1 << 40)),
    CareBlock: st.builds(CareBlock, as_of=st.just(AT), potential=st.integers(0, 9), block=TEXT),
    FiguresOf: st.builds(FiguresOf, country=st.sampled_from(["GY", "VC"]), records=st.integers(0, 9)),
    Weight: st.builds(Weight, kind=st.sampled_from(["name", "phone"]), bits=st.floats(-20, 40), left=TEXT),
    Answer: st.builds(Answer, indicator=TEXT, answer=st.sampled_from(list(codelist("answers")))),
}
BY_NAME = {
    "zone": st.just("America/Barbados"),
    "first_day": st.just("2018-04-03"),
    "last_day": st.just("2018-04-09"),
    "opens": st.just(AT),
    "closes": st.just(AT.replace(hour=20)),
    "until": st.sampled_from(["", "2018-05"]),
    "review_on": st.sampled_from(["", "2018-05-01"]),
    "every_minutes": st.integers(5, 600),
    "cut_time": st.just("22:00"),
    **dict.fromkeys(["amount", "paid"], st.sampled_from(["1250.50", "7"])),
    "officers": st.integers(1, 500),
    "public": st.binary(min_size=32, max_size=32).map(bytes.hex),
    "device": st.binary(min_size=16, max_size=16).map(bytes.hex),
    "origin": st.binary(min_size=8, max_size=8).map(lambda raw: f"libertad/{raw.hex()}"),
    "keep": st.just("a" * 64),
    "proposal": st.just("d" * 64),
    "entry": st.just("e" * 64),
    "stands": st.just("e" * 64),
    "first": st.just("e" * 64),
    **dict.fromkeys(
        ["credential", "data", "client", "signature"], st.binary(min_size=1, max_size=64).map(bytes.hex)
    ),
    "logs": st.integers(0, 9).map(lambda last: f"{'a' * 32}:{last}"),
    "whom": st.just("f" * 32),
    "aside": st.sampled_from(["b" * 64, "c" * 64]),
    "record": st.just("person:" + "a" * 32),
    "address": st.sampled_from(["", "https://node.example:8443"]),
}
SOME = TEXT.filter(str.strip)
COUNTED = ["met_twice", "not_a_victim", "not_assessed", "potential", "presumed", "confirmed"]
# Texts that some rule wants written.
FILLED = ["summary", "reasons", "reason", "description", "number", "words", "recipient", "program"]
FILLED += ["done", "silent_why", "why", "handling_conditions", "forced_to", "afterwards", "to", "reach"]
FILLED += ["alias", "store", "place", "deed", "offer", "reader", "file"]
FILLED += ["agreed", "care", "name", "reference", "counting", "other", "site", "law", "text", "checked_with"]
# Dates that may be left out and are whole where they are not.
BY_NAME |= dict.fromkeys(
    ["contact_on", "keep_until", "needed_by", "appeal_by", "checked"], st.sampled_from(["", "2018-05-01"])
)


def values(kind) -> st.SearchStrategy[dict[str, Any]]:
    hints = typing.get_type_hints(kind)
    fields: dict[str, st.SearchStrategy] = {}
    for info in msgspec.structs.fields(kind):
        name, hint = info.name, hints[info.name]
        types = [t for t in typing.get_args(hint) or (hint,) if t not in (type(None), Ellipsis)]
        if name in kind.CODES:
            drawn = st.sampled_from(list(codelist(kind.CODES[name])))
        elif name in FILLED and types[0] is str:
            drawn = SOME
        else:
            drawn = BY_NAME.get(name, BY_TYPE[types[0]])
        if name in kind.multi_valued():
            drawn = st.lists(drawn, min_size=1, max_size=3).map(tuple)
        fields[name] = drawn
    return st.fixed_dictionaries(fields).map(lambda values: tidy(kind.VERB, values))


def tidy(verb: str, values: dict[str, Any]) -> dict[str, Any]:
    """Bring drawn values under the rules across fields."""
    if verb == "guardian.assign":
        values |= {"since": "", "note": "Generated"}
    if verb.startswith("exploitation."):
        values |= dict.fromkeys(("forms", "recruitment", "control"), ("other",)) | {"sexual": ()}
    if verb == "family.link":  # one who is recorded, or one by name
        values |= {"other": "", "note": "Generated"}
    if verb == "attachment.add":
        values |= {"size": 1 + 300 * values["size"], "key": "ab" * 32, "digest": "cd" * 32, "priority": 3}
        values |= {
            "chunks": -(-values["size"] // PLAIN),
            "about": "a" + values["about"],
            "name": "a" + values["name"],
        }
    if verb in ("disclosure.propose", "disclosure.give"):
        values |= {"ground": "order", "order": "Generated", "until": "2018-10-09"}
    if verb == "disclosure.propose":
        values |= {"consent": "", "informed": "Generated"}
    if verb == "leading.offer":
        values |= {"to": "0f" * 16, "leader": "0f" * 16, "on": "2018-05-01"}
    if verb == "desk.next":
        values["until"] = "2018-05-01"
    if verb == "desk.settle":
        values |= {"answer": "", "need": "doctor"}
    if verb in ("desk.missing", "desk.note"):
        values["seen"] = "2018-04-09T14:00:00-04:00"
    if verb in ("complaint.record", "complaint.add"):
        values |= {"officer": ("0f" * 16,)}
    if verb == "complaint.record":
        values |= {"when": "2018-04", "reference": "P-GY-001"}
    if verb == "plan.record":
        values |= {"until": "2018-05-01", "corrects": "", "version": ""}
    if verb == "care.close_read":
        values["closing"] = "0f" * 32
    if verb == "document.record":
        values |= {"number": "A 1", "until": "2024", "due": "2018-05-01", "note": "Ask", "corrects": ""}
        values["version"] = ""
    if verb == "guardian.clear":
        values |= {"guardian": "0f" * 32, "among": ("0f" * 32,)}
    if verb in ("guardian.clear_read", "guardian.revoke"):
        values["clearing"] = "0f" * 32
    if verb == "plan.read":
        values["goals"] = ("0f" * 32,)
    if verb == "complaint.read":
        values["closing"] = "0f" * 32
    if verb == "glass.break":
        values["reader"] = "0f" * 16 if values["way"] == "share" else ""
    if verb == "page.ask":
        values |= {"day": "2018-05-01", "sealed": "ab", "line": "+592 555 0143"}
        values |= dict.fromkeys(("page", "salt"), "ab" * 16) | dict.fromkeys(("link", "key"), "cd" * 32)
    if verb == "page.result":
        values |= {"openings": int(values["opened_at"] is not None), "earliest": "", "words": "Two places"}
        values |= {"answer": values["answer"] if values["state"] == "answered" else ""}
    if verb == "detention.identity":
        values["phone"] = ("+592 555 0142",)
    if verb == "detention.right":
        values["note"] = "Sent for"
    if "telephone" in values:
        values["telephone"] = "+592 555 0142"
    if verb == "exhibit.seize":
        defaults = dict(VERBS[verb].defaults())
        values |= {name: defaults[name] for name in not_of(values["kind"])}
    if verb == "openings.read":
        values |= {"week": "", "officer": "0f" * 16, "first": "0f" * 32}
    if verb == "entry.vouch":
        values["nonce"] = "ab" * 32
    if verb == "officer.passkey":
        values["name"] = "node.example.org"
    if verb == "person.state":
        values |= dict.fromkeys(KNOWN_BY, ("12 Water St", "MV Estrella"))
    if verb == "hit.found":
        values |= {"left": "exhibit:" + "a" * 32, "right": "person:" + "b" * 32}
    if verb in ("hit.postpone", "key.make"):
        values["until"] = "2018-05-01"
    if verb == "device.enrol":
        values |= {"officer": "0f" * 16, "until": AT, "verb": ("person.meet", "exhibit.seize")}
    if verb == "late.batch":
        values["known"] += values["late"]
    if verb == "late.sum":
        values["as_of"] = values["cut"]
    if verb == "limit.confirm":
        values["hours"] = 1 + values["hours"] if values["rule"] == "hours" else 0
    if verb == "protection.block":
        values["records"] = sum(values[name] for name in COUNTED)
    if verb == "team.contact":
        values["site"] = values["site"] if values["outcome"] == "sent-elsewhere" else ""
        if values["outcome"] == "not-reached":
            values |= {"next_due": None, "left": ""}
    if verb in ("site.register", "visit.record"):
        values["living_space_people"] = max(1, values["living_space_people"])
    if verb == "headcount.explain":
        values |= {"left_before_spoken": 1 + values["left_before_spoken"], "note": "Generated"}
    if verb == "room.measure":
        values["label"] = "Generated"
    if verb == "store.audit":
        here, reading = f"a{values['expected'][0]}", values["seals"][0]
        values |= {"expected": (here,), "missing": (), "unexpected": ()}
        values["seals"] = (msgspec.structs.replace(reading, exhibit=here),)
    if verb == "store.explain":
        values |= {"about": f"missing:a{values['about']}", "outcome": "found-again"}
    if verb == "visit.record":
        values["people"] = max(1, values["people"]) if values["outcome"] == "people-found" else 0
        values["hours_a_day"] = values["hours_a_day"] and 1 + values["hours_a_day"] % 23
        values["days_a_week"] = values["days_a_week"] and 1 + values["days_a_week"] % 7
        values["conditions_absent"] = tuple(set(values["conditions_absent"]) - set(values["conditions"]))
    return values


def body(verb: str, statements: tuple[Statement, ...]) -> Body:
    return Body(
        verb=verb,
        subject="s",
        authority="a",
        officer="o",
        happened=Happened(at=AT, zone="America/Barbados"),
        clock=AT,
        statements=statements,
    )


def test_every_entry_type_is_imported() -> None:
    assert len(VERBS) >= 50


@pytest.mark.parametrize("verb", sorted(VERBS))
@settings(max_examples=15, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_what_is_said_comes_back_from_the_wire_the_same(verb: str, data) -> None:
    kind = VERBS[verb]
    drawn = data.draw(values(kind))
    try:
        verb_said = build(kind, drawn)
    except Refused:
        assume(False)
    sent = msgspec.json.encode(body(verb, statements(verb_said)))
    assert content(msgspec.json.decode(sent, type=Body)) == verb_said


def test_many_values_are_a_statement_each_and_a_single_one_is_one() -> None:
    meet = build(
        VERBS["person.meet"],
        {"reference": "P-1", "counting": "c", "country": "GY", "language": ["spa", "wba"], "sex": "female"},
    )
    stated = statements(meet, {"sex": ("h1",), "language": ("h2",)})
    assert [(s.field, s.value, s.supersedes) for s in stated if s.field in ("language", "sex")] == [
        ("sex", "female", ("h1",)),
        ("language", "spa", ("h2",)),
        ("language", "wba", ("h2",)),
    ]


def test_a_value_taken_away_is_retracted_and_a_default_that_says_something_is_said() -> None:
    meet = build(VERBS["person.meet"], {"reference": "P-1", "counting": "c", "country": "GY"})
    by_field = {s.field: s for s in statements(meet, dict.fromkeys(("sex", "language", "danger"), ("h",)))}
    assert by_field["sex"].operator == by_field["language"].operator == "retract"
    assert (by_field["danger"].operator, by_field["danger"].value) == ("assert", "no")


def test_two_values_of_a_single_field_in_one_entry_are_refused() -> None:
    twice = (Statement("words", "assert", "a"), Statement("words", "assert", "b"))
    with pytest.raises(Refused, match="two values") as why:
        content(body("custody.statement", twice))
    assert why.value.field == "words"


@pytest.mark.parametrize("operator", ["assert", "retract", "attest"])
def test_an_unknown_field_is_refused_naming_the_field(operator) -> None:
    statements = (Statement("words", "assert", "a"), Statement("mood", operator, "b"))
    with pytest.raises(Refused) as why:
        content(body("custody.statement", statements))
    assert (why.value.field, why.value.rule) == ("mood", "is not a field of this entry")


def test_an_unknown_code_is_refused_with_the_name_of_its_list() -> None:
    for make in (
        lambda: build(VERBS["hit.count"], {"about": "mood", "country": "GY"}),
        lambda: VERBS["hit.count"](about="mood", country="GY"),
        lambda: content(
            body("hit.count", (Statement("about", "assert", "mood"), Statement("country", "assert", "GY")))
        ),
    ):
        with pytest.raises(Refused) as why:
            make()
        assert (why.value.field, why.value.rule) == ("about", "'mood' is not in the list 'check-subjects'")


def test_an_unknown_entry_type_is_kept_and_not_folded() -> None:
    new = body("weather.report", (Statement("rain", "assert", True),))
    assert msgspec.json.decode(msgspec.json.encode(new), type=Body) == new
    with pytest.raises(Refused, match="kept and not folded") as why:
        content(new)
    assert why.value.field == "verb"


@pytest.mark.parametrize(
    ("verb", "values_", "field"),
    [
        ("hit.count", {"about": "person"}, "country"),
        ("hit.count", {"about": 3, "country": "GY"}, "about"),
        ("hit.count", {"about": "person", "country": "GY", "mood": 1}, "mood"),
        ("window.set", {"name": "x", "opens": "2018-04-05T09:40:00", "closes": AT}, "opens"),
        ("window.set", {"name": "x", "opens": "yesterday", "closes": AT}, "opens"),
        ("window.set", {"name": "x", "opens": AT, "closes": AT}, "closes"),
        ("person.state", {"birth": {"date": "1999-13"}}, "birth"),
        ("person.state", {"name": [{"text": 5}]}, "name.text"),
        ("person.state", {"name": [{}]}, "name.text"),
        ("tally.link", {"other": "x", "same": "maybe"}, "same"),
    ],
)
def test_every_refusal_names_the_field_in_words_without_jargon(verb, values_, field: str) -> None:
    with pytest.raises(Refused) as why:
        build(VERBS[verb], values_)
    assert why.value.field == field
    assert not any(word in why.value.rule for word in ("`", "$", "str", "RFC", "object", "Expected"))


def test_an_entry_with_an_unknown_source_or_a_clock_without_zone_is_not_made() -> None:
    for change in ({"source": "rumour"}, {"clock": datetime(2018, 4, 5)}):
        with pytest.raises(Refused):
            msgspec.structs.replace(body("hit.count", ()), **change)
            Body(**{**msgspec.structs.asdict(body("hit.count", ())), **change})
