"""A service answers by a page of one time; nothing of it counts until somebody called back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actor import itself
from libertad.access.entries import entry
from libertad.answer_page import sealing
from libertad.answer_page.messages import Answer
from libertad.care import page_host, page_watch, page_words
from libertad.care.actions import take_results
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.ask_page import ask_page, recall_page
from libertad.care.actions.refer import refer
from libertad.care.actions.take_person import take_person
from libertad.care.actions.take_results import due_pages, take_result
from libertad.care.actions.withdraw_consent import withdraw_consent
from libertad.care.models import Referral
from libertad.care.outside_models import AskedPage, OpenPage
from libertad.care.page_sealing import NewPage, new_page
from libertad.care.queries_outside import PageAsked, pages
from libertad.journal.node import node
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from libertad.web.waiting_pages import pages_to_settle
from tests.care.people import CHILD, CLINIC, born, consent, meet
from tests.care.test_outside import confirm, only, registered
from tests.journal.test_subjects import entry_of
from tests.support.care_rows import care_row
from tests.support.closing import close_by_two
from tests.support.page_host import Host, hosted
from tests.support.sealed_rows import opened
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
LINE = "+592 555 0142"
SHOWN = {"sex": "female", "age": "adult-18-24", "language": "spa", "day": "2018-04-12"}


@pytest.fixture
def host(world: World, monkeypatch: Any, settings: Any, tmp_path: Path) -> Iterator[Host]:
    with hosted(monkeypatch, settings, tmp_path) as host:
        yield host


class Case:
    """A person, the referral, and the page that was last asked of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        confirm(world, "supervisor", registered(world))
        self.person = meet(world)
        self.agreed = consent(world, self.person)
        self.referral = self.refer()

    def refer(self, **changed: Any) -> str:
        values = {"service": "medical", "to": CLINIC, "disclosed": ("sex", "age", "languages"), **changed}
        done: str = self.world.perform("caseworker", refer, person=self.person, consent=self.agreed, **values)
        return done

    def ask(self, role: str = "caseworker", **changed: Any) -> NewPage:
        shown = SHOWN | {name: value for name, value in changed.items() if name in SHOWN}
        self.new = new_page(need="medical", line=LINE, **shown)
        values = {
            "person": self.person,
            "referral": self.referral,
            "service": only(self.world).id,
            "line": LINE,
            "new": self.new,
            **shown,
            **changed,
        }
        self.key = self.world.perform(role, ask_page, **values)
        return self.new

    @property
    def page(self) -> PageAsked:
        return pages(self.world.actor("caseworker"), self.person, self.referral)[0]

    def today(self, role: str = "caseworker") -> list[str]:
        return [item.title for item in pages_to_settle(self.world.actor(role))]


@pytest.fixture
def case(world: World, host: Host) -> Case:
    return Case(world)


def look() -> int:
    return page_watch.run_due(node())


