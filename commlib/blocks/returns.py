"""Blocks of the quality of a county's returns: what came in, what is missing, what was wrong, how late, what waits for it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from commlib import phrases
from commlib.bilingual import listed
from commlib.blocks.block import NOTHING, Block, together
from commlib.blocks.cells import number
from commlib.blocks.completeness import completeness, periods_of, received_tables
from commlib.blocks.html import Cell, Row, Table, chart, columns, finding, folded, waits
from commlib.charts.composition import stacked_ranked_bars
from commlib.charts.heatmap import heat_map
from commlib.declarations.checks import Severity
from commlib.declarations.measures import read_argument
from commlib.declarations.tables import TableDeclaration, table, tables
from commlib.formatting import MISSING, percent, plain
from commlib.indicators.compute import formulas
from commlib.indicators.registry import indicators
from commlib.periods import parse_period
from commlib.view import CountyView

_MOST_PERIODS = 36    # columns of a heat map
_MOST_KINDS = 30      # rows of the list of faults
_DUE = "township_return"   # the table in which a county keeps when each township's return was due and came in


# ---- what came in

def received(view: CountyView) -> Block:
    """Every table that the county has rows of: rows, townships, periods, how full, from how many returns."""
    language, came = view.language, view.store.county_returns(view.place.key)
    if not received_tables(view):
        return _nothing(view)
    lines: list[Row] = []
    for declaration in received_tables(view):
        own, rows = came[came["table"] == declaration.id], view.store.county_rows(declaration.id, view.place.key)
        cells = completeness(view, declaration.id)
        below = cells[cells["label"] != view.place.name[language]]
        reported = below.loc[below["value"].notna(), "label"].nunique()
        periods = periods_of(rows, declaration)
        lines.append({
            "table": declaration.label[language], "rows": number(len(rows)), "refused": number(own["refused"].astype(int).sum()),
            "returns": number(own["file"].nunique()),
            "periods": _span(periods, language),
            "townships": f"{reported} / {below['label'].nunique()}" if len(below) else MISSING,
            "filled": Cell(percent(cells["value"].fillna(0).mean(), language)) if len(cells) else MISSING})
    heads = columns(language, "table", "rows", "refused", "returns", "periods", "townships", "filled",
                    numeric=("rows", "refused", "returns", "townships", "filled"))
    return Table(phrases.phrase("returns.received", language, n=len(lines)), heads, lines,
                 note=phrases.phrase("returns.received_note", language)).block()


def _nothing(view: CountyView) -> Block:
    return waits(phrases.phrase("returns.nothing", view.language, county=view.place.key, place=view.place.name), view.language)


def _span(periods: pd.Series[str], language: str) -> str:
    """The first and the last period of rows."""
    ends = [parse_period(each).label[language] for each in sorted(set(periods) - {""}, key=parse_period)]
    return MISSING if not ends else ends[0] if len(ends) == 1 else phrases.phrase("returns.span", language, first=ends[0],
                                                                                   last=ends[-1])


def completeness_maps(view: CountyView) -> Block:
    """A heat map for each table that comes period by period: how much of what each township owes is filled in."""
    language, drawn = view.language, []
    for declaration in received_tables(view):
        cells = completeness(view, declaration.id)
        across = list(dict.fromkeys(cells["column"]))
        if not across or not declaration.period:
            continue
        title = phrases.phrase("returns.completeness", language, table=declaration.label)
        notes = [phrases.phrase("returns.latest", language, n=_MOST_PERIODS)] if len(across) > _MOST_PERIODS else []
        shown = across[-_MOST_PERIODS:]
        picture = heat_map(cells[cells["column"].isin(shown)], shown, chart_id=f"filled-{declaration.id.replace('_', '-')}",
                           title=title, unit="%", language=language, notes=notes, write=plain)
        drawn.append(chart(picture, title, note=phrases.phrase("returns.completeness_note", language)))
    return together(*drawn) if drawn else waits(phrases.phrase("returns.no_period", language), language)


# ---- faults

def current_faults(view: CountyView) -> pd.DataFrame:
    """The faults of the last release of each file, one row each, as text."""
    came, faults = view.store.county_returns(view.place.key), view.store.county_return_faults(view.place.key)
    last = came.assign(release=came["release"].astype(int)).groupby("file")["release"].max().astype(str)
    return faults[faults["release"].isin(set(last))].reset_index(drop=True)


def faults_chart(view: CountyView) -> Block:
    """How many faults there are of each kind, by how grave they are."""
    language, faults = view.language, current_faults(view)
    if view.store.county_returns(view.place.key).empty:
        return waits(phrases.phrase("returns.none_yet", view.language), view.language)
    if faults.empty:
        return finding([phrases.phrase("returns.no_fault", language)])
    counts = pd.crosstab(faults["code"], faults["severity"])
    frame = counts.reset_index().assign(label=[phrases.phrase(f"code.{code}", language) for code in counts.index])
    named = {str(each): phrases.phrase(f"severity.{each}", language) for each in Severity if str(each) in counts}
    title = phrases.phrase("returns.faults", language)
    drawn = stacked_ranked_bars(frame, named, chart_id="faults", title=title, language=language,
                                unit=phrases.phrase("returns.faults_unit", language))
    return chart(drawn, title, note=phrases.phrase("returns.faults_note", language))


def fault_list(view: CountyView) -> Block:
    """The kinds of faults, the grave ones first: how many, in which files, where the first is and what to do about it."""
    language, faults = view.language, current_faults(view)
    if faults.empty:
        return NOTHING if view.store.county_returns(view.place.key).empty else finding(
            [phrases.phrase("returns.no_fault", language)])
    order = {str(each): place for place, each in enumerate((Severity.ERROR, Severity.WARNING, Severity.NOTE))}
    groups = [(order[str(key[0])], -len(part), str(key[1]), part) for key, part in faults.groupby(["severity", "code"])]
    lines: list[Row] = []
    for _, _, code, part in sorted(groups, key=lambda each: each[:3]):
        first = part.iloc[0]
        where = " ".join(each for each in (first["file"], first["sheet"], first["cell"]) if each)
        lines.append({"severity": phrases.phrase(f"severity.{first['severity']}", language),
                      "fault": phrases.phrase(f"code.{code}", language), "number": number(len(part)),
                      "files": number(part["file"].nunique()), "first": where, "remedy": first[f"remedy_{language}"]})
    heads = columns(language, "severity", "fault", "number", "files", "first", "remedy", numeric=("number", "files"))
    title = phrases.phrase("returns.fault_list", language, n=len(faults), kinds=len(lines))
    return folded(title, Table(title, heads, lines[:_MOST_KINDS], kind="words").block())


# ---- timeliness

def timeliness(view: CountyView) -> Block:
    """What came in when: against the day it was due where the county keeps that, else after the end of its period."""
    language, due = view.language, view.store.county_rows(_DUE, view.place.key)
    if len(due):
        return _against_due(view, due)
    came = view.store.county_returns(view.place.key)
    dated = came[came["received"].ne("")].drop_duplicates(["file", "release"])
    if dated.empty:
        return waits(phrases.phrase("returns.no_day", language, table=table(_DUE).label), language)
    lines: list[Row] = [{"file": row["file"], "received_on": row["received"], "release": row["release"]}
                        for _, row in dated.sort_values(["received", "file"]).iterrows()]
    heads = columns(language, "file", "received_on", "release", numeric=("release",))
    title = phrases.phrase("returns.days", language, n=len(lines), of=came["file"].nunique())
    return together(finding([phrases.phrase("returns.no_due", language, table=table(_DUE).label)]),
                    folded(title, Table(title, heads, lines).block()))


def _against_due(view: CountyView, due: pd.DataFrame) -> Block:
    language = view.language
    state = pd.Series("on_time", index=due.index).mask(due["received_on"] > due["due_on"], "late")
    state = state.mask(due["received_on"] == "", "never")
    counts = pd.crosstab(due["_place"].map(view.name_of), state)
    named = {each: phrases.phrase(f"returns.{each}", language) for each in ("on_time", "late", "never") if each in counts}
    title = phrases.phrase("returns.timeliness", language)
    drawn = stacked_ranked_bars(counts.reset_index(names="label"), named, chart_id="timeliness", title=title,
                                unit=phrases.phrase("returns.returns_unit", language), language=language)
    return chart(drawn, title)


# ---- what waits, and what each release changed

def blocked(view: CountyView) -> Block:
    """The tables that the county has no rows of, and the indicators without a value that wait for each."""
    language, here = view.language, {each.id for each in received_tables(view)}
    found = [(declaration, waiting) for declaration in tables(view.home) if declaration.id not in here
             and (waiting := list(_waiting(view, declaration)))]
    if not found:
        return finding([phrases.phrase("returns.none_blocked", language)])
    found.sort(key=lambda each: -len(each[1]))
    lines: list[Row] = [{"table": f"{declaration.label[language]} {declaration.id}", "number": number(len(waiting)),
                         "indicators": listed(waiting, language)} for declaration, waiting in found]
    heads = columns(language, "table", "number", "indicators", numeric=("number",))
    waiting_in_all = {each for _, waiting in found for each in waiting}
    title = phrases.phrase("returns.blocked", language, n=len(waiting_in_all), tables=len(found))
    return together(finding([phrases.phrase("returns.blocked_finding", language, table=found[0][0].label, n=len(found[0][1]))]),
                    folded(title, Table(title, heads, lines, kind="words",
                                        note=phrases.phrase("returns.blocked_note", language)).block()))


def _waiting(view: CountyView, declaration: TableDeclaration) -> Iterator[str]:
    """The labels of the indicators that take a measure of the table and have no value in the county."""
    fed = {read_argument(name).measure.id for name in declaration.measures}
    known = set(view.results["id"])
    for one in indicators().values():
        if one.id not in known and any(slot.measure.id in fed for formula in formulas(one) for slot in formula.slots.values()):
            yield one.label[view.language]


def release_list(view: CountyView) -> Block:
    """Every release of the county and what it changed, the last one first."""
    language, came = view.language, view.store.county_returns(view.place.key)
    if came.empty:
        return waits(phrases.phrase("returns.none_yet", view.language), view.language)
    lines: list[Row] = []
    for release in sorted({int(each) for each in came["release"]}, reverse=True):
        own = came[came["release"] == str(release)]
        lines.append({"release": plain(release), "file": str(own["file"].iat[0]),
                      "received_on": str(own["received"].iat[0]) or MISSING,
                      "rows": number(own["accepted"].astype(int).sum()), "refused": number(own["refused"].astype(int).sum()),
                      "changed": str(own[f"changed_{language}"].iat[0])})
    heads = columns(language, "release", "file", "received_on", "rows", "refused", "changed",
                    numeric=("release", "rows", "refused"))
    title = phrases.phrase("returns.releases", language, n=len(lines))
    return folded(title, Table(title, heads, lines, kind="words").block())
