"""Homes that are ready to use, made once and copied."""

import shutil
from pathlib import Path

import pytest

from tests.cli.commands import run


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose database is up to date and empty; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("migrated")
    assert run("migrate", home=folder).returncode == 0
    return folder


@pytest.fixture
def empty_home(migrated: Path, tmp_path: Path) -> Path:
    """A home of the test's own, with an empty database."""
    return Path(shutil.copytree(migrated, tmp_path / "home"))
