"""Labels of quantities: what an indicator, a measure, one of its members, or a reported figure is called."""

from __future__ import annotations

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.mapping import mapping_of
from commlib.declarations.measures import measures
from commlib.indicators.registry import indicators


def quantity_label(quantity: str, member: str = "") -> Text:
    """The label of an indicator or measure, with its member behind it."""
    if quantity in indicators():
        return indicators()[quantity].member_label(member)
    declared = measures()[quantity]
    behind = declared.member_label(member) if member else None
    return phrases.text("label.member", label=declared.label, member=behind) if behind else declared.label


def figure_label(figure_id: str, indicator: str) -> Text | None:
    """The label of a reported figure by its mapping; None where the registry does not know its indicator."""
    mapping = mapping_of(indicator, figure_id)
    return quantity_label(mapping.quantity, mapping.member) if mapping else None
