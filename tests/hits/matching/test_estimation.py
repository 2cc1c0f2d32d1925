"""What tables teach is bounded by what is believed, and is never worse than having learnt nothing."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from bench import _doubled, _said, _small, _unseen
from bench._doubled import Doubling
from bench._judging import Quality, clustered
from libertad.cli import app
from libertad.hits.matching import tables
from libertad.hits.matching.estimation import ordered, recounted
from libertad.hits.matching.facts import Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.linking import Linked, link
from libertad.hits.matching.matcher import EXPECTED
from libertad.hits.matching.model import BIRTH, NUMBER, OWN, RELATIVES, Field, Model, Prior, probability
from libertad.hits.matching.model_file import Trained
from tests.support import datasets

TWICE = 150  # of the 5,000 persons in the table


@dataclass(frozen=True)
class Table:
    """A table of people, whose each record is."""

    path: Path
    person: dict[str, str]

    def linked(self, trained: Trained | None = None) -> Linked:
        return link(tables.read_table(self.path, tables.columns_of(self.path)), trained=trained)

    def judged(self, links: Linked) -> Quality:
        groups = zip(links.left.ids, map(str, links.clustered().tolist()), strict=True)
        return clustered(dict(groups), self.person)


UNLEARNT = Trained(Model(), EXPECTED, RELATIVES)


def expected(links: Linked) -> float:
    """How many pairs are taken to be one person."""
    size = len(links.left)
    return float(np.exp2(links.prior.same)) * size * (size - 1) / 2


@pytest.fixture(scope="module")
def matching() -> Path:
    """The folder of shared data sets for matching; skips where there is none."""
    return datasets.matching()


@pytest.fixture(scope="module")
def namesakes(matching: Path, tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Names and births of families of many countries: few stand there twice, with many relatives beside."""
    folder = tmp_path_factory.mktemp("namesakes")
    _said.write(folder, 5000, 304, TWICE)
    person, rows = {}, []
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        members = {row["id"]: row["person"] for row in csv.DictReader(file) if row["person"]}
    for name in ("people.csv", "queries.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if name == "people.csv" or row["id"] in members:
                    person[row["id"]] = members.get(row["id"], row["id"])
                    rows.append({key: row[key] for key in KEPT})
    return Table(_small.write_csv(folder / "table.csv", rows), person)


KEPT = ("id", "name", "given_name", "family_name", "birth_date")


@pytest.fixture(scope="module")
def learnt(namesakes: Table) -> Linked:
    return namesakes.linked()


def test_relatives_and_namesakes_are_not_learnt_to_be_persons(namesakes: Table, learnt: Linked) -> None:
    assert 0.5 * TWICE < expected(learnt) < 2 * TWICE
    assert namesakes.judged(learnt).f1 >= namesakes.judged(namesakes.linked(UNLEARNT)).f1
    assert namesakes.judged(learnt).f1 > 0.9


def test_what_is_refused_is_said_and_leaves_the_weights_as_believed(learnt: Linked) -> None:
    assert learnt.refused
    assert np.array_equal(learnt.model.names.m, Model().names.m)
    assert np.array_equal(learnt.model.fields["birth"].m, BIRTH.m)


def test_no_model_is_written_of_what_is_refused(namesakes: Table, learnt: Linked, tmp_path: Path) -> None:
    ran = CliRunner().invoke(
        app, ["hits", "train", str(namesakes.path), "--out", str(tmp_path / "model.json")]
    )
    assert ran.exit_code == 1 and "refused" in ran.output and learnt.refused.split()[0] in ran.output
    assert list(tmp_path.iterdir()) == []


def test_a_table_with_other_errors_than_believed_teaches_them(matching: Path, tmp_path: Path) -> None:
    """In Splink's fake_1000 every third birth of a person is another."""
    path, _, person = _small.fake(matching, tmp_path)
    table = Table(path, person)
    links, usual = table.linked(), table.linked(UNLEARNT)
    assert not links.refused
    assert links.model.fields["birth"].m[-1] > 2 * BIRTH.m[-1]
    assert table.judged(links).f1 > table.judged(usual).f1 + 0.05


def test_of_what_is_believed_a_third_stays_however_much_was_seen(matching: Path, tmp_path: Path) -> None:
    path, _, person = _small.fake(matching, tmp_path)
    model = Table(path, person).linked().model
    for name, usual in Model().fields.items():
        own = usual.u == OWN
        assert (model.fields[name].m[own] >= usual.m[own] / 3 - 1e-9).all(), name


def test_a_level_never_speaks_more_for_one_person_than_one_before_it() -> None:
    odd = Field(np.array([0.2, 0.01, 0.3, 0.49]), NUMBER.u, NUMBER.vague)
    monotone = ordered(odd)
    rest = (monotone.m / monotone.u)[1:]
    assert (
        (np.diff(rest) <= 1e-9).all() and monotone.m.sum() == pytest.approx(1) and monotone.m[0] == odd.m[0]
    )
    assert np.array_equal(ordered(NUMBER).m, NUMBER.m)


@pytest.mark.usefixtures("matching")
def test_twins_are_not_learnt_to_be_one_person(tmp_path: Path) -> None:
    """Names with one surname, and births: brothers of a common one are no candidates, so that ever fewer
    relatives were counted, until none were left and twins were taken for one person."""
    rows, person = _doubled.doubled(Doubling(12_000, 0.05, ("HT",), _unseen.BORN, 421))
    table = Table(_small.write_csv(tmp_path / "twins.csv", rows), person)
    links = table.linked()
    assert np.exp2(links.prior.kin) * len(rows) > RELATIVES / 3
    assert 0.9 < expected(links) / 600 < 1.1
    assert table.judged(links).f1 > table.judged(table.linked(UNLEARNT)).f1
    assert table.judged(links).precision > 0.95


@pytest.mark.usefixtures("matching")
def test_where_births_would_be_learnt_wrongly_the_rest_is_learnt(tmp_path: Path) -> None:
    """Families of few surnames: with births learnt, relatives would be taken for persons."""
    columns = (*_unseen.BORN, "sex", "place")
    rows, person = _doubled.doubled(Doubling(5000, 0.2, ("HT",), columns, 504))
    table = Table(_small.write_csv(tmp_path / "families.csv", rows), person)
    links = table.linked()
    assert links.refused and links.taught and not links.learnt
    assert np.array_equal(links.model.fields["birth"].m, BIRTH.m)
    assert links.model.names.m[How.SAME] < 0.95 * Model().names.m[How.SAME]
    assert table.judged(links).f1 > table.judged(table.linked(UNLEARNT)).f1


def test_how_seldom_births_are_told_vaguely_does_not_make_years_beside_each_other_agree() -> None:
    """Of pairs at random, nearly all told to the day, hardly any has a year beside the other's: told vaguely,
    as many have as ever."""
    levels = np.repeat([Born.DIFFERENT, Born.SAME_YEAR], [9900, 100]).astype(np.int8)
    field = BIRTH.with_u(levels)
    assert field.weights[Born.NEAR_YEAR] == BIRTH.weights[Born.NEAR_YEAR] < 0
    assert field.weights[Born.SAME_YEAR] != BIRTH.weights[Born.SAME_YEAR]


def test_of_those_told_vaguely_years_beside_each_other_say_what_they_say_of_the_others() -> None:
    """A table of which fewer births are vague, alike else, teaches nothing of them."""
    loose = np.isin(np.arange(len(BIRTH.m)), BIRTH.vague)
    fewer = np.where(loose, BIRTH.m / 5, BIRTH.m)
    field = BIRTH.with_m(fewer / fewer.sum())
    assert field.weights[loose] == pytest.approx(BIRTH.weights[loose])
    assert np.array_equal(field.u[~loose], BIRTH.u[~loose])


def test_how_many_pairs_are_of_one_person_is_counted_among_all() -> None:
    """A sample that happened to have four times as many of them changes nothing."""
    total = 1e6
    prior = Prior(float(np.log2(4 * 60 / total)), -9.0)
    evidence = np.append(np.full(5000, 2.0), np.full(60, 24.0)).astype(np.float32)
    recount, bits = recounted(prior, evidence + np.float32(prior.same), total)
    assert 2**recount.same * total == pytest.approx(60, rel=0.05) and recount.kin == prior.kin
    assert bits == pytest.approx(evidence + recount.same, abs=1e-4)
    assert probability(bits).sum() == pytest.approx(2**recount.same * total, rel=0.01)
