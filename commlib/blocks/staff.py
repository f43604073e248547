"""Blocks of the roster of community workers: the pyramid of age and sex, education and certificates by post."""

from __future__ import annotations

import pandas as pd

from commlib import phrases, tabulation
from commlib.blocks.block import Block
from commlib.blocks.html import chart
from commlib.blocks.rows import source_line, table_waits
from commlib.charts.composition import stacked_ranked_bars
from commlib.charts.pyramid import pyramid
from commlib.tabulation import Rows
from commlib.view import CountyView

_AGES = ((None, 25), (26, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, None))   # both ends are in a group


def reference_year(view: CountyView, rows: Rows) -> int | None:
    """The year at whose end ages are reckoned: the view's, else that of the return, else the last that the county reports."""
    if view.period and view.period[:4].isdigit():
        return int(view.period[:4])
    dated = [text[:4] for text in rows.frame["_dated"] if text[:4].isdigit()] if "_dated" in rows.frame else []
    dated = dated or [text[:4] for text in view.facts["period"].unique() if text[:4].isdigit()]
    return int(max(dated)) if dated else None


def _group(view: CountyView, low: int | None, high: int | None) -> str:
    key = "to" if low is None else "from" if high is None else "between"
    return phrases.phrase(f"staff.age_{key}", view.language, low=low, high=high)


def _grouped(view: CountyView, ages: pd.Series[float]) -> pd.Series[str]:
    """The group of each age in words; "" where it is not known."""
    found = pd.Series("", index=ages.index, dtype=str)
    for low, high in _AGES:
        found[(ages >= (low or 0)) & (ages <= (high or 150))] = _group(view, low, high)
    return found


def age_pyramid(view: CountyView) -> Block:
    """Community workers by age group and sex, the oldest at the top; who has no birth year stands apart."""
    rows, language = tabulation.rows_of(view, "staff"), view.language
    year = reference_year(view, rows)
    if rows.frame.empty or year is None or not rows.frame["sex"].ne("").any():
        return table_waits(view, "staff", "sex", "birth_year")
    ages = _grouped(view, year - tabulation.numbers(rows, "birth_year"))
    known = rows.frame["sex"] != ""
    counts = pd.crosstab(ages[known], rows.frame.loc[known, "sex"])
    labels = [_group(view, low, high) for low, high in reversed(_AGES)]
    unknown = phrases.phrase("staff.age_unknown", language)
    frame = pd.DataFrame({"label": [*labels, unknown], "key": [*labels, ""], "apart": [*[False] * len(labels), True]})
    for side, sex in (("left", "female"), ("right", "male")):
        frame[side] = frame["key"].map(counts.get(sex, pd.Series(dtype=float))).fillna(0.0).astype(float)
    frame = frame[~frame["apart"] | (frame[["left", "right"]].sum(axis=1) > 0)]
    words = {each.id: each.label[language] for each in rows.declaration.column("sex").choices}
    title = phrases.phrase("staff.pyramid", language, year=year, n=int(known.sum()))
    notes = [phrases.phrase("staff.no_sex", language, n=int((~known).sum()))] if (~known).any() else []
    drawn = pyramid(frame, (words["female"], words["male"]), chart_id="staff-pyramid", title=title,
                    unit=phrases.phrase("staff.persons", language), language=language, notes=notes)
    return chart(drawn, title, source=source_line(view, rows))


def education_by_post(view: CountyView) -> Block:
    """Community workers by post, each bar divided by education; unknown education is a part of its own."""
    return _stacked(view, "post", "education")


def certificates_by_post(view: CountyView) -> Block:
    """Community workers by post, each bar divided by the certificate of social work that they hold."""
    return _stacked(view, "post", "certificate")


def _stacked(view: CountyView, down: str, parts: str) -> Block:
    rows, language = tabulation.rows_of(view, "staff"), view.language
    found = tabulation.tallied(view, rows, [down, parts]) if len(rows.frame) else pd.DataFrame()
    if found.empty or not (found[parts] != "").any():
        return table_waits(view, "staff", down, parts)
    unknown = phrases.phrase("staff.unknown", language)
    wide = found.pivot_table(index=f"{down}_label", columns=parts, values="value", aggfunc="sum", sort=False, fill_value=0.0)
    choices = {each.id: each.label[language] for each in rows.declaration.column(parts).choices if each.id in wide}
    names = {**choices, **({"": unknown} if "" in wide else {})}
    frame = wide[list(names)].rename(columns={"": "unknown"}).reset_index(names="label")
    frame["label"] = frame["label"].replace("", unknown)
    title = phrases.phrase("staff.stacked", language, down=rows.declaration.column(down).label,
                           parts=rows.declaration.column(parts).label, n=int(found["value"].sum()))
    drawn = stacked_ranked_bars(frame, {key or "unknown": words for key, words in names.items()}, title=title, language=language,
                                chart_id=f"staff-{down}-{parts}", unit=phrases.phrase("staff.persons", language))
    return chart(drawn, title, source=source_line(view, rows))
