"""A node that does not know phones takes none for the authority, and reads all once it is updated."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from libertad.exchange.authorization import full_reauthorization
from libertad.vocabulary import formats
from libertad.vocabulary.body import VERBS, Verb
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_phones import taken
from tests.security.samples import sample
from tests.security.test_forging_access import alarmed, operation_file
from tests.security.test_thiefs_succession import leads, speaking
from tests.support.nodes import settle
from tests.support.phones import hand_over, held, here, lead_words

pytestmark = [pytest.mark.django_db]


class Before(Verb, frozen=True, kw_only=True):
    """`device.enrol` of before there were phones."""

    SUBJECT: ClassVar[str] = "authority"
    public: str
    note: str = ""


def test_an_older_node_holds_a_phones_enrolment_and_takes_nothing_that_it_signs(
    three: Three, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, place = taken(three, tmp_path, enrol=False)
    phone.enrolled(three.guyana)
    good = phone.say(lead_words(), place)
    bad = phone.say(sample("officer.appoint", role="national-lead"), operation_file(three.guyana))
    hand_over(three.guyana, phone.entries())
    with monkeypatch.context() as older:
        older.setitem(VERBS, "device.enrol", Before)
        for _ in range(3):
            three.centre.pull(three.guyana)
    assert [reason for reason, _ in held(three.centre).values()] == ["unknown"]
    assert not here(three.centre, good) and not here(three.centre, bad)
    assert phone.device not in speaking(three.centre, three.guyana) and not alarmed(three.centre)
    assert formats.needed("phone") <= formats.TODAY, "its peers know that it is older"
    three.centre.node.writer.submit(full_reauthorization.judge_anew)  # as at its first start after the update
    three.centre.node.writer.submit(lambda tx: tx.sql.run("update exchange_want set again = 0"))  # in time
    settle(list(three))
    assert held(three.centre).keys() == {bad} and here(three.centre, good)
    assert len(leads(three.centre)) == 2
    assert phone.device not in speaking(three.centre, three.guyana)
