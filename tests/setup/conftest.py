"""The package, built once for all tests of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools import package


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built twice in two folders; the same bytes, or it is not there."""
    return package.twice(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="session")
def listed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package's folder as `make package` leaves it, but for the wheels of others."""
    folder = tmp_path_factory.mktemp("listed")
    shutil.copy(wheel, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(package, "run", lambda *_: None)
        assert package.needs(folder) == 1
    return folder


@pytest.fixture(scope="session")
def all_wheels(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That folder with all wheels, from the package registry: nothing else in the tests reaches it.

    Skips where there is none. What the registry gives with another hash fails.
    """
    folder = tmp_path_factory.mktemp("whole")
    shutil.copy(wheel, folder)
    try:
        assert package.needs(folder) > 20
    except package.Differs as why:
        if "connection broken" not in str(why):
            raise
        pytest.skip(f"no package registry can be reached: {str(why)[-200:]}")
    return folder
