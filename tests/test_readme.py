"""What the README files say is true: commands, options, folder tree, examples, in both languages alike."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import typer.main
from source_code import PROJECT, project_files

from commlib.bilingual import Text
from commlib.cli import app
from commlib.indicators import registry
from commlib.indicators.arithmetic import Quantity, Ratio, share
from commlib.indicators.registry import Direction, indicator

READMES = ["README.md", "README.zh.md"]
PROSE = [*READMES, "CONTRIBUTING.md", "docs/jupyterlab.md", "docs/architecture.md"]
both = pytest.mark.parametrize("name", READMES)
GENERATED = {"outputs"}


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def blocks(name: str, language: str = "") -> list[str]:
    """The fenced blocks of a page in a language; "" for those that name none."""
    return [text for spoken, text in re.findall(r"^```(\w*)\n(.*?)^```", read(name), flags=re.MULTILINE | re.DOTALL)
            if spoken == language]


# ---- commands

@pytest.mark.parametrize("name", PROSE)
def test_every_make_command_is_a_target(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), flags=re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", read(name), flags=re.MULTILINE))
    assert named <= targets
    assert name not in READMES or {"analyses", "test", "lab"} <= named


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target}" in listed for target in ("analyses", "test", "lab", "check"))


def contract(name: str) -> dict[str, set[str]]:
    """Commands of the contract with the options that the page gives each of them."""
    (block,) = [text for text in blocks(name) if text.startswith("commlib ")]
    found = {}
    for line in re.sub(r"\n +", " ", block).splitlines():   # an indented line goes on
        _, commands, *_ = line.split(" ")
        found |= {command: set(re.findall(r"--[a-z-]+", line)) for command in commands.split("|")}
    return found


@both
def test_the_contract_is_that_of_the_command_line(name: str) -> None:
    group = typer.main.get_command(app)
    real = {command: {option for parameter in declared.params for option in parameter.opts if option.startswith("--")}
            for command, declared in group.commands.items()}   # type: ignore[attr-defined]
    assert contract(name) == {command: options - {"--help"} for command, options in real.items()}


@pytest.mark.parametrize("name", PROSE)
def test_every_command_line_that_is_shown_is_understood(name: str) -> None:
    group = typer.main.get_command(app)
    for command in re.findall(r"(?:^|`|bin/)commlib ([a-z]+)\b", read(name), flags=re.MULTILINE):
        assert command in group.commands   # type: ignore[attr-defined]


# ---- folders

def tree(name: str) -> list[str]:
    """The paths that the folder tree of a page names; an indented line stands in the folder above it."""
    (block,) = [text for text in blocks(name) if text.startswith("README.md")]
    paths, parent = [], ""
    for line in block.splitlines():
        if line.startswith("  "):
            paths.append(parent + line.split()[0])
        elif line.split()[0].endswith("/"):
            parent = line.split()[0]
            paths.append(parent)
        else:
            paths += line.split()
    return paths


@both
def test_the_folder_tree_is_true(name: str) -> None:
    tracked = {path.relative_to(PROJECT).as_posix() for path in project_files()}
    for path in tree(name):
        exists = any(each.startswith(path) for each in tracked) if path.endswith("/") else path in tracked
        assert exists or path.rstrip("/") in GENERATED, f"{name} names {path}"
    shown = {path.partition("/")[0] for path in tree(name)}
    standing = {each.partition("/")[0] for each in tracked if not each.startswith(".")}
    assert standing <= shown, f"not in the folder tree: {standing - shown}"
    for folder in ("data", "tests", "commlib"):
        inside = {each.split("/")[1] for each in tracked if each.startswith(f"{folder}/") and each.count("/") > 1}
        named = {path.split("/")[1] for path in tree(name) if path.startswith(f"{folder}/")}
        assert named - {""} <= inside and (folder == "tests" or inside == named - {""})


def test_both_languages_show_the_same() -> None:
    assert tree(READMES[0]) == tree(READMES[1])
    assert contract(READMES[0]) == contract(READMES[1])
    for language in ("python", "toml"):
        stripped = [[re.sub(r"\s+#.*", "", text) for text in blocks(name, language)] for name in READMES]
        assert stripped[0] == stripped[1]
    headings = [re.findall(r"^(#+) ", read(name), flags=re.MULTILINE) for name in READMES]
    assert headings[0] == headings[1]
    links = [set(re.findall(r"\]\(([^)]+)\)", read(name))) - set(READMES) for name in READMES]
    assert links[0] == links[1]


# ---- examples

@pytest.mark.usefixtures("shared_store")
def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (exploring,) = [text for text in blocks("README.md", "python") if "open_county" in text]
    exec(exploring, {})
    assert (tmp_path / "indicators.xlsx").stat().st_size > 0
    names: dict[str, object] = {}
    for text in blocks("docs/jupyterlab.md", "python"):
        exec(text, names)
    assert (tmp_path / "indicators.csv").read_bytes().startswith("\ufeff".encode())


def test_the_ten_lines_are_ten_and_give_the_golden_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    (source,) = [text for text in blocks("README.md", "python") if text.startswith("@indicator")]
    assert len(source.splitlines()) == 10
    names = {"__name__": "commlib.indicators.housing_progress", "indicator": indicator, "Text": Text, "share": share,
             "Direction": Direction, "Quantity": Quantity, "Ratio": Ratio}
    exec(source, names)
    (line,) = tomllib.loads(blocks("README.md", "toml")[0])["golden"]
    declared = registry._registered[line["id"]]
    assert declared.function(**line["inputs"]).value == pytest.approx(line["expected"], rel=1e-6)
    figures = read("data/reported/figures.csv")
    assert all(f"\n{figure}," in figures for figure in line["from"].split(";"))


@both
def test_every_file_that_is_named_exists(name: str) -> None:
    for path in re.findall(r"`((?:commlib|docs|tests|data|notebooks)/[\w./-]+\.\w+)`", read(name)):
        assert (PROJECT / path).is_file(), path
