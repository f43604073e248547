"""Labels of quantities: what an indicator, a measure, one of its members, or a reported figure is called."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from commlib import phrases
from commlib.bilingual import Text, excerpt, listed
from commlib.declarations.mapping import mapping_of
from commlib.declarations.measures import measures
from commlib.declarations.sources import REGISTER
from commlib.errors import ParameterError
from commlib.indicators.registry import indicators

_RETURNED = re.compile(r"release:(\d+)/[^/]*/(.*?)(?:!(\d+))?")   # as `intake.table_facts` writes where a fact stands


def source_label(source: str) -> Text:
    """Where a fact comes from as a reader sees it: sheet and row of a release, the register, or the id of a reported figure."""
    if source == REGISTER:
        return phrases.text("label.register")
    found = _RETURNED.fullmatch(source)
    if not found:
        return Text.same(source)
    release, sheet, row = found.groups()
    return phrases.text("label.release_row" if row else "label.release", release=release, sheet=sheet, row=row or "")


def quantity_label(quantity: str, member: str = "") -> Text:
    """The label of an indicator or measure, with its member behind it."""
    if quantity in indicators():
        return indicators()[quantity].member_label(member)
    declared = measures()[quantity]
    behind = declared.member_label(member) if member else None
    return phrases.text("label.member", label=declared.label, member=behind) if behind else declared.label


def unknown(key: str, found: str, known: Iterable[str]) -> ParameterError:
    """The error for a name that is none of the known, in the words of the phrase `key`, with at most three of the nearest."""
    names = list(known)
    near = get_close_matches(found, names, n=3, cutoff=0.5) or get_close_matches(found, names, 1, 0)
    return ParameterError(phrases.text(key, found=excerpt(found), near=Text(zh=listed(near, "zh"), en=listed(near, "en"))))


def figure_label(figure_id: str, indicator: str) -> Text | None:
    """The label of a reported figure by its mapping; None where the registry does not know its indicator."""
    mapping = mapping_of(indicator, figure_id)
    return quantity_label(mapping.quantity, mapping.member) if mapping else None
