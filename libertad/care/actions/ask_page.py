"""Ask a service outside Libertad by a page of one time, or take that page back."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from libertad.access.acting import Act, action
from libertad.access.desks import KIND
from libertad.answer_page.limits import page_limits
from libertad.care.actions._desk import find_desk, refuse_elsewhere
from libertad.care.actions._file import NO_FILE, part, refuse_closed
from libertad.care.actions.refer import refuse_dead
from libertad.care.actions.register_service import confirmed_service
from libertad.care.consent_rules import same_recipient
from libertad.care.fold_outside import PASSING
from libertad.care.models import Consent, Referral
from libertad.care.outside_models import AskedPage, OpenPage
from libertad.care.page_sealing import NewPage
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import label
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.outside import PageAsk, PageRecall, PageSettle

TOLD = {"sex": "sex", "age": "age", "language": "languages"}  # field of the page -> part of the file


@action("page.ask", "page.settle", "compartment.open")
def ask_page(
    act: Act,
    *,
    person: str,
    referral: str,
    service: str,
    line: str,
    new: NewPage,
    day: str = "",
    sex: str = "",
    age: str = "",
    language: str = "",
) -> str:
    """Returns the page's id. `new` seals just these values: what is on file is what the page shows.

    Refused without a live agreement behind the referral, for another service than it names, and for what the
    referral does not tell.
    """
    desk = find_desk(act, PageAsk.VERB, person)
    row = part(act, Referral, referral, "referral", "referral.answer")
    if row["person"] != person:
        raise Refused("referral", NO_FILE)
    refuse_elsewhere(act, person)
    refuse_closed(act, row["compartment"])
    if row["state"] != "asked":
        raise Refused("referral", "the service has answered this referral: ask again by a new one")
    consent = part(act, Consent, row["consent"], "consent", "referral.make")
    refuse_dead(act, consent)
    outside = confirmed_service(act, service)
    if not same_recipient(outside["name"], row["to"]):
        raise Refused("service", "the person agreed to tell %(recipient)s, nobody else", recipient=row["to"])
    values = {"sex": sex, "age": age, "language": language}
    refuse_untold(values, row["disclosed"], consent["withheld"])
    if day:
        check_ahead(day, act.happened.local.date(), "day", years=2)
    _settle_earlier(act, desk.place, referral)
    content = PageAsk(
        person=person,
        referral=referral,
        service=service,
        to=outside["name"],
        telephone=outside["telephone"],
        need=row["service"],
        day=day,
        **values,
        line=line.strip(),
        page=new.page,
        link=new.link,
        salt=new.salt,
        sealed=new.sealed,
        key=new.key,
        ends=datetime.fromtimestamp(time.time(), UTC).replace(microsecond=0) + page_limits().open_for,
    )
    place = desk.place or act.open(KIND, person, [])
    subject = act.new_id()
    act.say(place, content, subject=subject, supersedes={})
    return subject


def refuse_untold(values: dict[str, str], disclosed: Iterable[str], withheld: Iterable[str]) -> None:
    """Refused for what the referral does not tell, or the person does not want told."""
    for field, part_of_file in TOLD.items():
        if values[field] and (part_of_file not in disclosed or part_of_file in withheld):
            raise Refused(
                field, "this referral does not tell it: %(part)s", part=label("file-parts", part_of_file)
            )


def _settle_earlier(act: Act, place: str, referral: str) -> None:
    """A page of the same referral that led to nothing is dealt with by asking again."""
    for row in pages_of(act, OpenPage, place, referral):
        if row["state"] == "answered":
            raise Refused("referral", "the service has answered by its page: call it back first")
        if row["state"] in ("", *PASSING):
            raise Refused("referral", "a page of this referral can still be answered: take it back first")
        act.say(place, PageSettle(person=row["person"]), subject=row["id"], supersedes={})


def pages_of(act: Act, model: type[Any], place: str, referral: str) -> list[dict[str, Any]]:
    """Pages of one referral at this desk."""
    return act.find(model, compartment=place, referral=referral) if place else []


@action("page.recall")
def recall_page(act: Act, *, page: str, reasons: str) -> None:
    """The host shows it no more once the node was told. Refused where nothing can be answered any more."""
    row = act.get(AskedPage, page)
    desk = find_desk(act, PageRecall.VERB, row["person"] if row is not None else "")
    if row is None or row["compartment"] != desk.place:
        raise Refused("page", NO_FILE)
    if row["state"] not in ("", *PASSING) or row["recalled_at"] is not None:
        raise Refused("page", "nothing can be answered there any more")
    act.say(
        desk.place, PageRecall(person=row["person"], reasons=reasons.strip()), subject=page, supersedes={}
    )