def test_from_the_button_to_the_answer_that_counts(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    assert case.page.state == "" and look() == 1 and case.page.state == "sent"
    assert look() == 0, "nothing new says nothing"
    tried, question = host.open(new.token, new.code)
    assert (question.service, question.day, question.line) == ("medical", "2018-04-12", LINE)
    assert (question.sex, question.age, question.language) == ("female", "adult-18-24", "spa")
    assert look() == 1 and (case.page.state, case.page.openings) == ("opened", 1)
    assert case.today() == []
    answer = Answer("accepted", "2018-04-12", "two places, ask for the duty nurse")
    assert host.store.take_answer(tried, sealing.seal_answer(answer, tried.id, question.key))
    assert look() == 1 and case.page.state == "answered"
    assert case.today() == [f"Unconfirmed, call back: {CLINIC}"]
    facts = " ".join(f"{fact.label} {fact.value} {fact.note}" for fact in page_words.facts(case.page, None))
    assert "two places" in facts and "call back" in facts and "+592 555 0101" in facts
    assert care_row(Referral, pk=case.referral).state == "asked", "an answer by the page is not an answer"
    with pytest.raises(Refused) as why:
        world.perform("caseworker", answer_referral, referral=case.referral, answer="accepted")
    assert why.value.field == "called"
    world.perform(
        "caseworker", answer_referral, referral=case.referral, answer="accepted", called="Sister Agnes"
    )
    assert case.today() == [] and case.page.settled and case.page.words["called"] == "Sister Agnes"
    assert not OpenPage.objects.exists() and AskedPage.objects.count() == 1
    assert look() == 0
    for model in (AskedPage, OpenPage):
        assert_order_free(model)


def test_the_host_learns_neither_name_nor_place_nor_reference(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    _tried, question = host.open(new.token, new.code)
    content = (host.store.db.execute("pragma database_list").fetchone()[2], *host.requests)
    stored = Path(str(content[0])).read_bytes() + b"".join(host.requests)
    reference = care_row(Referral, pk=case.referral).person
    for word in (
        "Lan T. N.",
        "Clinic",
        reference,
        case.person,
        case.referral,
        world.operation,
        new.code,
        LINE,
    ):
        assert word.encode() not in stored, word
    assert set(question.__struct_fields__) == {
        "service",
        "day",
        "sex",
        "age",
        "language",
        "line",
        "key",
    }


def test_link_and_code_are_in_no_entry_and_no_row(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    assert new.token not in repr(new) and new.code not in repr(new)
    row = opened(OpenPage)[0]
    assert row.opened_for is not None
    for secret in (new.token, new.code):
        assert secret not in str(row.opened_for[1])


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"service": "0" * 32}, "service"),
        ({"referral": "0" * 32}, "referral"),
        ({"line": "ask for Ana"}, "line"),
        ({"day": "2018-04-01"}, "day"),
        ({"person": "0" * 32}, "person"),
    ],
)
def test_what_does_not_fit_is_refused(world: World, host: Host, changed: dict[str, Any], field: str) -> None:
    case = Case(world)
    with pytest.raises(Refused) as why:
        case.ask(**changed)
    assert why.value.field == field and not AskedPage.objects.exists()


def test_a_page_tells_what_the_referral_tells_and_no_more(world: World, host: Host, case: Case) -> None:
    case.referral = case.refer(disclosed=("sex",))
    for field in ("age", "language"):
        with pytest.raises(Refused) as why:
            case.ask(**{"age": "", "language": "", field: SHOWN[field]})
        assert why.value.field == field
    case.ask(age="", language="")
    look()
    _tried, question = host.open(case.new.token, case.new.code)
    assert (question.sex, question.age, question.language) == ("female", "", "")


def test_another_service_than_the_person_agreed_to_is_not_asked(world: World, host: Host, case: Case) -> None:
    other = Case.__new__(Case)
    other.__dict__ = dict(case.__dict__)
    other.agreed = consent(world, case.person, recipient="Another clinic")
    other.referral = other.refer(to="Another clinic")
    with pytest.raises(Refused, match="nobody else"):
        other.ask()


def test_nobody_but_caseworkers_asks_and_only_of_whom_they_know(world: World, host: Host, case: Case) -> None:
    for role in ("officer", "deciding-authority", "prosecutor", "press", "administrator"):
        with pytest.raises(Forbidden):
            case.ask(role=role)
    case.ask()
    with pytest.raises(Forbidden):
        world.perform("caseworker", take_result, page=case.key, state="answered", answer=Answer("accepted"))


