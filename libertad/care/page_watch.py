"""This node's side of one-time pages: it brings them to the host, takes answers, and takes pages back."""

from __future__ import annotations

import logging
import threading

from libertad.access.acting import perform
from libertad.access.actor import Actor, itself
from libertad.access.submissions import CURRENT
from libertad.answer_page.limits import page_limits
from libertad.answer_page.messages import ANSWERS, Answer, Item, Standing
from libertad.answer_page.sealing import Forged, open_answer
from libertad.care import page_host
from libertad.care.actions.take_results import DuePage, due_pages, take_result
from libertad.journal.node import Node, node
from libertad.journal.periodic import Periodic

logger = logging.getLogger("libertad.care")
EVERY = 20.0  # seconds between two looks
PATIENCE = 8.0  # seconds that an officer waits for a look that is under way
FAILURE = "one-time pages: the host could not be asked"
CARES = (
    "select m.authority, m.operation, a.zone from access_member m join access_authority a "
    "on a.id = m.authority where m.kind = 'care' order by m.authority, m.operation"
)


def run_due(here: Node) -> int:
    """Do with each page what is due; how many words that made. Raises HostFailed. Asked about nothing, the
    host is not called: that nothing is open it learns by silence alone."""
    if not page_host.is_set() or here.sql().first("select 1 from care_openpage limit 1") is None:
        return 0
    news = 0
    for authority, operation, zone in here.sql().all(CARES):
        if authority not in here.rings.open:
            continue
        actor = itself(authority, operation, zone or "UTC")
        due = {page.page: page for page in perform(actor, due_pages)}
        if due:
            news += _ask(actor, due)
    return news


def _ask(actor: Actor, due: dict[str, DuePage]) -> int:
    news, answered = 0, []
    for reply in page_host.ask([_item(page) for page in due.values()]):
        if page_host.clock_is_off(reply):
            logger.warning("one-time pages: the clock of the host, or of this node, is wrong")
        for standing in reply.pages:
            page = due.get(standing.id)
            if page is None:
                continue
            state, answer = outcome(page, standing)
            if state:
                seconds = standing.opened
                news += perform(actor, take_result, page=page.id, state=state, opened=seconds, answer=answer)
            if standing.sealed:
                answered.append(Item(page.page, "forget"))
    if answered:  # only what is durable here
        page_host.ask(answered)
    return news


def _item(page: DuePage) -> Item:
    if page.op != "put":
        return Item(page.page, "recall" if page.op == "recall" else "look")
    return Item(page.page, "put", link=page.link, salt=page.salt, sealed=page.sealed, seconds=page.seconds)


def outcome(page: DuePage, standing: Standing) -> tuple[str, Answer | None]:
    """What a host's word about a page is taken for: its state here ('' for nothing new), and its answer.

    An answer that no question of this page led to is told as forged. A page that the host no longer has is
    lost, unless it was to be taken back: then it is gone, which was asked for.
    """
    state = standing.state
    if state == "answered":
        try:
            answer = open_answer(bytes.fromhex(standing.sealed), page.page, page.key)
        except (Forged, ValueError):
            return "forged", None
        return (state, answer) if is_answer(answer) else ("forged", None)
    if page.op == "recall":
        ended = "recalled" if page.is_recalled else "expired"
        return ("" if state in ("open", "absent") else ended), None
    if state == "open":
        return ("opened" if standing.opened else "sent"), None
    if state == "absent" and not page.is_sent:  # it did not take it
        return "", None
    return ("lost" if state in ("absent", "recalled") else state), None


def is_answer(answer: Answer) -> bool:
    """Whether the form of a page gives such an answer: a host in somebody's hands may send any."""
    return answer.answer in ANSWERS and len(answer.words) <= page_limits().words


_watch: Periodic | None = None
_running = threading.Lock()


def _turn(patience: float = -1) -> None:
    """One look; what the node says by it belongs to no form that is being answered. Raises HostFailed, also
    where another look is under way for longer than `patience` (below 0: for ever)."""
    if not _running.acquire(timeout=patience):
        raise page_host.HostFailed("it is being asked already, and is slow")
    form = CURRENT.set(None)
    try:
        run_due(node())
    finally:
        CURRENT.reset(form)
        _running.release()


def start() -> None:
    """Begin to watch, where this process serves."""
    global _watch
    if _watch is None:
        _watch = Periodic("libertad-pages", EVERY, _turn, logger, FAILURE).start()


def stop() -> None:
    global _watch
    if _watch is not None:
        _watch.stop()
        _watch = None


def look_now() -> bool:
    """Bring to the host at once what waits for it: a link that somebody reads out is not to wait. Whether the
    host answered."""
    try:
        _turn(PATIENCE)
    except page_host.HostFailed:
        return False
    return True
