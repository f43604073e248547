"""Blocks: every block of every notebook in both languages, what waits, escaping and export."""

from __future__ import annotations

import ast
import csv
import json
import math
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from commlib.blocks import audit, catalogue, overview, peers, register, wording, work
from commlib.blocks.block import Block, together
from commlib.blocks.head import head
from commlib.blocks.html import Cell, Column, Table, bullets, caption, chart, facts, finding, folded, mark, notice
from commlib.blocks.indicators import indicator_ranking
from commlib.charts.figure import Chart
from commlib.declarations.measures import measures
from commlib.declarations.sources import REGISTER
from commlib.errors import ParameterError
from commlib.indicators.registry import indicators
from commlib.phrases import phrase
from commlib.runner.notebooks import read_notebook
from commlib.view import CountyView

Opener = Callable[..., CountyView]
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
COUNTIES = ["411325", "431024", "nanchang-wuxi", "tianjin", "110101"]  # the last is in no report
EVIL = "<script>alert('&')</script>"
_VOID = {"br", "hr", "img", "meta", "input", "col", "path", "rect", "line", "circle", "use"}


class Balance(HTMLParser):
    """Counts elements that are opened and not closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


def code_cells(notebook: str) -> list[str]:
    cells = json.loads((NOTEBOOKS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    return [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", [])
    ]


def shown_by(notebook: str, view: CountyView | None, lang: str) -> dict[str, Block]:
    """What each expression of the notebook shows, with this view in the place of the one that it opens."""
    declared = read_notebook(NOTEBOOKS / f"{notebook}.ipynb").parameters
    names: dict[str, Any] = {each.name: each.default for each in declared} | {"lang": lang, "view": view}
    shown: dict[str, Block] = {}
    for source in code_cells(notebook):
        for node in ast.parse(source).body:
            if isinstance(node, ast.Expr):
                shown[ast.unparse(node)] = eval(ast.unparse(node), names)  # the project's own notebooks
            elif not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "view"):
                exec(ast.unparse(node), names)
    return shown


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("county", COUNTIES)
@pytest.mark.parametrize("notebook", ["county_overview", "village_register", "report_audit", "housing_progress"])
def test_every_block_of_a_notebook_shows_something(view_of: Opener, notebook: str, county: str, lang: str) -> None:
    shown = shown_by(notebook, view_of(county, lang), lang)
    assert len(shown) >= 6
    for source, block in shown.items():
        assert isinstance(block, Block) and block.html.strip(), source
        assert not Balance(block.html).open, source
        assert "nan" not in block.plain.split() and "{" not in block.plain, source


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_block_of_methods_and_sources_shows_something(
    built_outputs: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("COMMLIB_OUTPUTS", str(built_outputs))
    shown = shown_by("methods_and_sources", None, lang)
    assert len(shown) == 9 and all(block.html.strip() and not Balance(block.html).open for block in shown.values())


def test_the_catalogue_prints_all_that_is_declared(built_outputs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from commlib.declarations.alarms import alarm_rules
    from commlib.targets import targets

    monkeypatch.setenv("COMMLIB_OUTPUTS", str(built_outputs))
    assert len(catalogue.indicator_catalogue("en").frame) == len(indicators())
    assert len(catalogue.rule_catalogue("zh").frame) == 62
    assert len(catalogue.target_catalogue("zh").frame) == len(targets())
    frame = catalogue.alarm_catalogue("en").frame
    assert len(frame) == len(alarm_rules()) and frame.iloc[0, 1] == "■ red >30 percentage points, ▲ amber ≥10 percentage points"


# ---- where there is no data


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("county", "block"),
    [
        ("110101", overview.reported_figures),
        ("110101", work.checklists),
        ("110101", work.system_of_work),
        ("110101", audit.audit_chart),
        ("110101", audit.audit_table),
        ("tianjin", register.township_chart),
        ("tianjin", register.township_table),
        ("tianjin", register.township_kinds),
        ("tianjin", peers.peer_table),
        ("tianjin", overview.indicator_table),
    ],
)
def test_a_block_without_data_says_what_it_waits_for(
    view_of: Opener, county: str, block: Callable[[CountyView], Block], lang: str
) -> None:
    shown = block(view_of(county, lang))
    assert 'class="notice waits"' in shown.html and phrase("word.waits", lang) in shown.plain
    assert "<svg" not in shown.html and "<table" not in shown.html


def test_the_waiting_table_names_the_missing_measures(view_of: Opener) -> None:
    table = overview.waiting_table(view_of("110101", "en")).frame
    assert len(table) >= 40 and table.iloc[:, -1].ne("").all()
    assert measures()["dwellings_completed"].label.en in " ".join(table.iloc[:, -1])


def test_what_has_its_parts_at_different_places_is_not_left_out(view_of: Opener) -> None:
    """Neixiang states households moved in of the county and planned homes of seven communities: nothing to divide."""
    view = view_of("411325")
    table = overview.waiting_table(view).frame
    assert len(table) == len(indicators()) - view.results["id"].nunique()
    assert phrase("overview.apart", "zh") in set(table.iloc[:, -1])


def test_an_audit_names_what_a_claim_lacks_with_its_nature(view_of: Opener) -> None:
    """Neither the beams cast nor those planned are stated."""
    assert "梁板数、梁板数（计划）" in audit.audit_table(view_of("roads-county")).html
    assert "2,212" not in "".join(audit.audit_table(view_of("430223")).frame.iloc[:, 2].astype(str))   # only stated again


def test_what_no_rule_can_decide_is_printed_with_the_audit(view_of: Opener) -> None:
    assert "节约用地与全区户均1.5亩相差较大" in audit.distrust(view_of("620602")).plain
    assert phrase("audit_page.no_finding", "en") in audit.distrust(view_of("620602", "en")).plain


# ---- what they say


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_figure_that_the_audit_distrusts_says_so_wherever_it_is_shown(view_of: Opener, language: str) -> None:
    """Deqing gives 443 both as the party members of Qun'an and as the retired ones: nobody knows what the share is of."""
    view = view_of("330521", language)
    said = f"✕ {phrase('chart.verdict_base_mislabelled', language)}"
    row = next(row for _, row in view.results.iterrows() if "000-6-022" in row["sources"])
    assert wording.grade_mark(view, row).text == said
    sound = next(row for _, row in view.results.iterrows() if row["sources"] == "000-6-028;000-6-001")
    assert wording.grade_mark(view, sound).text == phrase("grade.computed", language)
    figures = overview.reported_figures(view).frame
    assert figures.loc[figures.iloc[:, -1] == "000-6-022"].iloc[0, 3].endswith(said)
    assert said in overview.indicator_table(view).html