def test_withdrawn_consent_takes_the_page_back(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    world.perform("caseworker", withdraw_consent, consent=case.agreed)
    assert look() == 1 and case.page.state == "recalled"
    assert not host.store.is_live(sealing.link_name(new.token)) and not OpenPage.objects.exists()
    with pytest.raises(Refused, match="withdrawn"):
        case.ask()


def test_an_officer_takes_it_back_and_it_ends_at_the_host(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    host.down = True
    world.perform("caseworker", recall_page, page=case.key, reasons="Sent to the wrong address.")
    with pytest.raises(page_host.HostFailed):
        look()
    assert case.page.recalled and "has not said yet" in page_words.state(case.page)
    with pytest.raises(Refused, match="nothing can be answered"):
        world.perform("caseworker", recall_page, page=case.key, reasons="Again.")
    host.down = False
    assert look() == 1 and case.page.state == "recalled"
    assert not host.store.is_live(sealing.link_name(new.token))
    case.ask()
    assert look() == 1 and case.page.state == "sent", "another one can be asked"


def test_a_referral_that_is_answered_by_telephone_ends_its_page(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    world.perform("caseworker", answer_referral, referral=case.referral, answer="accepted")
    assert look() == 1 and not host.store.is_live(sealing.link_name(new.token))


def test_with_the_file_its_page_is_closed(world: World, host: Host, case: Case) -> None:
    """So that no page is left of somebody whose files are erased."""
    new = case.ask()
    look()
    ends = {"reason": "wish", "afterwards": "The duty line.", "despite": "The referral is not needed."}
    close_by_two(world, person=case.person, **ends)
    assert look() == 1 and case.page.state == "recalled"
    assert not host.store.is_live(sealing.link_name(new.token))


def test_a_host_that_is_down_gets_it_later_and_somebody_is_told(
    world: World, host: Host, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    host.down = True
    case.ask()
    with pytest.raises(page_host.HostFailed):
        look()
    assert case.today() == [] and not case.page.trouble
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11)
    from libertad.care import queries_outside

    with monkeypatch.context() as patched:
        patched.setattr(queries_outside.time, "time", later.timestamp)
        assert case.today() == [f"The page for {CLINIC}: its host does not answer"]
    host.down = False
    assert look() == 1 and case.page.state == "sent"


def test_five_wrong_codes_stand_on_today_until_somebody_acts(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    for _ in range(5):
        tried = host.store.begin_try(sealing.link_name(new.token))
        assert tried is not None
        host.store.fail_try(tried)
    assert look() == 1 and case.page.state == "dead"
    assert case.today() == [f"Too many wrong codes: the page for {CLINIC} is gone"]
    case.ask()
    assert case.today() == [], "asked again"
    assert [page.settled for page in pages(world.actor("caseworker"), case.person, case.referral)] == [
        False,
        True,
    ]


def test_its_time_is_over_by_this_nodes_clock_whatever_the_host_shows(
    world: World, host: Host, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = case.ask()
    look()
    monkeypatch.setattr(take_results, "_clock", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(hours=73))
    assert host.store.is_live(sealing.link_name(new.token)), "the host's clock stands still"
    assert look() == 1 and case.page.state == "expired"
    assert not host.store.is_live(sealing.link_name(new.token))
    assert case.today() == [f"{CLINIC} has not answered by its page"]


def test_an_answer_that_the_host_made_up_is_told_and_not_believed(
    world: World, host: Host, case: Case
) -> None:
    case.ask()
    look()
    host.store.db.execute("update page set state = 'answered', answer = ?", (b"x" * 400,))
    assert look() == 1 and case.page.state == "forged"
    assert case.today() == [f"An answer that {CLINIC} has not given"]


def test_an_answer_of_another_page_played_again_is_forged(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    assert host.answer(new.token, new.code, Answer("accepted"))
    answer = host.store.db.execute("select answer from page").fetchone()[0]
    look()
    world.perform(
        "caseworker", answer_referral, referral=case.referral, answer="declined", reasons="x", called="A"
    )
    case.referral = case.refer()
    case.ask()
    look()
    host.store.db.execute("update page set state = 'answered', answer = ? where state = 'open'", (answer,))
    look()
    assert case.page.state == "forged"


@pytest.mark.parametrize("answer", [Answer("maybe"), Answer("accepted", words="x" * 1500), Answer("")])
def test_an_answer_that_no_form_gives_is_forged_and_stops_no_other_page(
    world: World, host: Host, case: Case, answer: Answer
) -> None:
    """As a host would send it that is in somebody's hands while a question is open."""
    new = case.ask()
    look()
    assert host.answer(new.token, new.code, answer)
    host.store.db.execute("update page set opened = '[-9000000000000]'")
    assert look() == 1 and case.page.state == "forged" and case.page.openings == 0


def test_a_second_answer_and_another_story_of_the_host_change_nothing(
    world: World, host: Host, case: Case
) -> None:
    new = case.ask()
    look()
    assert host.answer(new.token, new.code, Answer("accepted", words="first"))
    actor = itself(world.actor("caseworker").authority, world.operation, "UTC")
    due = perform(actor, due_pages)
    assert look() == 1
    sealed = sealing.seal_answer(Answer("declined", words="second"), due[0].page, due[0].key)
    assert not perform(actor, take_result, page=case.key, state="answered", answer=Answer("declined"))
    host.store.db.execute("update page set answer = ?", (sealed,))
    assert look() == 0 and case.page.words["words"] == "first"


def test_two_processes_that_ask_at_the_same_time_say_it_once(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    look()
    assert host.answer(new.token, new.code, Answer("call"))
    actor = itself(world.actor("caseworker").authority, world.operation, "UTC")
    due = {page.page: page for page in perform(actor, due_pages)}  # as the first process read it
    assert page_watch._ask(actor, due) == 1
    host.store.db.execute("update page set state = 'answered'")
    assert page_watch._ask(actor, due) == 0, "the second finds it said"


def test_replies_that_are_not_this_hosts_or_of_another_request_are_nothing(
    world: World, host: Host, case: Case
) -> None:
    case.ask()
    first: list[bytes] = []

    def record(message: bytes, reply: bytes) -> bytes:
        first.append(reply)
        return reply

    host.lies = record
    look()
    for lie in (
        lambda message, reply: first[0],
        lambda message, reply: reply[:-1] + b" ",
        lambda message, reply: b"<html>",
        lambda message, reply: b"",
    ):
        host.lies = lie
        with pytest.raises(page_host.HostFailed):
            look()
    assert case.page.state == "sent"


def test_a_page_that_the_host_lost_is_told(world: World, host: Host, case: Case) -> None:
    case.ask()
    look()
    host.store.db.execute("delete from page")
    assert look() == 1 and case.page.state == "lost"
    assert case.today() == [f"The page for {CLINIC} is gone from its host"]


def test_a_page_that_can_be_answered_is_not_asked_twice(world: World, host: Host, case: Case) -> None:
    new = case.ask()
    with pytest.raises(Refused, match="take it back first"):
        case.ask()
    look()
    assert host.answer(new.token, new.code, Answer("accepted"))
    look()
    with pytest.raises(Refused, match="call it back first"):
        case.ask()


def test_without_a_host_nothing_is_called(world: World, host: Host, case: Case, settings: Any) -> None:
    settings.LIBERTAD_ANSWER_HOST = ""
    case.ask()
    assert look() == 0 and host.requests == []
    settings.LIBERTAD_ANSWER_HOST = "http://pages.example"
    assert page_host.is_set()


def test_a_colleague_reads_no_entry_of_a_persons_page_or_referral(
    world: World, host: Host, case: Case
) -> None:
    case.ask()
    look()
    world.perform("caseworker", take_person, person=case.person)
    for verb in ("page.ask", "page.result", "referral.make"):
        name = entry_of(verb).id
        assert entry(world.actor("caseworker"), name) is not None
        assert entry(world.actor("supervisor"), name) is not None
        assert entry(world.actor("second-caseworker"), name) is None, verb
    page = world.client("caseworker").get(reverse("entry", args=[entry_of("page.ask").id])).content.decode()
    assert CLINIC in page and entry_of("page.ask").content.key not in page  # type: ignore[attr-defined]


@pytest.mark.parametrize("child", [True, False])
def test_a_page_without_an_answer_is_the_supervisors_task_too_and_a_childs_a_danger(
    world: World, host: Host, case: Case, child: bool
) -> None:
    world.perform("caseworker", take_person, person=case.person)
    if child:
        born(world, case.person, CHILD)
    case.ask()
    look()
    due = next(iter(due_pages_of(world)))
    perform(itself(world.authorities["care"], world.operation, "UTC"), take_result, page=due, state="expired")
    items = [item for item in waiting(world.actor("caseworker")) if "by its page" in item.title]
    assert [(item.title, item.danger) for item in items] == [
        (f"{CLINIC} has not answered by its page", child)
    ]
    named = [item for item in waiting(world.actor("supervisor")) if CLINIC in item.title]
    assert [item.danger for item in named] == [child], "said once, to who may read the file or not"
    shown = world.client("second-caseworker").get("/care/everybody/").content.decode()
    assert f"{CLINIC} has not answered" in shown
    world.perform(
        "caseworker", answer_referral, referral=case.referral, answer="declined", reasons="Told by telephone"
    )
    assert not [item for item in waiting(world.actor("caseworker")) if "by its page" in item.title]


def due_pages_of(world: World) -> list[str]:
    return list(OpenPage.objects.values_list("pk", flat=True))
