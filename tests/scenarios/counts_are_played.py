"""Sites of the demo: who was counted beside who is recorded there. Run by the test of the scenario."""

from __future__ import annotations

from collections import Counter

from libertad.operations.queries import reckonings, sites, unexplained, ways_in
from libertad.operations.queries_on_site import rooms
from scenarios.operation_libertad_2018.stage import Stage


def test_counts_agree_or_are_explained_and_of_some_sites_nobody_has_explained(stage: Stage) -> None:
    found: Counter[str] = Counter()
    for country in stage.data["countries"]:
        lead = stage.cast.actor(country, "national-lead")
        known = reckonings(lead, country)
        assert set(unexplained(lead, country)) == {key for key, sums in known.items() if sums.unexplained}
        for site in sites(lead, country=country):
            if site.id not in known:
                found["not counted"] += 1
            elif not known[site.id].difference:
                found["agree"] += 1
            else:
                found["open" if known[site.id].unexplained else "explained"] += 1
            met = known[site.id].sum_counted if site.id in known else 0
            assert site.people == met, "a visit says as many as were counted"
    assert found == {"agree": 31, "explained": 14, "open": 5, "not counted": 10}


def test_a_way_in_is_on_file_for_every_site_and_rooms_were_measured(stage: Stage) -> None:
    measured = []
    for country in stage.data["countries"]:
        lead = stage.cast.actor(country, "national-lead")
        for site in sites(lead, country=country):
            assert ways_in(lead, site.id), site.reference
            measured += rooms(lead, site=site.id)
    assert all(room.provenance == "generated" for room in measured)
    cramped = [room for room in measured if room.m2_each is not None and room.m2_each < 1.71]
    assert cramped and len(cramped) < len(measured)
