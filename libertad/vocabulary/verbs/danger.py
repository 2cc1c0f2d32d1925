"""Danger to life, from being said to being closed; and which care authority police have confirmed as theirs.

Each side closes by its own word: police in the person's file, care in its protection file.
"""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused

LONGEST = 1000
DIALLED = frozenset("0123456789+ -()/.")


def check_done(done: str) -> None:
    """Refused without words on what was done, or with more than a page can show."""
    if not done.strip():
        raise Refused("done", "say what was done, and by whom")
    if len(done) > LONGEST:
        raise Refused("done", "say it in at most %(most)s characters", most=LONGEST)


def check_words(words: str) -> None:
    """Refused without words on what the danger is, or with more than a page can show."""
    if not words.strip():
        raise Refused("words", "say what the danger is; nothing about what was done to the person before")
    if len(words) > LONGEST:
        raise Refused("words", "say it in at most %(most)s characters", most=LONGEST)


def check_telephone(number: str) -> None:
    """Refused where a text is no number that can be dialled: signs of a number, and at least three digits."""
    digits = sum(sign.isdigit() for sign in number)
    if not set(number) <= DIALLED or digits < 3 or len(number) > 40:
        raise Refused("telephone", "write a number that can be dialled, such as +592 555 0142")


class PersonDanger(Verb, frozen=True, kw_only=True):
    """The police that met a person say later that the person is in danger now, and how."""

    VERB = "person.danger"
    SUBJECT = "person"
    words: str

    def check(self) -> None:
        check_words(self.words)


class CareDanger(Verb, frozen=True, kw_only=True):
    """Care says in the protection file that a person is in danger, by its own words. Police never read it.

    `because`: the reason of the closing that says it too, such as that contact with a child is lost.
    """

    VERB = "care.danger"
    SUBJECT = "person"
    CODES = {"because": "closing-reasons"}
    person: str
    words: str
    because: str = ""

    def check(self) -> None:
        check_words(self.words)


class PersonDangerClose(Verb, frozen=True, kw_only=True):
    """The police that met a person in danger say what was done. Nothing of care is in it.

    `answers`: the entries in which the danger was said; one that no closing names stays open.
    """

    VERB = "person.danger_close"
    SUBJECT = "person"
    done: str
    answers: tuple[str, ...] = ()

    def check(self) -> None:
        check_done(self.done)


class CareDangerClose(Verb, frozen=True, kw_only=True):
    """Care says for itself what was done about a danger, in the protection file. Police never read it.

    `answers`: the entries in which the danger was said, by police or by care.
    """

    VERB = "care.danger_close"
    SUBJECT = "person"
    person: str
    done: str
    answers: tuple[str, ...] = ()

    def check(self) -> None:
        check_done(self.done)


class TeamDangerClose(Verb, frozen=True, kw_only=True):
    """What was done about a team's danger to life; `check_in`: the entries in which the team said it.

    A danger that no closing names stays open, whatever the team says later and in whatever order it arrives.
    """

    VERB = "team.danger_close"
    SUBJECT = "team"
    check_in: tuple[str, ...]
    done: str

    def check(self) -> None:
        check_done(self.done)
        if not self.check_in:
            raise Refused("team", "this team has not said that it is in danger")


class DangerTally(Verb, frozen=True, kw_only=True):
    """Anonymous: police recorded a person in danger, or closed that. For the coordinator's number alone.

    Its id is made from the person's own (`people.danger.tally_id`); what care does is never counted here.
    """

    VERB = "danger.tally"
    SUBJECT = "counting"
    CODES = {"state": "danger-states"}
    state: str

    def check(self) -> None:
        if not self.state:
            raise Refused("state", "say whether it is open or closed")


class CareConfirm(Verb, frozen=True, kw_only=True):
    """Police confirm which care authority is theirs, and how they made sure. The later word counts.

    From then on `care` receives the identity file of every person whom they meet. `telephone`: its duty desk.
    """

    VERB = "care.confirm"
    SUBJECT = "authority"
    CODES = {"country": "countries", "how": "confirming-ways"}
    care: str
    country: str
    how: str
    telephone: str = ""
    note: str = ""

    def check(self) -> None:
        if not self.care:
            raise Refused("care", "name the care authority")
        if not self.how:
            raise Refused("how", "say how you made sure that it is the right one")
        if self.telephone:
            check_telephone(self.telephone)
        if len(self.note) > LONGEST:
            raise Refused("note", "say it in at most %(most)s characters", most=LONGEST)


class CareUnconfirm(Verb, frozen=True, kw_only=True):
    """Police take a confirmation back, with the reason: from now on no care authority gets their files."""

    VERB = "care.unconfirm"
    SUBJECT = "authority"
    reason: str

    def check(self) -> None:
        if not self.reason.strip():
            raise Refused("reason", "say why it is taken back")


class DangerContact(Verb, frozen=True, kw_only=True):
    """Whom an authority's officers telephone when somebody is in danger, in the authority's own file."""

    VERB = "danger.contact"
    SUBJECT = "authority"
    name: str
    telephone: str

    def check(self) -> None:
        if not self.name.strip():
            raise Refused("name", "say who answers, such as 'National lead, day and night'")
        check_telephone(self.telephone)
