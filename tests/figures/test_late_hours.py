"""Each hour care's nodes say how many are late, changed or not; who coordinates sees one number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.models import Compartment, Reader
from libertad.access.queries import clock_now
from libertad.care.overview import count_late
from libertad.figures import daily, hourly, queries_care
from libertad.figures.actions.say_late import say_late, say_sum
from libertad.figures.models import Counting, LateBatch, LateSum
from libertad.journal import header
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.operations.actions.set_clock import set_clock
from libertad.vocabulary import formats
from libertad.vocabulary.values import Happened, Refused
from tests.figures.cares import Cares, cares
from tests.support.shuffling import assert_order_free
from tests.support.world import World


@pytest.fixture
def accepted_care(world: World) -> Cares:
    care_group = cares(world)
    care_group.name()
    care_group.accept()
    return care_group


def hour(day: int, at: int) -> dt.datetime:
    return dt.datetime(2018, 4, day, at, tzinfo=dt.UTC)


def meet(care_group: Cares, counts: dict[str, int], day: int = 4) -> None:
    for country, number in counts.items():
        for _ in range(number):
            care_group.meet(country, day)


def look(care_group: Cares, cut: dt.datetime, minutes: int = 11) -> int:
    """What the nodes say when the operation's clock shows so many minutes after an hour."""
    reads = cut + dt.timedelta(minutes=minutes)
    care_group.world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=0.0)
    assert clock_now(care_group.world.operation) == reads
    return hourly.run_due(node())


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says which hour of the day is drawn."""
    hourly.HOURS.clear()

    def draw(at: int) -> None:
        hourly.HOURS.clear()
        monkeypatch.setattr(hourly.secrets, "randbelow", lambda _most: at)

    return draw


def numbers(care_group: Cares) -> list[int]:
    """What the sums say, as the centre opens them."""
    coordinator = care_group.world.actor("coordinator")
    from libertad.access.sealed import open_sealed

    return [
        open_sealed(node(), coordinator.authority, "figures.LateSum", row.pk, row.sealed)["late"]
        for row in LateSum.objects.order_by("cut")
    ]


def test_who_coordinates_reads_one_number_renewed_once_a_day_at_the_hour_drawn(
    accepted_care: Cares, drawn: Callable[[int], None]
) -> None:
    meet(accepted_care, {"GY": 4, "VC": 4, "BB": 3, "JM": 2})
    coordinator = accepted_care.world.actor("coordinator")
    drawn(14)
    assert look(accepted_care, hour(6, 13)) == 5 and numbers(accepted_care) == [-1]
    assert queries_care.late_number(coordinator) is None
    assert look(accepted_care, hour(6, 14)) == 5 and numbers(accepted_care) == [-1, 13]
    meet(accepted_care, {"GY": 4, "VC": 4, "BB": 3, "JM": 2})
    drawn(13)
    assert look(accepted_care, hour(7, 13)) == 5, "not yet a day"
    drawn(15)
    for at in (14, 15):
        look(accepted_care, hour(7, at))
    assert numbers(accepted_care) == [-1, 13, 13, 13, 26]
    assert queries_care.late_number(coordinator) == (26, hour(7, 15))
    assert_order_free(accepted_care.world, orders=2, replays=1)


def test_today_of_who_coordinates_has_one_line_and_nobody_else_s_has(
    accepted_care: Cares, drawn: Callable[[int], None]
) -> None:
    world = accepted_care.world
    meet(accepted_care, {"GY": 4, "VC": 4, "BB": 3, "JM": 2})
    drawn(14)
    look(accepted_care, hour(6, 14))
    words = "13 people in care's hands are past the hour"
    page = unescape(world.client("coordinator").get("/").content.decode())
    assert words in page and "In the whole operation, as of 6 April 2018" in page
    for role in ("analyst", "press", "officer", "national-lead", "prosecutor", "caseworker", "supervisor"):
        assert words not in unescape(world.client(role).get("/").content.decode()), role
        assert queries_care.late_number(world.actor(role)) is None, role
    for path in ("/board/", "/figures/", "/figures/care/"):
        assert "past the hour" not in world.client("coordinator").get(path).content.decode(), path


def test_as_much_is_said_each_hour_whether_much_happens_or_nothing(accepted_care: Cares) -> None:
    look(accepted_care, hour(6, 9))
    said = []
    for at, counts in ((10, {}), (11, {"GY": 5, "VC": 3, "BB": 4}), (12, {})):
        meet(accepted_care, counts)
        size = Entry.objects.count()
        look(accepted_care, hour(6, at))
        clock = 1  # the test itself sets it
        said.append(Entry.objects.count() - size - clock)
        size = Entry.objects.count()
        assert hourly.run_due(node()) == 0 and Entry.objects.count() == size, "nothing is said twice"
    assert said == [5, 5, 5]  # four batches and the sum


def test_an_hour_that_was_missed_is_not_made_up_for_and_a_sum_waits_ten_minutes(
    accepted_care: Cares,
) -> None:
    assert look(accepted_care, hour(6, 9), minutes=9) == 4
    assert look(accepted_care, hour(6, 9), minutes=10) == 1
    assert look(accepted_care, hour(6, 15)) == 5
    assert {row.cut for row in LateBatch.objects.all()} == {hour(6, 9), hour(6, 15)}


def test_a_closed_operation_is_counted_no_more(accepted_care: Cares, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(accepted_care, hour(6, 9)) == 5
    monkeypatch.setattr(hourly, "closed_at", lambda _operation: hour(6, 10))
    assert look(accepted_care, hour(6, 11)) == 0


def test_the_loop_of_the_node_says_what_is_due_of_the_hour(accepted_care: Cares) -> None:
    look(accepted_care, hour(6, 9), minutes=0)
    before = LateSum.objects.count()
    accepted_care.world.perform(
        "coordinator",
        set_clock,
        reads=hour(6, 9) + dt.timedelta(minutes=30),
        set_at=dt.datetime.now(dt.UTC),
        rate=0.0,
    )
    daily.count_due(node())
    assert LateSum.objects.count() == before + 1


def test_every_statement_is_as_long_as_every_other(accepted_care: Cares) -> None:
    care = accepted_care.itself("GY")
    entries = []
    for at, late in enumerate((0, 1, 9, 10, 999, 50_000)):
        happened = Happened(at=hour(6, at), zone="UTC")
        entries.append(perform(care, say_late, cut=hour(6, at), late=late, known=50_000, happened=happened))
        sum_entry = perform(care, say_sum, cut=hour(6, at), may_renew=True, happened=happened)
        entries.append(sum_entry)
    rows = Entry.objects.filter(hash__in=[bytes.fromhex(entry) for entry in entries])
    assert len(rows) == 12
    assert len({(len(bytes(row.body)), header.decode(bytes(row.header)).length) for row in rows}) == 1


def test_the_sum_lies_in_a_file_that_no_police_read_and_tells_no_country(
    accepted_care: Cares, drawn: Callable[[int], None]
) -> None:
    meet(accepted_care, {"GY": 4, "VC": 4, "BB": 3, "JM": 2})
    drawn(14)
    look(accepted_care, hour(6, 14))
    world = accepted_care.world
    place = Compartment.objects.get(kind="late")
    centre, care = world.authorities["centre"], accepted_care.care["GY"].authority
    assert (place.owner, place.about) == (care, world.operation)
    assert set(Reader.objects.filter(compartment=place.pk).values_list("authority", flat=True)) == {
        centre,
        care,
    }
    for name, ring in node().rings.open.items():
        assert (bytes.fromhex(place.pk) in ring.current) == (name in (centre, care)), name
    batches = set(LateBatch.objects.values_list("compartment", flat=True))
    owners = set(Compartment.objects.filter(pk__in=batches).values_list("kind", flat=True))
    assert owners == {"count"} and len(batches) == 4


def test_a_centre_that_meets_people_itself_gets_no_number(accepted_care: Cares) -> None:
    assert look(accepted_care, hour(6, 9)) == 5
    perform(
        accepted_care.world.actor("coordinator"),
        appoint_officer,
        name="A. Officer",
        service_number="BB-77",
        role="officer",
    )
    assert look(accepted_care, hour(6, 10)) == 4
    assert LateSum.objects.count() == 1


def test_a_centre_or_a_counting_node_of_an_older_version_is_told_nothing(
    accepted_care: Cares, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(formats.FEATURES, "late", formats.TODAY + 1)
    assert look(accepted_care, hour(6, 9)) == 0
    assert not LateBatch.objects.exists() and not LateSum.objects.exists()
    assert not Compartment.objects.filter(kind="late").exists()


def test_only_the_node_says_it_at_a_full_hour_that_has_come(accepted_care: Cares) -> None:
    care, happened = accepted_care.itself("GY"), Happened(at=hour(6, 9), zone="UTC")
    for cut in (hour(6, 9) + dt.timedelta(minutes=3), hour(6, 9).replace(year=2150)):
        with pytest.raises(Refused):
            perform(care, say_late, cut=cut, late=0, known=0, happened=happened)
        with pytest.raises(Refused):
            perform(care, say_sum, cut=cut, may_renew=True, happened=happened)
    with pytest.raises(Forbidden):
        perform(accepted_care.itself("VC"), say_sum, cut=hour(6, 9), may_renew=True, happened=happened)
    officer = accepted_care.world.actor("caseworker")
    with pytest.raises((Forbidden, Refused)):
        perform(officer, say_late, cut=hour(6, 9), late=0, known=0, happened=happened)
    with pytest.raises((Forbidden, Refused)):
        perform(
            replace(care, role="caseworker", officer=officer.officer),
            say_sum,
            cut=hour(6, 9),
            may_renew=True,
            happened=happened,
        )


def test_the_file_is_opened_for_centres_alone_and_about_the_operation(accepted_care: Cares) -> None:
    world, care = accepted_care.world, accepted_care.itself("GY")

    def open_for(about: str, *readers: str) -> Callable[[Act], str]:
        return lambda act: act.open("late", about, readers)

    for reader in ("police", "prosecution", "deciding"):
        with pytest.raises((Forbidden, Refused)):
            perform(care, open_for(world.operation, world.authorities[reader]))
    with pytest.raises((Forbidden, Refused)):
        perform(care, open_for("f" * 32, world.authorities["centre"]))
    with pytest.raises((Forbidden, Refused)):
        perform(world.actor("officer"), open_for(world.operation, world.authorities["centre"]))
    assert perform(care, open_for(world.operation, world.authorities["centre"]))


def test_a_care_authority_counts_its_own_people(accepted_care: Cares) -> None:
    meet(accepted_care, {"GY": 2, "VC": 1})
    meet(accepted_care, {"GY": 3}, day=6)
    operation = accepted_care.world.operation
    for country, expected in (("GY", (2, 5)), ("VC", (1, 1)), ("BB", (0, 0))):
        counted = count_late(accepted_care.care[country].authority, operation, hour(6, 9))
        assert counted == expected, country
    assert Counting.objects.get().care == accepted_care.care["GY"].authority
