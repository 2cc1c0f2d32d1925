"""One answer, five tries, an end: whatever is asked twice, at the same time, late, or by a wrong clock."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from libertad.answer_page import sealing, store
from libertad.answer_page.limits import page_limits
from libertad.answer_page.messages import Answer, Item
from libertad.answer_page.signing import NotSigned
from libertad.answer_page.store import Store
from tests.answer_page.conftest import Host, Made, new_page


def stands(host: Host, page: Made) -> str:
    return host.ask(Item(page.id, "look")).pages[0].state


def link(page: Made) -> str:
    return sealing.link_name(page.token)


def test_a_page_is_answered_once_and_the_question_is_deleted_by_it(host: Host) -> None:
    page = new_page()
    assert host.ask(page.put).pages[0].state == "open"
    tried = host.store.begin_try(link(page))
    assert tried is not None
    host.store.end_try(tried, opening=True)
    sealed = sealing.seal_answer(Answer("accepted"), page.id, page.key)
    assert host.store.take_answer(tried, sealed)
    assert not host.store.take_answer(tried, sealing.seal_answer(Answer("declined"), page.id, page.key))
    standing = host.ask(Item(page.id, "look")).pages[0]
    assert (standing.state, len(standing.opened)) == ("answered", 1)
    assert sealing.open_answer(bytes.fromhex(standing.sealed), page.id, page.key).answer == "accepted"
    assert not host.store.is_live(link(page)) and host.store.begin_try(link(page)) is None
    kept = sqlite3.connect(host.path).execute("select link, salt, sealed from page").fetchall()
    assert kept == [(None, None, None)]
    assert host.ask(Item(page.id, "forget")).pages[0].sealed == ""
    assert host.ask(page.put).pages[0].state == "answered", "asked again it does not begin again"


def test_two_that_answer_at_the_same_time_are_one_answer(host: Host) -> None:
    page = new_page()
    host.ask(page.put)
    tried = [host.store.begin_try(link(page)) for _ in range(4)]
    assert None not in tried
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda one: host.store.take_answer(one, b"x"), tried))  # type: ignore[arg-type]
    assert done.count(True) == 1


def test_after_five_wrong_codes_a_page_is_dead_also_where_they_come_side_by_side(host: Host) -> None:
    page = new_page()
    host.ask(page.put)
    most = page_limits().tries
    with ThreadPoolExecutor(8) as pool:
        tried = [row for row in pool.map(lambda _: host.store.begin_try(link(page)), range(20)) if row]
    assert len(tried) == most, "no more codes are looked at than may be tried"
    assert [host.store.fail_try(row) for row in tried] == [0] * most
    assert stands(host, page) == "dead" and not host.store.is_live(link(page))
    assert sqlite3.connect(host.path).execute("select sealed from page").fetchall() == [(None,)]
    assert host.ask(page.put).pages[0].state == "dead"


def test_tries_are_counted_one_by_one_and_the_right_code_is_none(host: Host) -> None:
    page = new_page()
    host.ask(page.put)
    for left in (4, 3):
        tried = host.store.begin_try(link(page))
        assert tried is not None and host.store.fail_try(tried) == left
    for _ in range(10):
        tried = host.store.begin_try(link(page))
        assert tried is not None
        host.store.end_try(tried, opening=True)
    tried = host.store.begin_try(link(page))
    assert tried is not None and host.store.fail_try(tried) == 2


def test_looking_at_a_link_changes_no_byte(host: Host) -> None:
    page = new_page()
    host.ask(page.put)
    before = host.path.read_bytes()
    for _ in range(20):
        assert host.store.is_live(link(page))
    assert host.path.read_bytes() == before


def test_a_page_that_was_taken_back_never_comes_even_if_it_arrives_later(host: Host) -> None:
    page, late = new_page(), new_page()
    host.ask(page.put)
    kept = host.request(late.put)
    assert host.ask(Item(page.id, "recall")).pages[0].state == "recalled"
    assert host.ask(Item(late.id, "recall")).pages[0].state == "recalled"
    assert host.send(kept).pages[0].state == "recalled", "a request that somebody kept brings nothing back"
    assert not host.store.is_live(link(page)) and not host.store.is_live(link(late))
    answered = new_page()
    host.ask(answered.put)
    tried = host.store.begin_try(link(answered))
    assert tried is not None and host.store.take_answer(tried, b"x")
    assert host.ask(Item(answered.id, "recall")).pages[0].state == "answered"


def test_a_page_ends_by_the_time_that_has_run_wherever_the_clock_stands(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 4_000_000_000  # 2096: what it shows does not matter
    monkeypatch.setattr(store, "now", lambda: clock)
    page = new_page(seconds=600)
    host.store.answer_item("n", page.put)
    assert host.store.is_live(link(page))
    clock += 601
    assert not host.store.is_live(link(page)) and host.store.begin_try(link(page)) is None
    assert host.store.answer_item("n", Item(page.id, "look")).state == "expired"
    clock += page_limits().kept_days * 86400 + 1
    assert host.store.answer_item("n", Item(page.id, "look")).state == "absent"


def test_a_request_of_another_time_does_nothing_and_is_told_the_clock(host: Host) -> None:
    page = new_page()
    reply = host.send(host.request(page.put, sent_at=0))
    assert reply.pages == () and reply.clock > 0 and stands(host, page) == "absent"


def test_no_page_is_there_for_longer_than_it_may_be(host: Host) -> None:
    host.ask(new_page(seconds=10**9).put)
    ends = sqlite3.connect(host.path).execute("select ends from page").fetchone()[0]
    assert ends <= store.now() + page_limits().open_for.total_seconds()


def test_a_node_asks_of_its_own_pages_alone(host: Host) -> None:
    page = new_page()
    host.ask(page.put)
    for op in ("look", "recall", "forget"):
        assert host.store.answer_item("another", Item(page.id, op)).state in ("absent", "recalled")  # type: ignore[arg-type]
    assert host.store.is_live(link(page))


def test_what_no_known_node_signed_for_this_host_is_nothing_to_it(host: Host, tmp_path: object) -> None:
    page = new_page()
    whole = host.request(page.put)
    stranger = Host(host.store, host.path, host.key, type(host.node).generate())
    for message in (
        b"",
        whole[:-1],
        whole[:10] + b"\0" + whole[11:],
        host.request(page.put, host="0" * 64),
        stranger.request(page.put),
        whole + b" " * 300_000,
    ):
        with pytest.raises(NotSigned):
            host.send(message)
    assert stands(host, page) == "absent"


def test_a_reply_fits_the_request_that_it_answers_and_no_other(host: Host) -> None:
    from libertad.answer_page import node_side, signing

    page = new_page()
    first, second = host.request(page.put), host.request(Item(page.id, "look"))
    nodes = frozenset({signing.public(host.node)})
    reply = node_side.reply_to(first, host.store, nodes, host.key)
    with pytest.raises(NotSigned):
        signing.read_reply(reply, second, signing.public(host.key))
    with pytest.raises(NotSigned):
        signing.read_reply(reply, first, signing.public(host.node))


def test_the_store_is_read_by_its_own_user_alone(host: Host) -> None:
    assert host.path.stat().st_mode & 0o077 == 0 and host.path.parent.stat().st_mode & 0o077 == 0
    assert isinstance(host.store, Store)
