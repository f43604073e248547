"""Governance: committees and township-level units, counted from the national register."""

from __future__ import annotations

from collections.abc import Mapping

from commlib.bilingual import Text
from commlib.indicators.arithmetic import Quantity, Ratio, composition, ratio, share
from commlib.indicators.registry import Direction, indicator


@indicator(
    label=Text(zh="每个乡级单位的村（居）委会数", en="Committees per township-level unit"),
    unit="count/township",
    direction=Direction.NEUTRAL,
    definition=Text(zh="（居委会 + 村委会）÷ 乡级单位",
                    en="(residents' committees + villagers' committees) ÷ township-level units"),
    defined_by="national_register",
)
def governance_units_per_township(residents_committees: Quantity, villagers_committees: Quantity,
                                  township_units: Quantity) -> Ratio:
    """Committees of both kinds per township-level unit, by place; NaN where there is no such unit."""
    return ratio(residents_committees + villagers_committees, township_units)


@indicator(
    label=Text(zh="居委会占比（占村委会与居委会之和）",
               en="Share of residents' committees (of both kinds of committee)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="居委会 ÷（居委会 + 村委会）",
                    en="residents' committees ÷ (residents' committees + villagers' committees)"),
    defined_by="national_register",
)
def residents_committee_share(residents_committees: Quantity, villagers_committees: Quantity) -> Ratio:
    """Residents' committees in percent of both kinds of committee, by place; NaN where there is neither kind."""
    return share(residents_committees, residents_committees + villagers_committees)


@indicator(
    label=Text(zh="乡级单位类别占比（占全部乡级单位）", en="Share by kind (of township-level units)"),
    unit="percent",
    direction=Direction.NEUTRAL,
    definition=Text(zh="该类乡级单位 ÷ 全部乡级单位", en="township-level units of the kind ÷ all township-level units"),
    defined_by="national_register",
)
def township_kind_share(township_units__kind: Mapping[str, Quantity], township_units: Quantity) -> dict[str, Ratio]:
    """Units of each kind in percent of all township-level units, by place and kind; NaN where there is no unit."""
    return composition(township_units__kind, township_units)
