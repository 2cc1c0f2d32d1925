"""What every test gets: the run's database, no network but loopback, a browser where it asks for one.

LIBERTAD_TEST_DB=sqlite (default) or postgres. The settings module is named here, after the database has been
chosen, because Django reads LIBERTAD_DATABASE_URL when it loads them.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import hypothesis
import pytest
from django.test import TransactionTestCase

from tests.support import cost, databases, grouping
from tests.support.browsing import browser, open_page, page, phone
from tests.support.databases import database_url, postgres_url
from tests.support.network import loopback_only

if TYPE_CHECKING:
    from tests.support.populated import Populated
    from tests.support.world import World

__all__ = ["browser", "database_url", "open_page", "page", "phone", "postgres_url"]

# The same examples are drawn each time, so that a change lands or fails by what it is; `make soak` draws
# new ones. Before the tests' modules are imported: each takes the profile that is loaded then. How long an
# example takes, or is drawn, is of the machine and fails nothing.
hypothesis.settings.register_profile(
    "landing", derandomize=True, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("soak", print_blob=True)
hypothesis.settings.load_profile("soak" if os.environ.get("LIBERTAD_SOAK") else "landing")

SETS = 2  # of a test's parameters on PostgreSQL

databases.choose()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.test")
django.setup()
TransactionTestCase._fixture_teardown = lambda self: databases.emptied()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="session")
def _no_outside_network() -> Iterator[None]:
    with loopback_only():
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database for whoever asks: pytest-django's own makes none where no test asks for `db` itself.

    Nobody is left in it when it is dropped.
    """
    from django.test.utils import setup_databases, teardown_databases

    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        databases.end_sessions()
        teardown_databases(made, verbosity=0)


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A node's home of this test's own."""
    from libertad.journal.node import close_node

    settings.LIBERTAD_HOME = tmp_path / "node"
    close_node()
    yield tmp_path / "node"
    close_node()


@pytest.fixture
def world(transactional_db: None, home: Path) -> World:
    """The small operation of tests/support/world.py: made once a process, and copied for each test."""
    from libertad.journal.node import node
    from tests.support.world import WORLD

    made = replace(WORLD.copy(home), home=home)
    assert node().writer  # open, as who makes it leaves it: under the settings that the test found
    return made


@pytest.fixture(scope="module")
def populated(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Populated]:
    """The world with a file of every kind in it, one for all tests of a module: see `shared`."""
    from tests.support.populated import shared

    with shared(tmp_path_factory.mktemp("node"), django_db_blocker) as made:
        yield made


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return grouping.scheduler(config, log)


def pytest_configure(config: pytest.Config) -> None:
    if table := os.environ.get("LIBERTAD_TEST_COST"):
        config.pluginmanager.register(cost.Recorder(Path(table)))


@pytest.hookimpl(tryfirst=True)  # pytest's own asks for `not nightly`
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    cost.mark(items)
    for item in items:
        if item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.timeout(0))
    seen: Counter[str] = Counter()
    unwanted = [item for item in items if not _is_selected(item) or _once_more(item, seen)]
    if unwanted:
        config.hook.pytest_deselected(items=unwanted)
        items[:] = [item for item in items if item not in set(unwanted)]


def _is_selected(item: pytest.Item) -> bool:
    if item.get_closest_marker("soak") and not os.environ.get("LIBERTAD_SOAK"):
        return False
    return databases.KIND == "sqlite" or databases.touches_database(item)


def _once_more(item: pytest.Item, seen: Counter[str]) -> bool:
    """On PostgreSQL a third set of a test's parameters and those after it: what a role may say, or which
    value is refused, is the same on every database, and all sets run on SQLite."""
    if databases.KIND == "sqlite" or item.get_closest_marker("both"):
        return False
    test = item.nodeid.partition("[")[0]
    seen[test] += 1
    return seen[test] > SETS


def pytest_unconfigure() -> None:
    databases.stop()
