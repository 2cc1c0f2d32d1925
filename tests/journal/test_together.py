"""Actions performed together: one transaction, one commit, all of them or none."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from libertad.access.acting import Call, Forbidden, perform_together
from libertad.journal.node import node
from libertad.journal.verify import verify
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.models import Lead

LEAD = {"country": "GY", "source_grade": "1", "information_grade": "B", "handling": "P"}


def test_all_are_there_after_one_commit_or_none_is(world):
    officer, press = world.actors["officer"], world.actors["press"]
    calls = [
        Call(officer, report_lead, {**LEAD, "summary": f"lead {n}", "source": "said"}) for n in range(10)
    ]
    commits = []
    node().listeners.append(commits.append)
    found = perform_together(calls)
    assert len(set(found)) == 10 == Lead.objects.count() and len(commits) == 1
    with pytest.raises(Forbidden):
        perform_together([*calls, Call(press, report_lead, {**LEAD, "summary": "no"})])
    assert Lead.objects.count() == 10 and len(commits) == 1
    assert verify(node()).findings == []


def test_a_refused_job_among_others_leaves_nothing_and_the_others_stand(world):
    """Group commit: jobs of several threads in one transaction, one of them refused."""
    import threading

    officer = world.actors["officer"]
    hold = threading.Event()
    node().writer.jobs.put((lambda tx: hold.wait(5), Future()))
    errors = []

    def one(n):
        from libertad.access.acting import perform
        from libertad.vocabulary.values import Refused

        try:
            perform(officer, report_lead, **{**LEAD, "summary": f"lead {n}" if n % 3 else " "})
        except Refused as why:
            errors.append(why.field)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(9)]
    for thread in threads:
        thread.start()
    hold.set()
    for thread in threads:
        thread.join()
    assert errors == ["summary"] * 3
    # A number that a refused job had taken is the next one's: none is left out and none is given twice.
    assert sorted(lead.reference for lead in Lead.objects.all()) == [f"L-GY-{n:03d}" for n in range(1, 7)]
    assert verify(node()).findings == []
