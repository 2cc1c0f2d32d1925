"""Services outside Libertad: who they are, by two officers, and what they answer on a page of one time."""

from __future__ import annotations

import re
from datetime import datetime

from libertad.vocabulary.body import Verb
from libertad.vocabulary.bounds import check_length, check_text
from libertad.vocabulary.values import Refused, whole_date
from libertad.vocabulary.verbs.access import hexadecimal

LONGEST = 200
TELEPHONE = re.compile(r"[+0-9][0-9 ()./\-]{4,38}[0-9]")
LEAST_DIGITS = 7  # of a telephone number with its country
MOST_SEALED = 2048  # hexadecimal digits


def check_telephone(field: str, text: str) -> None:
    """Refused for what nobody can dial."""
    if not TELEPHONE.fullmatch(text) or sum(map(str.isdecimal, text)) < LEAST_DIGITS:
        raise Refused(field, "give the telephone number with its country, such as +592 555 0101")


class ServiceRegister(Verb, frozen=True, kw_only=True):
    """An officer names a service outside Libertad with its telephone number; a second one confirms it.

    Libertad's own rule. Until another officer has confirmed just this entry nobody is asked by it.
    """

    VERB = "service.register"
    SUBJECT = "service"
    CODES = {"services": "services"}
    name: str
    telephone: str
    checked_with: str
    services: tuple[str, ...] = ()

    def check(self) -> None:
        check_text("name", self.name, "name the service, as people's agreements name it", LONGEST)
        check_telephone("telephone", self.telephone)
        check_text("checked_with", self.checked_with, "say where you have the number from", LONGEST)


class ServiceConfirm(Verb, frozen=True, kw_only=True):
    """A second officer checked the number elsewhere and confirms it, or does not. `entry`: what was read."""

    VERB = "service.confirm"
    SUBJECT = "service"
    CODES = {"agrees": "yes-no"}
    entry: str
    agrees: str
    words: str

    def check(self) -> None:
        hexadecimal(self.entry, 32, "entry")
        check_text("words", self.words, "say where you checked the number, or what is wrong with it", LONGEST)


class ServiceEnd(Verb, frozen=True, kw_only=True):
    """A service is asked no more, with the reason. Registered and confirmed again, it is."""

    VERB = "service.end"
    SUBJECT = "service"
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why it is asked no more", LONGEST)


class PageAsk(Verb, frozen=True, kw_only=True):
    """A service is asked by a page of one time: what the page shows, and the page as the host gets it.

    `service`: its row in the list of services. `page`, `link`, `salt`, `sealed`: as the host knows it;
    neither the link nor the code is here. `key`: under which the answer comes. `ends`: by the node's clock.
    """

    VERB = "page.ask"
    SUBJECT = "page"
    CODES = {"need": "services", "sex": "sexes", "age": "age-groups", "language": "languages"}
    OPAQUE = frozenset({"link", "salt", "sealed", "key"})
    person: str
    referral: str
    service: str
    to: str
    telephone: str
    need: str
    day: str = ""
    sex: str = ""
    age: str = ""
    language: str = ""
    line: str
    page: str
    link: str
    salt: str
    sealed: str
    key: str
    ends: datetime

    def check(self) -> None:
        if self.day:
            whole_date(self.day, "day")
        check_telephone("line", self.line)
        hexadecimal(self.page, 16, "page")
        hexadecimal(self.link, 32, "link")
        hexadecimal(self.salt, 16, "salt")
        hexadecimal(self.key, 32, "key")
        check_length("sealed", self.sealed, MOST_SEALED)


class PageRecall(Verb, frozen=True, kw_only=True):
    """An officer takes a page back: the host shows it no more."""

    VERB = "page.recall"
    SUBJECT = "page"
    person: str
    reasons: str

    def check(self) -> None:
        check_text("reasons", self.reasons, "say why it is taken back", LONGEST)


class PageResult(Verb, frozen=True, kw_only=True):
    """What the node learnt of a page from its host: how it stands, when it was opened, what was answered.

    An answer is unconfirmed whatever it says: it counts for nothing until the service was called back.
    """

    VERB = "page.result"
    SUBJECT = "page"
    CODES = {"state": "page-states", "answer": "page-answers"}
    person: str
    state: str
    openings: int = 0
    opened_at: datetime | None = None
    answer: str = ""
    earliest: str = ""
    words: str = ""

    def check(self) -> None:
        if self.earliest:
            whole_date(self.earliest, "earliest")
        check_length("words", self.words, LONGEST * 3)
        if self.openings < 0 or bool(self.openings) != (self.opened_at is not None):
            raise Refused("openings", "how often it was opened goes with when it last was")
        if bool(self.answer) != (self.state == "answered"):
            raise Refused("answer", "an answered page has an answer, and no other has")


class PageSettle(Verb, frozen=True, kw_only=True):
    """A caseworker dealt with what came of a page: whom they called back, if it was answered.

    `called` '' where there was no answer to confirm.
    """

    VERB = "page.settle"
    SUBJECT = "page"
    person: str
    called: str = ""

    def check(self) -> None:
        check_length("called", self.called, LONGEST)
