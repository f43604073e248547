"""Returns: whether they come in time, ranks that follow from them, and what became of problems."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, difference, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="报表按时报送率（占应报份数）", en="Returns on time (of those due)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="按时报送份数 ÷ 应报份数", en="returns received on time ÷ returns due"),
    defined_by="000-5",
)
def on_time_rate(returns_on_time: Quantity, returns_due: Quantity) -> Ratio:
    """Returns in time in percent of those due, by place; NaN where none was due."""
    return share(returns_on_time, returns_due)


@indicator(
    label=Text(zh="考核名次变化（上期名次减本期名次）", en="Change of rank (previous rank less present rank)"),
    unit="rank",
    direction=Direction.HIGHER,
    definition=Text(zh="上期名次 − 本期名次（正数为上升）", en="previous rank − present rank (above zero is a rise)"),
    defined_by="000-5",
)
def rank_change(appraisal_rank_before: Quantity, appraisal_rank: Quantity) -> Quantity:
    """Ranks gained since the last appraisal, by place; below zero where lost, NaN where either is missing."""
    return difference(appraisal_rank_before, appraisal_rank)


@indicator(
    label=Text(zh="问题整改率（占查找出的问题）", en="Problems solved (of those raised)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已整改的问题 ÷ 查找出的问题", en="problems solved ÷ problems raised"),
    defined_by="000-5",
)
def problems_solved_share(problems_solved: Quantity, problems_raised: Quantity) -> Ratio:
    """Problems solved in percent of those raised in the year, by place; NaN where none was raised."""
    return share(problems_solved, problems_raised)
