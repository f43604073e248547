"""Blocks of facilities as they stand: by kind, by community with what is missing, and who is covered by what."""

from __future__ import annotations

import pandas as pd

from commlib import phrases
from commlib.blocks import wording
from commlib.blocks.block import Block, together
from commlib.blocks.html import Column, Row, Table, chart
from commlib.blocks.indicators import indicator_waits
from commlib.blocks.rows import rows_by, source_line, table_waits
from commlib.charts.bars import ranked_bars
from commlib.charts.findings import joined
from commlib.charts.heatmap import state_map
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.measures import measure
from commlib.indicators.registry import indicators
from commlib.labels import quantity_label
from commlib.tabulation import numbers, rows_of, township_of
from commlib.view import CountyView

_COVERAGE = ("coverage_villages", "coverage_communities", "coverage_population")
_PLANNED = ("planned", "under_construction")
_RANK = {"met": 0, "partly": 1, "missed": 2}


def facilities_by_kind(view: CountyView) -> Block:
    """The county's facilities by kind: of its list of facilities, or else of its reports."""
    if (rows_of(view, "facility").frame["kind"] != "").any():
        return rows_by(view, "facility", "kind", of="count")
    language, declared = view.language, measure("facilities")
    members = {member: label[language] for part in declared.breakdowns.values() for member, label in part.members.items()}
    found = {member: view.county_result(view.measure("facilities", member), member) for member in members}
    known = {member: row for member, row in found.items() if row is not None and not pd.isna(row["value"])}
    if not known:
        return table_waits(view, "facility", "kind", "count")
    frame = pd.DataFrame([{"label": label, "value": known[member]["value"] if member in known else float("nan"),
                           "status": known[member]["status"] if member in known else "not_reported"}
                          for member, label in members.items()])
    title = phrases.phrase("facilities.kinds", language, place=view.place.name)
    notes = list(dict.fromkeys(wording.status_text(row, language) for row in known.values() if row["status"] == "partial"))
    drawn = ranked_bars(frame, chart_id="facility-kinds", title=title, unit=phrases.phrase("facilities.places", language),
                        language=language, notes=notes)
    return chart(drawn, title, source=wording.report_sources(known.values(), language))


def facilities_by_place(view: CountyView) -> Block:
    """A map of communities × kinds: has it, is building it, does not list it, or sent no list of its facilities."""
    language, rows = view.language, rows_of(view, "facility")
    rows_frame = rows.frame[rows.frame["_place"] != view.place.key]
    if rows_frame.empty:
        return table_waits(view, "facility", "community_id", "kind", "count", "stage")
    counted = numbers(rows, "count")
    states: dict[tuple[str, str], str] = {}
    for at, row in zip(rows_frame.index, rows_frame.to_dict("records"), strict=True):
        state = "missed" if counted[at] == 0 else "partly" if row["stage"] in _PLANNED else "met"
        key = (row["_place"], row["kind"])
        states[key] = min(state, states.get(key, state), key=_RANK.__getitem__)
    choices = {each.id: each.label[language] for each in rows.declaration.column("kind").choices}
    across = {kind: label for kind, label in choices.items() if kind in set(rows_frame["kind"])}
    listed_places = sorted({place for place, _ in states}, key=lambda place: (township_of(view, place), place))
    hierarchy = view.hierarchy[view.hierarchy["counted"] & (view.hierarchy["level"] == "community")]
    places = [*listed_places, *(place for place in sorted(hierarchy["place"]) if place not in set(listed_places))]
    cells = [{"label": _label(view, place), "column": label, "state": states.get((place, kind), "missed")
              if place in set(listed_places) else "not_reported"} for place in places[:MOST_ROWS]
             for kind, label in across.items()]
    title = phrases.phrase("facilities.kind_map", language)
    words = {state: phrases.phrase(f"facilities.has_{state}", language) for state in _RANK}
    left_out = len(places) - MOST_ROWS
    notes = [phrases.phrase("facilities.kind_note", language)]
    notes += [phrases.phrase("facilities.left_out_kinds", language, n=left_out, shown=MOST_ROWS)] if left_out > 0 else []
    drawn = state_map(pd.DataFrame(cells), list(across.values()), chart_id="facility-map", title=title, language=language,
                      words=words, notes=notes)
    return chart(drawn, title, source=source_line(view, rows))


def _label(view: CountyView, place: str) -> str:
    town = township_of(view, place)
    return view.name_of(place) if town in (place, view.place.key) else f"{view.name_of(town)} {view.name_of(place)}"


def coverage_by_base(view: CountyView) -> Block:
    """What share of villages, of communities and of residents has each item: three bases side by side, named apart."""
    language = view.language
    found: dict[str, dict[str, pd.Series]] = {}
    for name in _COVERAGE:
        rows = view.results[view.results["id"] == name]
        for member in indicators()[name].members:
            row = view.county_result(rows, member)
            if row is not None and not pd.isna(row["value"]):
                found.setdefault(indicators()[name].members[member][language], {})[name] = row
    if not found:
        return together(*(indicator_waits(view, name) for name in _COVERAGE))
    lines: list[Row] = [{"item": item, **{name: wording.value_cell(rows.get(name), language) for name in _COVERAGE}}
                        for item, rows in found.items()]
    heads = [Column("item", phrases.phrase("column.item", language)),
             *(Column(name, quantity_label(name)[language], numeric=True) for name in _COVERAGE)]
    partial = dict.fromkeys(phrases.phrase("facilities.coverage_partial", language, label=quantity_label(name),
                                           status=wording.status_text(row, language))
                            for rows in found.values() for name, row in rows.items() if row["status"] == "partial")
    note = joined([phrases.phrase("facilities.coverage_note", language), *partial], language)
    return Table(phrases.phrase("facilities.coverage", language), heads, lines, note=note,
                 source=wording.report_sources([row for rows in found.values() for row in rows.values()], language)).block()