def test_neixiangs_indicators_stand_with_base_and_figures(view_of: Opener) -> None:
    html = overview.indicator_table(view_of("411325", "en")).html
    for words in ("17.7 %", "521 ÷ 2,945", "000-5-010; 000-5-007", "62.8 %", "1,849 ÷ 2,945", "53.7 %", "9.5 %"):
        assert words in html


def test_all_themes_are_folded_one_by_one_and_each_cell_names_its_column(view_of: Opener) -> None:
    shown, saved = overview.indicator_table(view_of("411325")), overview.indicator_table(view_of("411325")).frame
    whole = saved[saved["place"] == "411325"]
    assert shown.html.count("<details") >= whole["id"].map(lambda each: indicators()[each].theme).nunique() > 1
    assert f'data-label="{phrase("column.value", "zh")}"' in shown.html and "data-label" not in register.township_table(
        view_of("411325")).html


@pytest.mark.parametrize(("language", "said"), [("zh", "600万元以上"), ("en", "at least CNY 6 million")])
def test_a_ranking_keeps_the_hedges_of_a_report(view_of: Opener, language: str, said: str) -> None:
    block = indicator_ranking(view_of("620602", language), "funding_gap", level="community")
    assert said in block.plain and f">{said}</td>" in block.html


def test_stated_figures_keep_their_printed_digits(view_of: Opener) -> None:
    own = view_of("411325").facts
    for figure, zh in (("000-5-011", "17.69%"), ("000-5-009", "62.7%"), ("000-5-038", "75%")):
        (row,) = own[own["source"] == figure].itertuples()
        assert wording.fact_cell(row, "zh").text == zh


def test_the_head_tells_an_inferred_county_and_the_register_at_any_period(view_of: Opener) -> None:
    assert 'class="notice inferred"' in head(view_of("411325")).html and "inferred" not in head(view_of("431024")).html
    assert "16" in head(view_of("411325", "en", "undated:000-5")).plain.splitlines()[2]


def test_key_figures_are_at_most_six_and_exported_unrounded(view_of: Opener) -> None:
    block = overview.key_figures(view_of("411325"))
    assert 3 <= len(block.frame) <= 6 and block.html.count("<dt>") == len(block.frame)


def test_the_township_table_adds_up(view_of: Opener) -> None:
    frame = register.township_table(view_of("431024", "en")).frame
    numbers = frame.iloc[:, 2:]
    assert len(frame) == 11 and numbers.iloc[-1].tolist() == numbers.iloc[:-1].sum().tolist()
    assert numbers.iloc[-1].tolist() == [167, 31, 3, 201] and frame.iloc[0, 1] == "431024100"


