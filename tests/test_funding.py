"""Funding: the way of the money, its rates, what is overdue, and which rules hold for a county, worked by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_blocks import Balance
from test_housing_progress import HEADS, Opener, Sheets, names, opened

from commlib.alarms import alarms
from commlib.blocks import funding, statements
from commlib.declarations.rule_files import rules
from commlib.home import Home
from commlib.phrases import phrase
from commlib.places import place_book
from commlib.statements import holding
from commlib.view import CountyView

PROJECT = Path(__file__).parents[1]
EMPTY = "110105"

FLOWS: list[list[Any]] = [
    ["资金拨付台账"], ["流水号", "下达时间", "乡镇", "项目名称", "资金来源", "下达金额", "到位金额", "拨付金额", "支付金额"],
    ["F1", "2013-03-05", names()[0], "道路", "中央", 100, 80, 70, 60],
    ["F2", "2013-04-10", names()[0], "道路", "县", 50, 50, 40, 20],
    ["F3", "2013-05-02", names()[1], "供水", "自筹", 30, 15, None, None],
    ["F4", "2012-05-02", names()[1], "供水", "县", 900, 1, 1, 1]]
CONTRACTS: list[list[Any]] = [
    ["合同付款表"], ["合同编号", "期次", "应付时间", "金额", "实付时间"],
    ["C1", 1, "2013-11-20", 10, None],          # 10 days
    ["C1", 2, "2013-09-01", 20, None],          # 90 days
    ["C1", 3, "2013-08-31", 5, None],           # 91 days
    ["C1", 4, "2013-01-01", 7, "2013-12-15"],   # 333 days: paid after the last day that is reported
    ["C1", 5, "2013-12-31", 100, None], ["C1", 6, "2013-05-01", 100, "2013-05-02"], ["C1", 7, None, 100, None]]
RETURNS: Sheets = {
    "资金拨付台账": FLOWS, "合同付款表": CONTRACTS,
    "住房建设进度月报": [["住房建设进度月报"], HEADS, [names()[0], names()[0], "2013-11-30", 100, 90, 80, 50, 0, 10]]}


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    folder = tmp_path_factory.mktemp("funding")
    return lambda period=None, language="zh": opened(folder, built_outputs, RETURNS, period, language)


def test_the_waterfall_goes_from_allocated_to_what_is_left(open_in: Opener) -> None:
    """F1 and F2 alone give all four: 150 allocated, 130 arrived, 110 disbursed, 80 paid, 30 left; 70 of the ledger unspent."""
    frame = funding.fund_waterfall(open_in("2013")).frame
    assert frame["value"].tolist() == [150, -20, 130, -20, 110, -80, 30]
    told = funding.fund_waterfall(open_in("2013", "en"))
    assert "2 of 3 flows" in told.html and "CNY 700,000" in told.html and not Balance(told.html).open


def test_three_rates_are_pooled_over_the_flows_that_give_both_numbers(open_in: Opener) -> None:
    """145 of 180 arrived; 110 of 130 disbursed (F3 gives none); 80 of 150 paid."""
    total = funding.fund_table(open_in("2013"), "level").frame.iloc[-1].tolist()
    assert total[0] == phrase("housing.county", "zh") and total[1:6] == [180, 145, 110, 80, 35]
    assert total[6:] == pytest.approx([100 * 145 / 180, 100 * 110 / 130, 100 * 80 / 150])
    by_project = funding.fund_table(open_in("2013"), "project_name").frame
    assert by_project.iloc[:, 0].tolist() == ["供水", "道路", phrase("housing.county", "zh")]
    assert by_project.iloc[0, 3] == "—" and by_project.iloc[0, 7] == "—"   # not reported, never zero


def test_both_leverages_have_their_own_name(open_in: Opener) -> None:
    """15 self-raised to 130 fiscal is 1:0.12; 145 in all is 1.12 times the fiscal funds."""
    told = funding.leverage(open_in("2013")).plain.splitlines()
    assert "非财政与财政之比" in told[0] and "1∶0.12" in told[0]
    assert "全部与财政之比" in told[1] and "1.12倍" in told[1]


def test_overdue_payments_by_age_at_the_last_day_reported(open_in: Opener) -> None:
    frame = funding.ageing(open_in()).frame
    assert "2013-11-30" in funding.ageing(open_in()).html
    assert frame["contracts"].tolist() == [10, 20, 5, 7]
    fired = [each for each in alarms(open_in()) if each.rule.id == "contract_overdue"]   # the alarms count the same four
    assert sorted(round(each.value * 365.25 / 12) for each in fired) == [10, 90, 91, 333]
    table = funding.ageing(open_in("2013-09", "en"))   # at the end of September: 29, 30, and 272 days
    assert "Overdue at 2013-09-30: 3 payments" in table.html
    assert table.frame["contracts"].tolist() == [20 + 5, 0, 0, 7]


def test_rules_of_other_counties_are_not_applied() -> None:
    book, every = place_book(Home(PROJECT)), rules(Home(PROJECT)).values()
    national = {"national_quota_return_period"}
    assert {each.document for each in holding(every, "431024", book) if each.id not in national} == {"001-3"}
    assert {each.id for each in holding(every, EMPTY, book)} == national
    henan = {each.id for each in holding(every, "410122", book)}
    assert henan == national | {"neixiang_quota_return_period"}   # the rule says that it is the province's
    own = {each.id for each in holding(every, "demo-hengxi", book)}
    assert own == national | {"BZ01", "hengxi_land_award"}


def test_what_a_report_lets_a_rule_make_due(view_of: Callable[..., CountyView]) -> None:
    """Neixiang: 170 households moved in at Caoying, 3,000 yuan each to buyers and as much to infrastructure: 510,000 yuan."""
    block = statements.money_rules(view_of("411325"))
    due = dict(zip(block.frame.iloc[:, 0], block.frame.iloc[:, 3], strict=True))
    assert due["入住购房补贴"] == due["入住基础设施补贴"] == 51
    assert ">51.00<" in block.html and not re.search(r'class="num"[^>]*>[^<]*元<', block.html)   # one unit, said at the title
    assert due["宅基地整理奖补"] == "—" and phrase("funding.reasons", "zh") in block.html
    assert "应付（已报各处合计）" in block.html   # of one community, and not of the county
    assert "曹营" in block.html and not Balance(block.html).open


def test_how_much_of_the_whole_has_no_named_source(view_of: Callable[..., CountyView]) -> None:
    """Jiahe: 0.24, 0.18 and 0.12 of 1.8 (CNY 100m), each "more than": at least 30 percent are named."""
    told = funding.named_sources(view_of("431024")).plain
    assert "不少于5,400万元（不少于30.0%）" in told and "至多1.26亿元" in told


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_county_without_data_waits_for_the_tables_by_name(view_of: Callable[..., CountyView], language: str) -> None:
    view = view_of(EMPTY, language)
    for block, table in ((funding.fund_waterfall(view), "fund_flow"), (funding.fund_table(view, "level"), "fund_flow"),
                         (funding.ageing(view), "contract_payment")):
        assert 'class="notice waits"' in block.html and f"({table})" in block.plain.replace("（", "(").replace("）", ")")
    assert 'class="notice waits"' in funding.leverage(view).html and 'class="notice waits"' in funding.named_sources(view).html
    assert phrase("funding.no_rule", language) in statements.money_rules(view).plain
