"""The end of an operation: closed with reasons, reopened with reasons; both stay on file."""

from __future__ import annotations

from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.changes import check_reason


class OperationClose(Verb, frozen=True, kw_only=True):
    """The operation is closed: nothing new begins in it, and what is open goes on to its end.

    No node refuses another's entries for it: whoever had not heard of it recorded what counts.
    """

    VERB = "operation.close"
    SUBJECT = "operation"
    reasons: str

    def check(self) -> None:
        check_reason(self.reasons)


class OperationReopen(Verb, frozen=True, kw_only=True):
    """A closed operation is opened again."""

    VERB = "operation.reopen"
    SUBJECT = "operation"
    reasons: str

    def check(self) -> None:
        check_reason(self.reasons)
