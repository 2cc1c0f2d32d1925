"""What a phone is told where a request is not answered: a code for the app, a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext

from libertad.vocabulary.codelists import marked

BAD, VERSION, LARGE, BUSY, LOCKED = "bad-message", "version", "too-large", "busy", "locked"
NOT_STORED = "not-stored"
UNKNOWN_CODE, UNKNOWN_PHONE = "unknown-code", "unknown-phone"
STATUS = {
    BAD: 400,
    UNKNOWN_PHONE: 403,
    UNKNOWN_CODE: 404,
    VERSION: 409,
    LARGE: 413,
    BUSY: 429,
    LOCKED: 503,
    NOT_STORED: 503,
}
WORDS = {
    BAD: marked(
        "This is no message of the app to this node, or it was changed on the way. Nothing was taken."
    ),
    UNKNOWN_PHONE: marked("This node knows no such phone. Nothing was taken; keep what is on the phone."),
    UNKNOWN_CODE: marked("This code is none, was used, or has run out. Ask for a new one."),
    VERSION: marked(
        "This node is of another version than the app. Open the app again where there is a network."
    ),
    LARGE: marked("This is too much at once. Nothing was taken."),
    BUSY: marked("This node is being asked too much. Try again in a minute; nothing is lost."),
    LOCKED: marked("The authority's keys are locked on this node. Nothing is lost: try again later."),
    NOT_STORED: marked("This node could not write it down just now. Nothing was taken: try again later."),
}
STRANGE = frozenset({BAD, UNKNOWN_PHONE, UNKNOWN_CODE, VERSION, LARGE})  # of whom they are, nothing is known


class Problem(Exception):
    """A request that is not answered; `code` is one of `STATUS`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(WORDS[code])

    @property
    def status(self) -> int:
        return STATUS[self.code]

    @property
    def words(self) -> str:
        return gettext(WORDS[self.code])
