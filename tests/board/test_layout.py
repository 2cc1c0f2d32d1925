"""Nothing on the map covers anything else."""

from __future__ import annotations

from itertools import combinations
from math import hypot

from libertad.board.compose import FLAG_HEIGHT, LEGEND, NAME, CountryFact, FlagFact, SiteFact, compose_map
from libertad.board.layout import SITE, Box, lanes, place, spread, text_width
from libertad.board.places import countries
from tests.board import sample

MAP = compose_map(countries(), sample.COUNTRIES, sample.sites(), sample.FLAGS)


def boxes() -> list[tuple[str, Box]]:
    names = [
        (m.words, Box(float(m.x), float(m.y) - 15, text_width(m.words, NAME, bold=True), 20))
        for m in MAP.labels
    ]
    flags = [(f.team, Box(float(f.x), float(f.y), float(f.width), FLAG_HEIGHT)) for f in MAP.flags]
    return [*names, *flags]


def test_no_flag_or_label_covers_another() -> None:
    for (first, a), (second, b) in combinations(boxes(), 2):
        assert a.overlap(b) < 0.1, f"{first} covers {second}"


def test_no_flag_or_label_covers_a_site_or_the_legend_or_leaves_the_map() -> None:
    for words, box in boxes():
        assert box.outside(1080, 595) < 0.1, words
        assert box.overlap(LEGEND) < 0.1, words
        for site in MAP.sites:
            assert box.overlap(Box(float(site.x) - 5, float(site.y) - 5, 10, 10)) < 0.1, (words, site.title)


def test_every_site_is_on_the_map_even_one_that_lies_beyond_it() -> None:
    assert len(MAP.sites) == len(sample.sites())
    for a, b in combinations(MAP.sites, 2):
        assert hypot(float(a.x) - float(b.x), float(a.y) - float(b.y)) >= 10, (a.title, b.title)


def test_a_site_keeps_its_shape_under_its_flag() -> None:
    (overdue,) = [site for site in MAP.sites if site.title.startswith("GY-07")]
    assert (overdue.shape, overdue.alarm) == ("on-site", "overdue")


def test_twelve_overdue_teams_still_find_room() -> None:
    flags = [
        FlagFact(f"T-{n}", "overdue", "3 h 22 min overdue", s.reference)
        for n, s in enumerate(sample.sites()[:48:4])
    ]
    drawn = compose_map(countries(), sample.COUNTRIES, sample.sites(), flags).flags
    placed = [Box(float(f.x), float(f.y), float(f.width), FLAG_HEIGHT) for f in drawn]
    assert len(placed) == 12
    assert all(a.overlap(b) < 0.1 for a, b in combinations(placed, 2))


def test_marks_on_the_phone_do_not_cover_each_other() -> None:
    marks = [Box(float(m.x) - 11, float(m.y) - 11, 22, 22) for m in MAP.phone]
    assert len(marks) == 13
    assert all(a.overlap(b) < 0.1 for a, b in combinations(marks, 2))


def test_a_wished_place_that_is_free_is_taken() -> None:
    wish = Box(449.3, 206.7, 157.872, 38)
    assert place([wish, Box(0, 0, 1, 1)], [], 1080, 595) == (wish, 0.0)


def test_points_at_one_spot_move_apart_and_the_first_stays() -> None:
    points = spread([(100.0, 100.0)] * 9)
    assert points[0] == (100.0, 100.0)
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= SITE - 0.02 for a, b in combinations(points, 2))


def test_visits_in_one_lane_do_not_touch() -> None:
    starts = [1.0, 1.2, 1.4, 3.0, 3.1]
    chosen = lanes(starts, 1.0)
    for (s, a), (t, b) in combinations(zip(starts, chosen, strict=True), 2):
        assert a != b or abs(s - t) >= 1.0


def test_a_map_without_land_says_so_and_does_not_fail() -> None:
    assert compose_map({}, sample.COUNTRIES, sample.sites(), sample.FLAGS).built is False


def test_an_operation_beyond_the_map_is_told_in_rows_and_not_drawn_on_another_sea() -> None:
    far = [CountryFact("GH", "Ghana"), CountryFact("NP", "Nepal"), CountryFact("GY", "Guyana")]
    site = SiteFact("GH-01", "GH", (5.53, -0.42), "met", "GH-01")
    drawn = compose_map(countries(), far, [site], [FlagFact("GH-T1", "danger", "danger to life", "GH-01")])
    assert [(row.words, row.count, row.alarm) for row in drawn.rows] == [
        ("Ghana", 1, "danger"),
        ("Nepal", 0, ""),
        ("Guyana", 0, ""),
    ]
    assert not MAP.rows  # of those of 2018 it is drawn
