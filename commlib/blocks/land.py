"""Blocks of land: before and after by community, balance and deadlines of linkage, rules of land, crops by kind of area."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from commlib import phrases, rankings
from commlib.blocks.block import Block, together
from commlib.blocks.cells import decimal_cell, rate_cell
from commlib.blocks.completeness import days_since, judged_on
from commlib.blocks.html import Cell, Column, Row, Table, chart, finding, folded_if_long, mark
from commlib.blocks.indicators import indicator_ranking, writer
from commlib.blocks.rows import heading, rows_by, source_line, table_waits
from commlib.blocks.statements import rule_statements
from commlib.charts.bars import ranked_bars
from commlib.charts.composition import stacked_ranked_bars
from commlib.charts.gantt import gantt
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.measures import measures
from commlib.declarations.rule_files import rules
from commlib.declarations.rules import Kind, Rule
from commlib.declarations.tables import table
from commlib.formatting import MISSING, amount
from commlib.labels import quantity_label
from commlib.periods import month_end, parse_period
from commlib.statements import holding
from commlib.tabulation import Rows, groups, numbers, rows_of
from commlib.units import unit
from commlib.view import CountyView

_FORMER, _PLANNED, _SAVED = "former_homestead_area", "planned_land_area__plan", "land_saved__plan"
_AREAS = ("former", "planned", "stated")
_LAND = "land"          # how a crop table calls area that is not sown area
_BALANCE = ("reclaimed", "new_farmland", "quota")
_RETURN = ("quota_used", "quota_returned", "return_due_on", "accepted_on")
_QUOTA_RULES = 6        # in the catalogue of rules: the time for returning quota
_VERDICTS = {"balanced": "good", "returned": "good", "short": "bad", "overdue": "bad"}


def level_of(view: CountyView, *names: str) -> str:
    """The level that has values to compare: townships where two or more have one, else communities."""
    known = max(int(rankings.ranks(view, name)["value"].notna().sum()) for name in names)
    return "township" if known > 1 else "community"


def ranking(view: CountyView, name: str) -> Block:
    """An indicator or measure ranked at the level at which it is reported."""
    return indicator_ranking(view, name, level=level_of(view, name))


# ---- before and after

def before_after(view: CountyView) -> Block:
    """Planned land and land saved of the former homesteads by place as bars, and both by community with the stated method.

    What a return or report states as saved stands apart from former less planned, which needs both areas.
    """
    level, language = level_of(view, _PLANNED), view.language
    frame = _areas(view, level)
    drawn = frame[frame[["planned", "saved"]].notna().all(axis=1) & (frame["saved"] >= 0)]
    told = _areas(view, "community") if level == "township" else frame
    if frame["planned"].isna().all():
        return table_waits(view, "land_plan", "planned", "former_homestead", "saved")
    title = phrases.phrase("land.before_after", language, level=phrases.text(f"indicators.by_{level}"))
    shown = [_place_table(view, told)]
    if len(drawn):
        notes = [phrases.phrase("land.drawn", language, n=len(drawn), of=len(frame))]
        parts = {"planned": measures()["planned_land_area"].label[language], "saved": phrases.phrase("land.saved", language)}
        picture = stacked_ranked_bars(drawn, parts, chart_id="before-after", title=title, unit=unit("mu").label[language],
                                      language=language, notes=notes, first=MOST_ROWS)
        shown.insert(0, chart(picture, title))
    return together(*shown)


def _areas(view: CountyView, level: str) -> pd.DataFrame:
    """By place: former, planned and stated saved land in mu, and `saved`: former less planned, else what is stated."""
    parts = {name: rankings.ranks(view, quantity, level=level).set_index("place")
             for name, quantity in (("planned", _PLANNED), ("former", _FORMER), ("stated", _SAVED))}
    labels = {str(place): str(label) for part in parts.values() for place, label in part["label"].items()}
    frame = pd.DataFrame({"label": labels, **{name: part["value"] for name, part in parts.items()}}, index=sorted(labels))
    frame["less"] = frame["former"] - frame["planned"]
    frame["saved"] = frame["less"].fillna(frame["stated"])
    return frame[frame[list(_AREAS)].notna().any(axis=1)]


def _place_table(view: CountyView, frame: pd.DataFrame) -> Block:
    language, rows = view.language, rows_of(view, "land_plan")
    method = dict(zip(rows.frame["community_id"], groups(view, rows, "method")["label"], strict=True)) if len(rows.frame) else {}
    lines: list[Row] = []
    for place, row in frame.iterrows():
        cells: dict[str, str | Cell] = {each: decimal_cell(row[each], language) for each in (*_AREAS, "less")}
        share = 100 * row["less"] / row["former"] if row["former"] else math.nan
        lines.append({"place": row["label"], **cells, "share": rate_cell(share, language),
                      "method": method.get(place) or phrases.phrase("land.no_method", language)})
    heads = [Column(name, phrases.phrase(f"land.column_{name}", language), name not in ("place", "method"))
             for name in ("place", "former", "planned", "less", "share", "stated", "method")]
    title = phrases.phrase("land.by_community", language, n=len(lines))
    source = source_line(view, rows) if len(rows.frame) else ""
    block = Table(title, heads, lines, unit=unit("mu").label[language], source=source,
                  note=phrases.phrase("land.method_note", language)).block()
    return folded_if_long(title, block, len(lines))


# ---- linkage

def linkage_balance(view: CountyView) -> Block:
    """By linkage project: land reclaimed against farmland taken and revolving quota, balanced where it is no less."""
    rows, language = rows_of(view, "land_linkage", "reclaimed"), view.language
    if rows.frame.empty:
        return table_waits(view, "land_linkage", *_BALANCE)
    frame = pd.DataFrame({name: numbers(rows, name) for name in _BALANCE}).assign(label=_project_names(view, rows))
    lines = [_balance_line(row, language) for _, row in frame.iterrows()]
    whole = frame.dropna(subset=list(_BALANCE))
    county = {**whole[list(_BALANCE)].sum(min_count=1), "label": phrases.phrase("housing.county", language)}
    heads = [Column("label", rows.declaration.column("name").label[language]),
             *(Column(name, heading(rows.declaration, name, language), True) for name in _BALANCE),
             *(Column(name, phrases.phrase(f"land.column_{name}", language), name != "standing")
               for name in ("needed", "balance", "standing"))]
    title = phrases.phrase("land.balance", language, span=rows.when(language))
    return Table(title, heads, lines, total=_balance_line(county, language), source=source_line(view, rows),
                 note=phrases.phrase("land.balance_note", language)).block()


def _verdict(word: str, language: str) -> Cell:
    text = phrases.phrase(f"land.{word}", language)
    return Cell(text, markup=mark("verdict", _VERDICTS.get(word, "neutral"), text))


def _project_names(view: CountyView, rows: Rows) -> list[str]:
    return [name or f"{project} {view.name_of(place)}" for name, project, place in
            zip(rows.frame["name"], rows.frame["project_id"], rows.frame["_place"], strict=True)]


def _balance_line(row: Any, language: str) -> Row:
    reclaimed, taken, quota = (float(row[name]) for name in _BALANCE)
    needed = taken + quota
    balance = 100 * reclaimed / needed if needed else math.nan
    word = "unknown" if math.isnan(balance) else "balanced" if reclaimed >= needed else "short"
    return {"label": row["label"], **{name: decimal_cell(float(row[name]), language) for name in _BALANCE},
            "needed": decimal_cell(needed, language), "balance": rate_cell(balance, language),
            "standing": _verdict(word, language)}


def quota_deadlines(view: CountyView) -> Block:
    """By linkage project: quota used and returned, the day by which it is to be returned, the days since where overdue.

    The day is the one of the return; from the first period with quota used the times of the rules run that hold for the county.
    """
    rows, language = rows_of(view, "land_linkage", "quota_used"), view.language
    if rows.frame.empty:
        return table_waits(view, "land_linkage", *_RETURN)
    until, limits, first = judged_on(view, "land_linkage"), _limits(view), _first_use(view)
    frame = rows.frame.assign(used=numbers(rows, "quota_used"), returned=numbers(rows, "quota_returned"),
                              label=_project_names(view, rows), first=rows.frame["project_id"].map(first).fillna(""))
    frame["open"] = frame["used"] - frame["returned"]
    frame["state"] = [_state(row, until) for row in frame.to_dict("records")]
    lines = [_deadline_line(row, limits, until, language) for row in frame.to_dict("records")]
    names = ("quota_used", "quota_returned", "return_due_on")
    heads = [Column("label", rows.declaration.column("name").label[language]),
             *(Column(name, heading(rows.declaration, name, language), True) for name in names),
             Column("first", phrases.phrase("land.column_first", language), True),
             *(Column(rule.id, rule.label[language], True) for rule in limits), *(
                 Column(name, phrases.phrase(f"land.column_{name}", language), name != "state")
                 for name in ("open", "late", "state"))]
    title = phrases.phrase("land.deadlines", language, until=until or MISSING)
    note = phrases.phrase("land.deadlines_note", language)
    return together(_deadline_chart(view, frame, until, title),
                    Table(title, heads, lines, source=source_line(view, rows), note=note).block())


def _limits(view: CountyView) -> list[Rule]:
    """The rules that say within which time quota is to be returned, those that hold for the county."""
    return [rule for rule in holding(rules(view.home).values(), view.place.key, view.book)
            if rule.number == _QUOTA_RULES and rule.kind is Kind.PRINCIPLE and rule.deadline and rule.deadline.within]


def _first_use(view: CountyView) -> dict[str, str]:
    """The last day of the first period in which each project reports quota used."""
    rows = rows_of(view, "land_linkage", "quota_used", every=True)
    used = rows.frame[numbers(rows, "quota_used") > 0] if len(rows.frame) else rows.frame
    ends = used["period"].map(lambda text: month_end(parse_period(text).ends))
    return {str(project): min(each) for project, each in ends.groupby(used["project_id"])}


def _state(row: Any, until: str) -> str:
    due = row["return_due_on"]
    if math.isnan(row["open"]):
        return "unknown"
    if row["open"] <= 0:
        return "returned"
    return "undated" if not due or not until else "overdue" if pd.Period(due).end_time < pd.Timestamp(until) else "running"


def _deadline_line(row: Any, limits: list[Rule], until: str, language: str) -> Row:
    late = days_since(row["return_due_on"], until) if row["state"] == "overdue" else math.nan
    cells: dict[str, str | Cell] = {rule.id: _later(row["first"], rule) for rule in limits}
    cells |= {"quota_used": decimal_cell(row["used"], language), "quota_returned": decimal_cell(row["returned"], language),
              "open": decimal_cell(row["open"], language), "state": _verdict(row["state"], language)}
    return {"label": row["label"], "return_due_on": row["return_due_on"] or MISSING, "first": row["first"] or MISSING,
            "late": "" if math.isnan(late) else str(int(late)), **cells}


def _later(day: str, rule: Rule) -> str:
    """The day on which the time of a rule ends that began on a day; "—" for none."""
    assert rule.deadline and rule.deadline.within
    within = rule.deadline.within
    months = round(float((within.up_to or within.value) * unit(within.unit).factor / unit("months").factor))
    return str((pd.Timestamp(day) + pd.DateOffset(months=months)).date()) if day else MISSING


def _deadline_chart(view: CountyView, frame: pd.DataFrame, until: str, title: str) -> Block | None:
    dated = frame[(frame["first"] != "") & (frame["return_due_on"] != "") & (frame["return_due_on"] > frame["first"])]
    if dated.empty or not until:
        return None
    bars = pd.DataFrame({"label": dated["label"], "start": dated["first"], "end": dated["return_due_on"],
                         "state": [phrases.phrase(f"land.{each}", view.language) for each in dated["state"]]})
    late = frame[frame["state"] == "overdue"]
    said = phrases.phrase("land.deadlines_finding", view.language, day=until, n=len(frame), late=len(late),
                          open=amount(float(late["open"].sum()), "mu", view.language))
    drawn = gantt(bars, chart_id="quota-deadlines", title=title, language=view.language, until=until, finding=said,
                  lines=[(phrases.phrase("land.until", view.language), until)])
    return chart(drawn, title)


# ---- rules, crops

def land_rules(view: CountyView) -> Block:
    """What the rules that rest on the tables of land make due, in money or in mu, with the reasons."""
    return rule_statements(view, lambda rule: any(each.startswith("land_") for each in rule.tables))


def crops(view: CountyView) -> Block:
    """Crop areas by crop, sown area and land each for itself, never added up; what reports state without saying which apart."""
    column = table("crop_area", view.home).column("sown")
    shown = []
    for kind in column.choices:
        rows = rows_of(view, "crop_area", "area", where={"sown": kind.id})
        if len(rows.frame):
            above = above_arable(view, float(numbers(rows, "area").sum())) if kind.id == _LAND else ""
            said = [phrases.phrase("land.kind_is", view.language, column=column.label, kind=kind.label), above]
            shown += [finding(said), rows_by(view, "crop_area", "crop", "area", where={"sown": kind.id})]
    if shown:
        return together(*shown)
    facts = view.facts[(view.facts["quantity"] == "crop_area") & (view.facts["place"] == view.place.key)
                       & (view.facts["nature"] == "actual") & (view.facts["member"] != "")]
    if facts.empty:
        return table_waits(view, "crop_area", "crop", "area", "sown")
    return _stated_crops(view, facts)


def above_arable(view: CountyView, total: float) -> str:
    """That crops stand on more land than is arable, in words; "" where they do not, or where the arable land is not known."""
    arable = view.measure("arable_area")
    arable = arable[(arable["place"] == view.place.key) & arable["value"].notna()]
    if arable.empty or total <= float(arable["value"].iloc[-1]):
        return ""
    return phrases.phrase("land.above_arable", view.language, total=amount(total, "mu", view.language),
                          arable=amount(float(arable["value"].iloc[-1]), "mu", view.language))


def _stated_crops(view: CountyView, facts: pd.DataFrame) -> Block:
    language = view.language
    frame = pd.DataFrame({"label": [quantity_label("crop_area", member)[language] for member in facts["member"]],
                          "value": facts["value"].astype(float)})
    notes = [phrases.phrase("land.kind_unsaid", language), above_arable(view, float(frame["value"].sum()))]
    title = measures()["crop_area"].label[language]
    drawn = ranked_bars(frame, chart_id="crops-stated", title=title, unit=unit("mu").label[language], language=language,
                        notes=notes, write=writer("crop_area", language), alike=False)
    return chart(drawn, title, source="; ".join(dict.fromkeys(facts["source"])))
