"""Splink at work on prepared tables, on DuckDB or on Spark. The one place that imports it.

Splink is no dependency of a node: `make splink` brings it by `requirements/splink.txt`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np

from libertad.hits.beside.columns import Prepared
from libertad.hits.beside.settings import Settings
from libertad.hits.matching.lexicon import Floats, Ints

Backend = Literal["duckdb", "spark"]
SEED = 2018
AT_RANDOM = 300_000  # pairs at random, for u: as many as ours takes
NEEDS = {
    "splink": "make splink, or: pip install --require-hashes -r requirements/splink.txt",
    "pyspark": "make spark, or: pip install --require-hashes -r requirements/spark.txt",
}


class Missing(RuntimeError):
    """Splink, or Spark, is not installed; says how to bring it."""


@dataclass(frozen=True)
class Scored:
    """Pairs of record numbers, the smaller first, with Splink's log-odds in bits (prior included)."""

    one: Ints
    other: Ints
    bits: Floats


def needed(backend: Backend) -> None:
    """Raises Missing, in one line that says what to install."""
    for package, remedy in NEEDS.items():
        if (package == "splink" or backend == "spark") and find_spec(package) is None:
            raise Missing(f"this needs {package}, which a node does not have: {remedy}")


@dataclass(frozen=True)
class Splink:
    """Splink over these tables. `folder`: where what it finds is written for us to read; on a cluster one
    that all of it sees."""

    prepared: Prepared
    backend: Backend
    folder: Path

    @property
    def at_random(self) -> int:
        """How many pairs at random there can be."""
        return min(AT_RANDOM, self.prepared.pairs)

    def sampled(self, settings: Settings) -> Settings:
        """With u of each level that the settings leave open, from pairs at random. What is in none of them is
        taken to be half as common as what is in one. On DuckDB always: so few pairs need one machine, and the
        settings are then the same wherever they are used."""
        linker = self._linker(settings, "duckdb")
        linker.training.estimate_u_using_random_sampling(
            max_pairs=AT_RANDOM, seed=SEED, min_count_per_level=None, num_chunks=1
        )
        sampled_settings = _portable_settings(linker)
        for comparison in sampled_settings["comparisons"]:
            for level in comparison["comparison_levels"]:
                if not level.get("is_null_level"):
                    level.setdefault("u_probability", 0.5 / max(self.at_random, 1))
        return sampled_settings

    def learnt(self, settings: Settings, rules: list[str]) -> tuple[Settings, list[str]]:
        """With m from expectation and maximisation over the pairs of each rule; the rules that had any. On
        DuckDB as well."""
        from splink.internals.exceptions import EMTrainingException

        linker = self._linker(settings, "duckdb")
        used = []
        for rule in rules:
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(rule)
            except EMTrainingException:  # no two records agree so
                continue
            used.append(rule)
        return _portable_settings(linker), used

    def scored(self, settings: Settings, minimum_bits: float) -> Scored:
        """All pairs that the rules bring, from `minimum_bits` on."""
        predictions = self._linker(settings, self.backend).inference.predict(
            threshold_match_weight=minimum_bits
        )
        place, columns = self.folder / f"found_{self.backend}", ("unique_id_l", "unique_id_r", "match_weight")
        if self.backend == "spark":
            predictions.as_spark_dataframe().select(*columns).write.parquet(str(place), mode="overwrite")
        else:
            place.mkdir(exist_ok=True)
            predictions.as_duckdbpyrelation().select(", ".join(columns)).write_parquet(
                str(place / "0.parquet")
            )
        with duckdb.connect() as base:
            cells = base.read_parquet(str(place / "*.parquet")).fetchnumpy()
        left, right, bits = (np.asarray(cells[name]) for name in columns)
        return Scored(np.minimum(left, right), np.maximum(left, right), bits.astype(np.float64))

    def _linker(self, settings: Settings, backend: Backend) -> Any:
        """A linker of its own, for what one has learnt would stay in it."""
        from splink import Linker

        api, view_of = _on_spark() if backend == "spark" else _on_duckdb()
        tables = [api.register(view_of(path)) for path in self.prepared.tables]
        linker = Linker(tables if len(tables) > 1 else tables[0], settings, log_level="ERROR")
        for column, path in self.prepared.frequencies.items():
            linker.table_management.register_term_frequency_lookup(api.register(view_of(path)), column)
        return linker


def _portable_settings(linker: Any) -> Settings:
    """The settings as they are now, without what names a backend: the text is the same in each."""
    settings: Settings = linker.misc.save_model_to_json()
    for part in (settings, *settings["blocking_rules_to_generate_predictions"]):
        for name in ("sql_dialect", "linker_uid"):
            part.pop(name, None)
    return settings


def _on_duckdb() -> tuple[Any, Callable[[Path], str]]:
    """Splink's backend, and what makes a file a table of it."""
    from splink import DuckDBAPI

    base = duckdb.connect()

    def create_view(path: Path) -> str:
        base.read_parquet(str(path)).create_view(path.stem)
        return path.stem

    return DuckDBAPI(base), create_view


def _on_spark() -> tuple[Any, Callable[[Path], str]]:
    """The same in the session that spark-submit or PYSPARK_SUBMIT_ARGS describe; on this machine where
    nothing does."""
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession
    from splink import SparkAPI

    try:
        session = SparkSession.builder.appName("libertad hits").getOrCreate()
    except PySparkException as why:
        raise Missing(
            "Spark does not start: it needs Java 17 or newer, and JAVA_HOME where that is not in PATH"
        ) from why

    def create_view(path: Path) -> str:
        session.read.parquet(str(path.resolve())).createOrReplaceTempView(path.stem)
        return path.stem

    # Kept in memory, not in files that would be forgotten; no functions but Spark's own are needed.
    api_class: Any = SparkAPI
    api = api_class(spark_session=session, break_lineage_method="persist", register_udfs_automatically=False)
    return api, create_view
