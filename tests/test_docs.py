"""The generated pages of docs/ are up to date, and every link inside the documentation leads somewhere."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from source_code import PROJECT, project_files
from typer.testing import CliRunner

from commlib.cli import app

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]


def generated() -> dict[str, Callable[[], str]]:
    """The pages that docs/generate.py writes, by file name."""
    spec = importlib.util.spec_from_file_location("docs_generate", PROJECT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pages: dict[str, Callable[[], str]] = module.PAGES
    return pages


@pytest.mark.parametrize(("name", "page"), generated().items(), ids=list(generated()))
def test_a_generated_page_is_up_to_date(name: str, page: Callable[[], str]) -> None:
    stored = (PROJECT / "docs" / name).read_text(encoding="utf-8")
    assert stored == page(), f"run: .venv/bin/python docs/generate.py (docs/{name} is out of date)"


def anchors(path: Path) -> set[str]:
    """What a link into a page may point at: its headings as anchors, and its explicit anchors."""
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings} \
        | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(PROJECT).as_posix())
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    known = {path: anchors(path)}
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), f"{path.name} links to {target}"
        if anchor:
            known.setdefault(file, anchors(file))
            assert anchor in known[file], f"{path.name} links to {target}"


@pytest.mark.slow
def test_the_how_to_shows_what_the_command_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLIB_HOME", str(PROJECT))
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(tmp_path))
    page = (PROJECT / "docs" / "returns.md").read_text(encoding="utf-8")
    said = CliRunner().invoke(app, ["intake", str(PROJECT / "data" / "demo" / "demo-xiaodun")]).stdout
    said += CliRunner().invoke(app, ["intake", str(PROJECT / "data" / "demo" / "demo-xiaodun"), "--quiet"]).stdout
    said += CliRunner().invoke(app, ["releases", "1"]).stdout
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    lines = [line for kind, block in blocks if not kind for line in block.splitlines() if line]
    shown = [line for line in lines if not line.startswith("commlib ")]
    told = said.replace(f"{tmp_path}/", "outputs/").splitlines()
    assert len(shown) >= 8
    assert [line for line in shown if line not in told] == []
