"""States of a counted record from its statuses, whatever a member says."""

from __future__ import annotations

from libertad.people.tally_states import custody, decision, first_view

STATUSES = [(1, "potential-victim"), (2, ""), (2, "sentenced"), (3, "arrested"), (4, "charged"), (5, "x")]


def test_a_status_that_this_version_does_not_know_is_passed_over() -> None:
    """One of them, and no node that counted the record took anything from its sender any more."""
    assert first_view(STATUSES) == "potential-victim"
    assert custody(STATUSES) == ("arrested", True)
    assert decision([*STATUSES, (6, "presumed"), (7, "confirmd")]) == "presumed"
    assert decision(STATUSES) == "" and custody([(1, "x")]) == ("", False)
