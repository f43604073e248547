"""What several test files share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from commlib.home import Home
    from commlib.view import CountyView

PROJECT = Path(__file__).parents[1]
FULL = "demo-hengxi"   # the fictional county that sends rows of every table
settings.register_profile("same", derandomize=True, deadline=None)   # the same examples everywhere
settings.load_profile("same")


@pytest.fixture(scope="session")
def built_outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of outputs of the session's own, with the store built in it from the project's data."""
    from commlib.home import Home
    from commlib.store import open_store

    folder = tmp_path_factory.mktemp("outputs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMLIB_OUTPUTS", str(folder))
        open_store(Home(PROJECT))
    return folder


@pytest.fixture
def shared_store(built_outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project's data and the session's store, as the environment of one test."""
    monkeypatch.setenv("COMMLIB_HOME", str(PROJECT))
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(built_outputs))


@pytest.fixture(scope="session")
def view_of(built_outputs: Path) -> Callable[..., CountyView]:
    """Opens a county in the session's store: `view_of("411325", "en")`; one view of each kind a session."""
    from commlib.home import Home
    from commlib.view import open_county

    @cache
    def opened(county: str, lang: str = "zh", period: str | None = None) -> CountyView:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COMMLIB_OUTPUTS", str(built_outputs))
            return open_county(county, period, lang, Home(PROJECT))

    return opened


@pytest.fixture(scope="session")
def demo_home(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A project of the session's own into which the returns of the full fictional county were taken."""
    from commlib.home import Home
    from commlib.intake.receiving import Intake, Said, sources

    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(built_outputs, folder / "outputs")
    (folder / "data").symlink_to(PROJECT / "data")
    home = Home(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("COMMLIB_OUTPUTS", raising=False)
        intake = Intake(home, Said(county=FULL), folder / "faults")
        for source in sources([str(PROJECT / "data" / "demo" / FULL)]):
            intake.receive(source)
    return home


@pytest.fixture(scope="session")
def demo_view_of(demo_home: Home) -> Callable[..., CountyView]:
    """Opens the full fictional county: `demo_view_of("en")`; one view of each kind a session."""
    from commlib.view import open_county

    @cache
    def opened(lang: str = "zh", period: str | None = None) -> CountyView:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("COMMLIB_OUTPUTS", raising=False)
            return open_county(FULL, period, lang, demo_home)

    return opened
