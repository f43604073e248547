"""The repository stays small, and nothing generated gets into it."""

from __future__ import annotations

import subprocess

import pytest
from source_code import PROJECT, project_files

MOST_BYTES = 40 * 1000 * 1000
MOST_BYTES_OF_ONE = 8 * 1000 * 1000


def test_the_whole_repository_is_under_forty_megabytes() -> None:
    assert sum(path.stat().st_size for path in project_files()) < MOST_BYTES


def test_no_file_is_large() -> None:
    large = {path.relative_to(PROJECT).as_posix(): path.stat().st_size for path in project_files()
             if path.stat().st_size > MOST_BYTES_OF_ONE}
    assert not large


@pytest.mark.parametrize("name", [
    "outputs/site/index.html", ".venv/bin/python", "commlib/__pycache__/view.pyc",
    "notebooks/.ipynb_checkpoints/x.ipynb", "county_community_analyses.egg-info/PKG-INFO",
])
def test_what_is_generated_is_ignored(name: str) -> None:
    assert subprocess.run(["git", "check-ignore", "--quiet", name], cwd=PROJECT, check=False).returncode == 0