# ---- escaping


def test_every_value_is_escaped() -> None:
    table = Table(
        EVIL,
        [Column("a", EVIL), Column("b", EVIL, True)],
        [{"a": EVIL, "b": Cell(EVIL, EVIL), "g": EVIL}],
        unit=EVIL,
        total={"a": EVIL, "b": EVIL},
        source=EVIL,
        note=EVIL,
        group="g",
    ).block()
    blocks = [
        table,
        notice("waits", EVIL, EVIL),
        finding([EVIL]),
        facts([(EVIL, EVIL)]),
        bullets(EVIL, [EVIL]),
        folded(EVIL, Block("")),
        chart(Chart("<svg></svg>", EVIL, EVIL, pd.DataFrame()), EVIL, EVIL, EVIL),
        Block(mark("status", "ok", EVIL)),
        Block(caption(EVIL, EVIL, EVIL)),
    ]
    for block in blocks:
        assert "<script" not in block.html and "&lt;script&gt;" in block.html
        assert not Balance(block.html).open


def test_titles_cannot_leave_their_attribute() -> None:
    html = Table('"quoted"', [Column("a", "a")], [{"a": Cell("x", '" onload="x')}]).block().html
    assert 'onload="x"' not in html and "&quot; onload=&quot;x" in html


# ---- export


def test_a_block_saves_csv_and_xlsx_without_live_formulas(tmp_path: Path) -> None:
    texts = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "平安", "000-5"]
    block = Block("", frame=pd.DataFrame({"名称": texts, "值": [1.5, 2, 3, 4, 5, 6, 7]}))
    with block.save(tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["名称"] for row in rows] == [f"'{each}" for each in texts[:5]] + texts[5:] and rows[0]["值"] == "1.5"
    sheet = load_workbook(block.save(str(tmp_path / "t.xlsx"))).active
    assert sheet is not None and [cell.value for cell in sheet["A"]][1] == f"'{texts[0]}" and sheet["B2"].value == 1.5
    assert all(cell.data_type != "f" for row in sheet for cell in row)


@pytest.mark.parametrize("name", ["t.pdf", "t", "t.xls", "t.csv.exe"])
def test_another_ending_is_refused_and_nothing_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Block("").save(tmp_path / name)
    assert ".xlsx" in caught.value.say("zh") and ".csv" in caught.value.say("en") and not list(tmp_path.iterdir())


def test_tables_export_unrounded_numbers_and_codes_as_text(view_of: Opener, tmp_path: Path) -> None:
    path = overview.indicator_table(view_of("411325", "en")).save(tmp_path / "i.xlsx")
    saved = pd.read_excel(path)
    assert list(saved)[:4] == ["id", "label", "member", "place"] and {"period", "value", "unit", "status"} <= set(saved)
    assert any(value.startswith("17.6910") for value in saved["value"].astype(str)) and saved["unit"].notna().all()
    path = register.township_table(view_of("431024", "en")).save(tmp_path / "t.xlsx")
    assert load_workbook(path).active["B2"].value == "431024100"  # type: ignore[index]


def test_blocks_show_themselves_in_jupyter_and_at_a_prompt() -> None:
    block = together(Block("<p>a</p>", "a"), None, Block("<p>b</p>", "b", pd.DataFrame({"x": [1]})))
    style, _, shown = block._repr_html_().rpartition("</style>\n")
    assert shown == "<p>a</p>\n<p>b</p>" and "dl.key-figures" in style and repr(block) == "a\nb" and len(block.frame) == 1
    assert repr(Block("<p></p>", frame=pd.DataFrame({"x": [1, 2]}))) == "<Block 2 rows>"


@pytest.mark.parametrize(("source", "zh", "en"), [
    ("release:9/unit_profile/全县!4", "入库9号，全县第4行", "release 9, 全县, row 4"),
    ("release:16/village_survey/村庄建设调查表", "入库16号，村庄建设调查表", "release 16, 村庄建设调查表"),
    ("000-5-012", "000-5-012", "000-5-012"), (REGISTER, "全国登记", "national register")])
def test_where_a_value_comes_from_is_said_in_words(source: str, zh: str, en: str) -> None:
    assert (wording.sources_text(f"{source};{source}", "zh"), wording.sources_text(source, "en")) == (zh, en)


@pytest.mark.parametrize(("n", "expected", "said"), [(3, 7, "7处中3处报全"), (0, 18, "18处均未报全"), (2, math.nan, "总数不明")])
def test_parts_of_every_place_are_not_called_none_of_them(n: int, expected: float, said: str) -> None:
    assert said in wording.status_text(pd.Series({"status": "partial", "n": n, "n_expected": expected}), "zh")
