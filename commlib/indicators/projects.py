"""Projects: physical progress and progress in money, kept apart."""

from __future__ import annotations

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="形象进度（占计划工程量）", en="Physical progress (of the planned quantity)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="完成工程量 ÷ 计划工程量", en="quantity completed ÷ quantity planned"),
    defined_by="001-8",
    for_each=("village_road", "girders"),
)
def progress_physical(each: Quantity, each__plan: Quantity) -> Ratio:
    """Work done in percent of the plan, by place and kind of work; above 100 beyond the plan, NaN without a plan."""
    return ratio(each, each__plan, per=100)


@indicator(
    label=Text(zh="投资完成率（占项目计划投资）", en="Investment completed (of the planned project investment)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="投资完成额 ÷ 项目计划投资", en="investment completed ÷ planned project investment"),
    defined_by="001-8",
)
def progress_money(investment_completed: Quantity, project_investment__plan: Quantity) -> Ratio:
    """Investment completed in percent of the plan, by place; above 100 on overspending, NaN without a plan."""
    return ratio(investment_completed, project_investment__plan, per=100)


@indicator(
    label=Text(zh="社区验收通过率（占验收次数）", en="Communities accepted (of inspections)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="验收通过的社区 ÷ 验收次数", en="communities accepted ÷ acceptance inspections"),
    defined_by="001-3",
)
def acceptance_pass_rate(communities_accepted: Quantity, acceptance_inspections: Quantity) -> Ratio:
    """Communities accepted in percent of inspections, by place; NaN where none was inspected."""
    return share(communities_accepted, acceptance_inspections)


@indicator(
    label=Text(zh="审批手续办结率（占需办手续）", en="Approvals finished (of those required)"),
    unit="percent",
    direction=Direction.HIGHER,
    definition=Text(zh="已办结手续 ÷ 需办手续", en="approval procedures finished ÷ approval procedures required"),
    defined_by="000-3",
)
def approvals_finished_share(approvals_finished: Quantity, approvals_required: Quantity) -> Ratio:
    """Procedures finished in percent of those required, by place; NaN where none is required."""
    return share(approvals_finished, approvals_required)
