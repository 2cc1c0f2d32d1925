"""Actions performed together: one transaction, one commit, all of them or none."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from libertad.access.acting import Act, Call, Forbidden, perform, perform_together
from libertad.journal.node import close_node, node
from libertad.journal.verify import verify
from libertad.operations.actions.grade_lead import grade_lead
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
    leads = perform_together(calls)
    assert len(set(leads)) == 10 == Lead.objects.count() and len(commits) == 1
    with pytest.raises(Forbidden):
        perform_together([*calls, Call(press, report_lead, {**LEAD, "summary": "no"})])
    assert Lead.objects.count() == 10 and len(commits) == 1
    assert verify(node()).findings == []


def test_what_is_folded_late_is_told_though_nothing_was_appended(world):
    """As when the key of a file comes after its entries, or an entry is believed that was not."""
    perform(world.actors["officer"], report_lead, **LEAD, summary="lead")
    heard_commits = []
    node().listeners.append(heard_commits.append)
    node().writer.submit(lambda tx: tx.appended.append(tx.entry(tx.frontier.size - 1)))
    assert [entry.verb for (entry,) in heard_commits] == ["lead.report"]
    node().writer.submit(lambda tx: None)
    assert len(heard_commits) == 1


def test_a_refused_job_among_others_leaves_nothing_and_the_others_stand(world):
    """Group commit: jobs of several threads in one transaction, one of them refused."""
    import threading

    officer = world.actors["officer"]
    hold = threading.Event()
    node().writer.jobs.put((lambda tx: hold.wait(5), Future()))
    errors = []

    def report_lead_in_thread(n):
        from libertad.access.acting import perform
        from libertad.vocabulary.values import Refused

        try:
            perform(officer, report_lead, **{**LEAD, "summary": f"lead {n}" if n % 3 else " "})
        except Refused as why:
            errors.append(why.field)

    threads = [threading.Thread(target=report_lead_in_thread, args=(n,)) for n in range(9)]
    for thread in threads:
        thread.start()
    hold.set()
    for thread in threads:
        thread.join()
    assert errors == ["summary"] * 3
    # A number that a refused job had taken is the next one's: none is left out and none is given twice.
    assert sorted(lead.reference for lead in Lead.objects.all()) == [f"L-GY-{n:03d}" for n in range(1, 7)]
    assert verify(node()).findings == []


def test_numbers_go_on_where_the_last_commit_left_them(world):
    officer = world.actors["officer"]
    calls = [Call(officer, report_lead, {**LEAD, "summary": f"lead {n}"}) for n in range(3)]
    perform_together(calls)
    close_node()  # what was only remembered is gone
    perform_together(calls)
    perform(officer, report_lead, **LEAD, summary="one more")
    assert sorted(lead.reference for lead in Lead.objects.all()) == [f"L-GY-{n:03d}" for n in range(1, 8)]


def test_what_an_act_begins_is_looked_up_once_it_was_begun(world):
    """Of an id just made nothing is looked up at its first entry; at each later one what is there is."""
    officer, lead_of_all = world.actors["officer"], world.actors["national-lead"]

    def job(tx):
        touches = []
        look = tx.entries
        tx.entries = lambda touch: touches.append(touch) or look(touch)
        lead = report_lead(Act(tx, officer), **LEAD, summary="a house with a high wall")
        assert not [touch for touch in touches if lead in touch]
        tx.caches.touches.clear()  # as when there is too much to remember
        grades = {**LEAD, "source_grade": "3", "reasons": "seen again"}
        del grades["country"]
        grade_lead(Act(tx, lead_of_all), lead=lead, **grades)
        assert [touch for touch in touches if lead in touch]
        return lead

    lead = Lead.objects.get(pk=node().writer.submit(job))
    assert (lead.country, lead.source_grade) == ("GY", "3")
    assert verify(node()).findings == []
