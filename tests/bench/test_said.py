"""The synthetic population: seeded, of households, and with the noise that its file of truth tells."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date
from itertools import islice, pairwise

import pytest

from bench import _said
from bench._misspelt import by_ear, keyboard, misspelt, short
from bench._names import pool
from bench._people import Person, Population, born_to, married
from tests.support import datasets
from tests.support.tables import read

datasets.matching()

DAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return list(Population(20_000))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, str]]]:
    folder = tmp_path_factory.mktemp("said")
    _said.write(folder, 5000, asked=500, on=DAY)
    return {path.stem: read(path) for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(Population(50, 3)) == list(Population(50, 3)) == list(islice(Population(80, 3), 50))
    assert list(Population(50, 3)) != list(Population(50, 4))


def test_common_names_have_their_share_and_most_people_none_of_them() -> None:
    surnames = pool("family", "pt", "BR")
    assert sum(surnames.shares) == pytest.approx(1)
    drawn = Counter(surnames.draw(random.Random(1), 20_000))
    assert drawn["Silva"] / 20_000 == pytest.approx(0.105, abs=0.015)
    given_names = Counter(pool("given", "es", "VE", "F").draw(random.Random(1), 20_000))
    assert given_names["Camila"] / 20_000 < 0.06
    assert len(given_names) > 1500


def test_surnames_follow_the_language(people: list[Person]) -> None:
    assert born_to("es", ("Pérez", "Gil"), ("Rojas", "Mora")) == ("Pérez", "Rojas")
    assert born_to("pt", ("Lima", "Sousa"), ("Reis", "Alves")) == ("Alves", "Sousa")
    assert born_to("nl", ("Pinas",), ("Wong",)) == ("Pinas",)
    assert married("nl", ("Wong",), ("Pinas",)) == ("Pinas-Wong",)
    assert {
        len(person.surnames) for person in people if person.country.code in ("VE", "CO", "BR", "DO", "CU")
    } == {2}
    assert {len(person.surnames) for person in people if person.country.code in ("JM", "HT", "BB")} == {1}


def test_households_share_address_and_surnames_and_have_twins(people: list[Person]) -> None:
    homes: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for person in people:
        homes[person.address, person.place].append(person)
    siblings = [
        (a, b) for household in homes.values() for a, b in pairwise(household) if a.surnames == b.surnames
    ]
    assert len(siblings) > 4000
    assert sum(a.phone == b.phone for a, b in siblings) > 10
    twins = [(a, b) for a, b in siblings if a.born == b.born]
    assert 20 < len(twins) < 400
    assert max(resident.born for resident in people) < date(2026, 11, 26)


def test_people_and_queries_are_as_many_as_asked_for_and_absent_persons_are_absent(
    files: dict[str, list[dict[str, str]]],
) -> None:
    present = {row["id"] for row in files["people"]}
    assert (len(files["people"]), len(present)) == (5000, 5000)
    truth = [row["person"] for row in files["truth"]]
    assert (len(truth), truth.count("")) == (1000, 500)
    assert set(truth) - {""} <= present
    assert [row["id"] for row in files["queries"]] == [row["id"] for row in files["truth"]]
    assert len(present | set(truth) - {""}) == 5000


def test_noise_comes_in_the_proportions_that_the_module_states(
    files: dict[str, list[dict[str, str]]],
) -> None:
    kinds = Counter(kind for row in files["truth"] for kind in row["noise"].split("; "))
    for kind, share in {"nickname": 0.08, "misspelt twice": 0.08, "one field": 0.20, "age": 0.08}.items():
        assert kinds[kind] / 1000 == pytest.approx(share, abs=0.03), kind
    assert set(kinds) >= {*_said.NAMES, *filter(None, _said.BIRTH)} - {"joined"}


def test_a_query_without_noise_tells_what_is_true(people: list[Person]) -> None:
    asking = _said.Asking(Population(1), DAY)
    for person in people[:500]:
        query, noise = asking.about(person)
        if not noise:
            name = f"{query['given_name']} {query['family_name']}".casefold()
            assert name == " ".join(person.given + person.surnames).casefold()
            assert query["birth_date"] == person.born.isoformat()
            assert query["document"] in ("", person.document)
        if "age range" in noise:
            low, high = map(int, query["age"].split("-"))
            assert (
                low <= (DAY - person.born).days / 365.2 + 0.1 and (DAY - person.born).days / 365.25 < high + 1
            )


def test_slips_change_one_word_and_keep_its_capital() -> None:
    rng = random.Random(1)
    for _ in range(300):
        wrong = misspelt(["Yulimar", "González"], rng)
        assert sum(a != b for a, b in zip(wrong, ("Yulimar", "González"), strict=True)) <= 1
        assert all(word[0].isupper() for word in wrong)
    assert {by_ear("Vázquez", rng) for _ in range(80)} >= {"Bázquez", "Vásquez", "Vázques"}
    assert all(abs(len(keyboard("Maria", rng)) - 5) <= 1 for _ in range(50))
    assert keyboard("Li", rng) == "Li"


def test_short_forms_are_those_in_use() -> None:
    rng = random.Random(1)
    assert {short("Francisco", rng) for _ in range(50)} >= {"Paco", "Pancho", "Kiko"}
    assert short("José", rng) in {"Pepe", "Chepe", "Joe", "Joey"}
    assert short("Yulimar", rng) in {"Yul", "Yuli", "Imar"}
