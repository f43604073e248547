"""The real notebooks on real counties: every notebook × two counties × both languages, and what their pages must say."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from html import unescape
from pathlib import Path

import pytest

from commlib.charts.fonts import characters_missing
from commlib.home import Home
from commlib.runner.notebooks import Needs, Scope, read_notebooks
from commlib.runner.run import Summary, run

pytestmark = pytest.mark.slow

HOME = Home(Path(__file__).resolve().parents[1])
COUNTIES = ("411325", "nanchang-wuxi")
LANGUAGES = ("zh", "en")
CHARTS = re.compile(r"<svg.*?</svg>", re.DOTALL)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory, built_outputs: Path) -> tuple[Summary, Path]:
    out = tmp_path_factory.mktemp("all")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMMLIB_OUTPUTS", str(built_outputs))
        return run(HOME, [], ",".join(COUNTIES), None, list(LANGUAGES), 2, out), out / "site"


def _text(page: Path) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))


def test_every_notebook_runs_for_both_counties_in_both_languages(everything: tuple[Summary, Path]) -> None:
    summary, site = everything
    assert [outcome.first_line for outcome in summary.failures] == []
    for notebook in read_notebooks(HOME):
        for language in LANGUAGES:
            if notebook.scope is Scope.ONCE:
                assert (site / f"{notebook.id}.{language}.html").is_file()
                continue
            for county in COUNTIES:
                expected = notebook.needs is not Needs.REGISTER or county == "411325"
                assert (site / county / f"{notebook.id}.{language}.html").is_file() == expected


def test_index_links_lead_to_pages_and_greys_what_could_not_run(everything: tuple[Summary, Path]) -> None:
    _, site = everything
    for index in ("index.html", "index.en.html"):
        html = (site / index).read_text(encoding="utf-8")
        hrefs = [href for href in re.findall(r'href="([^"#]+)"', html) if href.endswith(".html")]
        assert len(hrefs) >= 7
        assert all((site / href).is_file() for href in hrefs)
    assert "无数据" in (site / "index.html").read_text(encoding="utf-8")


def test_pages_are_self_contained_and_in_their_language(everything: tuple[Summary, Path]) -> None:
    _, site = everything
    pages = sorted(site.rglob("*.html"))
    of_each = [1 if each.scope is Scope.ONCE else len(COUNTIES) - (each.needs is Needs.REGISTER) for each in read_notebooks(HOME)]
    assert len(pages) == len(LANGUAGES) * (sum(of_each) + 1)   # and an index
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="https?:', html), page
        language = "en" if page.name.endswith(".en.html") else "zh"
        assert re.search(rf'<html lang="{language}', html), page
        assert str(HOME.root) not in html


def test_every_character_of_every_chart_is_in_the_layout_font(everything: tuple[Summary, Path]) -> None:
    _, site = everything
    charts = [svg for page in site.rglob("*.html") for svg in CHARTS.findall(page.read_text(encoding="utf-8"))]
    assert len(charts) >= 10
    texts = ["".join(ElementTree.fromstring(svg).itertext()) for svg in charts]
    assert characters_missing(texts) == set()


def test_charts_state_their_finding_as_alternative_text(everything: tuple[Summary, Path]) -> None:
    _, site = everything
    for page in site.rglob("*.html"):
        for svg in CHARTS.findall(page.read_text(encoding="utf-8")):
            described = ElementTree.fromstring(svg).find("{http://www.w3.org/2000/svg}desc")
            assert described is not None and re.search(r"\d", described.text or ""), page


def test_neixiang_shows_its_known_faults(everything: tuple[Summary, Path]) -> None:
    _, site = everything
    said = _text(site / "411325" / "report_audit.zh.html")
    for known in ("280户 ÷ 521套", "2,945套（000-5-007）", "9.5%", "62.78%", "截断为62.7", "66%", "75%", "71.6%"):
        assert known in said


@pytest.mark.parametrize(("county", "known"), [
    ("430223", ("36.2%", "38.62%")), ("330521", ("1,695", "1,686")),
])
def test_the_other_known_faults_are_found(county: str, known: tuple[str, ...], tmp_path: Path, shared_store: object) -> None:
    summary = run(HOME, ["report_audit"], county, None, ["zh"], 1, tmp_path)
    assert not summary.failures
    said = _text(tmp_path / "site" / county / "report_audit.zh.html")
    assert all(each in said for each in known)


def test_a_second_run_gives_the_same_bytes(everything: tuple[Summary, Path], tmp_path: Path, shared_store: object) -> None:
    _, site = everything
    again = run(HOME, ["county_overview", "village_register"], "411325", None, list(LANGUAGES), 1, tmp_path)
    assert not again.failures
    for page in sorted((tmp_path / "site" / "411325").glob("*.html")):
        assert page.read_bytes() == (site / "411325" / page.name).read_bytes(), page.name
