"""Entries -> the list of services outside Libertad, and the one-time pages by which they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.care.outside_models import AskedPage, OpenPage, OutsideService
from libertad.journal.causal import as_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs import outside as say

SERVICES = ("service.register", "service.confirm", "service.end")
PAGES = ("page.ask", "page.recall", "page.result", "page.settle")
PASSING = ("sent", "opened")  # states after which another comes


@project(
    OutsideService,
    verbs=SERVICES,
    key=lambda entry: (entry.subject,),
    begins=content_of(say.ServiceRegister),
    own=SERVICES,
)
def service_row(key: str, entries: Sequence[Said]) -> Row | None:
    """As the last confirmed registration says; a confirmation of who registered it counts for nothing."""
    ordered = as_said(entries)
    if not any(isinstance(entry.content, say.ServiceRegister) for entry in ordered):
        return None
    columns: dict[str, Any] = {"zone": ordered[0].happened.zone}
    words: dict[str, Any] = {}
    waiting: Said | None = None
    for entry in ordered:
        match entry.content:
            case say.ServiceRegister():
                waiting = entry
            case say.ServiceConfirm() as reading:
                if waiting is None or reading.entry != waiting.id or entry.officer == waiting.officer:
                    continue
                if reading.agrees == "yes":
                    columns |= _confirmed_columns(waiting, entry)
                words = {"reading": reading.words, "agrees": reading.agrees, "reader": entry.officer}
                waiting = None
            case say.ServiceEnd() as end:
                columns["ended"], waiting = True, None
                words = {"ended": end.reasons}
    columns["proposed"] = None if waiting is None else _proposed_words(waiting)
    return Row(ordered[0].compartment, columns, words)


def _confirmed_columns(registration: Said, confirmation: Said) -> dict[str, Any]:
    content = cast(say.ServiceRegister, registration.content)
    return {
        "name": content.name,
        "telephone": content.telephone,
        "services": sorted(content.services),
        "confirmed_by": confirmation.officer,
        "confirmed_at": confirmation.at,
        "ended": False,
    }


def _proposed_words(registration: Said) -> dict[str, Any]:
    content = cast(say.ServiceRegister, registration.content)
    return {
        "entry": registration.id,
        "officer": registration.officer,
        "at": to_ms(registration.at),
        "zone": registration.happened.zone,
        "name": content.name,
        "telephone": content.telephone,
        "services": sorted(content.services),
        "checked_with": content.checked_with,
    }


@project(
    AskedPage,
    verbs=PAGES,
    key=lambda entry: (entry.subject,),
    begins=content_of(say.PageAsk),
    own=PAGES,
)
def asked_page_row(key: str, entries: Sequence[Said]) -> Row | None:
    return _page(as_said(entries))


@project(
    OpenPage,
    verbs=PAGES,
    key=lambda entry: (entry.subject,),
    begins=content_of(say.PageAsk),
    own=PAGES,
)
def open_page_row(key: str, entries: Sequence[Said]) -> Row | None:
    """None once the host shows the page no more and nobody has to look at what came of it."""
    ordered = as_said(entries)
    row = _page(ordered)
    if row is None:
        return None
    over = row.plain["state"] not in ("", *PASSING)
    if over and (row.plain["settled"] or row.plain["state"] == "recalled"):
        return None
    ask = next(entry.content for entry in ordered if isinstance(entry.content, say.PageAsk))
    host_words = {"link": ask.link, "salt": ask.salt, "question": ask.sealed, "key": ask.key}
    return Row(row.compartment, row.plain, {**(row.sealed or {}), **host_words})


def _page(ordered: Sequence[Said]) -> Row | None:
    """The first state after which no other comes holds, whatever a host says later."""
    requests = [entry for entry in ordered if isinstance(entry.content, say.PageAsk)]
    if not requests:
        return None
    ask, content = requests[0], cast(say.PageAsk, requests[0].content)
    columns: dict[str, Any] = {
        "person": content.person,
        "at": ask.at,
        "zone": ask.happened.zone,
        "officer": ask.officer,
        "referral": content.referral,
        "service": content.service,
        "page": content.page,
        "ends": content.ends,
        "state": "",
        "settled": any(isinstance(entry.content, say.PageSettle) for entry in ordered),
    }
    words: dict[str, Any] = {"to": content.to, "telephone": content.telephone, "line": content.line}
    words["shown"] = {name: getattr(content, name) for name in ("need", "day", "sex", "age", "language")}
    for entry in ordered:
        match entry.content:
            case say.PageRecall() as recall if "recalled_at" not in columns:
                columns["recalled_at"] = entry.at
                words["recalled"] = recall.reasons
            case say.PageSettle() as settled if settled.called:
                words["called"] = settled.called
            case say.PageResult() as result if columns["state"] in ("", *PASSING):
                columns |= {"state": result.state, "state_at": entry.at}
                if result.openings:
                    columns |= {"openings": result.openings, "opened_at": result.opened_at}
                if result.answer:
                    words |= {"answer": result.answer, "earliest": result.earliest, "words": result.words}
    return Row(ask.compartment, columns, words)
