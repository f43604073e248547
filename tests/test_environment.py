"""pyproject.toml, environment.yml and requirements.lock say the same dependencies."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from source_code import PROJECT

# pyproject's name with its extras: conda-forge's name, where the two differ.
CONDA_NAMES = {"duckdb": "python-duckdb", "pandera[pandas]": "pandera-pandas"}
NOT_ON_CONDA_FORGE = {"opencc-python-reimplemented", "pylopdf-fonts-zh-cn"}
CONDA_ONLY = {"python", "pip"}


def project() -> dict[str, Any]:
    loaded: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def declared() -> list[Requirement]:
    return [Requirement(each) for each in project()["dependencies"]]


def full_name(requirement: Requirement) -> str:
    """The name with its extras, as in pandera[pandas]."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return requirement.name + extras


def environment() -> tuple[dict[str, Requirement], list[str]]:
    """The conda requirements of environment.yml by name, and the lines of its pip part."""
    loaded = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    conda = [Requirement(each) for each in loaded["dependencies"] if isinstance(each, str)]
    (pip,) = [each["pip"] for each in loaded["dependencies"] if isinstance(each, dict)]
    assert len({each.name for each in conda}) == len(conda), "a library twice"
    return {each.name: each for each in conda}, list(pip)


def locked() -> dict[str, list[str]]:
    """The pinned versions of requirements.lock by canonical name (one for each Python that needs its own)."""
    pins: dict[str, list[str]] = {}
    for line in (PROJECT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line and not line.lstrip().startswith("#"):
            match = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.!+-]+)(?:\s*;.*)?", line.rstrip(" \\"))
            assert match, f"not a pin: {line}"
            pins.setdefault(canonicalize_name(match[1]), []).append(match[2])
    return pins


def test_conda_and_pip_name_the_same_libraries_with_the_same_bounds() -> None:
    conda, pip = environment()
    expected = {CONDA_NAMES.get(full_name(each), each.name): each.specifier for each in declared()
                if each.name not in NOT_ON_CONDA_FORGE}
    assert {name: each.specifier for name, each in conda.items() if name not in CONDA_ONLY} == expected
    assert {each.partition(">")[0] for each in pip} == NOT_ON_CONDA_FORGE | {"-e ."}
    bounds = {each.name: each.specifier for each in declared()}
    assert all(Requirement(each).specifier == bounds[Requirement(each).name] for each in pip if each != "-e .")


def test_conda_asks_for_the_same_python() -> None:
    conda, _ = environment()
    assert str(conda["python"].specifier) == project()["requires-python"]


def test_the_names_that_differ_are_in_use() -> None:
    assert set(CONDA_NAMES) | NOT_ON_CONDA_FORGE <= {full_name(each) for each in declared()}


@pytest.mark.parametrize("text", [*project()["dependencies"], *chain(*project()["optional-dependencies"].values())])
def test_the_lock_pins_every_dependency_within_its_bounds(text: str) -> None:
    wanted = Requirement(text)
    versions = locked().get(canonicalize_name(wanted.name), [])
    assert versions, f"{wanted.name} is not in requirements.lock"
    assert all(wanted.specifier.contains(version, prereleases=True) for version in versions)


def test_the_lock_holds_pins_and_nothing_else() -> None:
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    assert len(locked()) > len(project()["dependencies"])
    assert not re.search(r"^\s*-|://| @ ", text, flags=re.MULTILINE), "an option, an address or a local file"


def test_the_distribution_is_not_called_commlib() -> None:
    assert project()["name"] == "county-community-analyses"
    assert project()["scripts"] == {"commlib": "commlib.cli:main"}
