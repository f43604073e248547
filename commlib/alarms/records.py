"""What alarms look at in the rows of returns: amounts against amounts, days that pass, places that lack something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from commlib import phrases
from commlib.alarms.seen import Seen, all_rows, joined, namer, row_sources, where
from commlib.blocks.completeness import last_day
from commlib.declarations.alarms import AlarmRule
from commlib.declarations.columns import ColumnType
from commlib.tabulation import numbers, rows_of
from commlib.view import CountyView

_DAYS = {"days": 1.0, "months": 365.25 / 12}
_MOST_PLACES = 5   # that are named where something is missing


def columns(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """One column of a table against another: in percent of it (`share`), or by how much it is above (`difference`).

    Added up by a column of the table, such as the project, over the rows that give both amounts.
    """
    reads, name = rule.reads, namer(view)
    rows = rows_of(view, reads["table"], reads["column"])
    if rows.declaration.period not in rows.declaration.key:   # of ledgers every entry counts, not the last year's
        rows = all_rows(view, reads["table"])
    if rows.frame.empty:
        return
    frame = rows.frame.assign(_of=numbers(rows, reads["column"]), _over=numbers(rows, reads["against"]))
    frame = frame.dropna(subset=["_of", "_over"])
    for _, found in frame.groupby(frame[reads["by"]].where(frame[reads["by"]] != "", frame["_row"]), sort=False):
        of, over = found["_of"].sum(), found["_over"].sum()
        place, item = name(found.iloc[0])
        moment = found.iloc[-1][rows.declaration.period] if rows.declaration.period else ""
        shown: dict[str, Any] = {"value": 100 * of / over if over else float("nan")} if reads["form"] == "share" \
            else {"value": of - over, "shown": of, "against": over}
        yield Seen(place, item=item or str(found.iloc[0][rows.declaration.key[0]]), since=moment,
                   sources=row_sources(found, view.language), **shown)


def elapsed(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """The time from one date to another of the same thing; to the end of what is reported where the other is missing.

    `which` keeps what is still open, or what is closed, alone. By place: the share of things that are late, in percent.
    """
    reads = rule.reads
    done_rows = all_rows(view, reads["done"]["table"])
    begun, on = _first(view, reads["start"], reads["on"].split()), reads["on"].split()
    if begun.empty or (done_rows.frame.empty and reads["done"].get("take") != "exists"):
        return
    ends = _ends(view, reads["done"], on)
    begun["_done"] = [ends.get(thing, "") for thing in begun["_thing"]]
    last = last_day(view) or max([*begun["_when"], *(each for each in begun["_done"] if each != "exists")])
    until = begun["_done"].where(~begun["_done"].isin(["", "exists"]), last).map(lambda text: pd.Period(text).start_time)
    days = (until - begun["_when"].map(lambda text: pd.Period(text).end_time.normalize())).dt.days
    begun["_days"] = days.where(begun["_done"] != "exists", 0)
    kept = {"open": begun["_done"] == "", "closed": begun["_done"] != ""}.get(reads.get("which", ""))
    begun["_days"] = begun["_days"] if kept is None else begun["_days"].where(kept, float("nan"))
    if reads.get("by") == "place":
        yield from _by_place(view, begun)
        return
    name = namer(view)
    for _, row in begun.iterrows():
        place, item = name(row)
        item = item or " ".join(row[each] for each in on if each != "township_id")
        yield Seen(place, row["_days"] / _DAYS[rule.unit], item, since=row["_when"],
                   sources=row_sources(pd.DataFrame([row]), view.language))


def _by_place(view: CountyView, begun: pd.DataFrame) -> Iterator[Seen]:
    for place, found in begun.groupby("_place", sort=False):
        late = found[found["_days"] > 0]
        yield Seen(str(place), 100 * len(late) / len(found), since=late["_when"].min() if len(late) else "",
                   item=phrases.phrase("alarm.of_all", view.language, n=len(late), of=len(found)),
                   sources=row_sources(late, view.language))


def _first(view: CountyView, side: Any, on: list[str]) -> pd.DataFrame:
    """The first row of each thing that has the date: `_thing`, `_when` and the columns of the row."""
    rows = all_rows(view, side["table"])
    found, column = where(rows, side.get("where", "")), side.get("column") or rows.declaration.period
    if found.empty:
        return pd.DataFrame()
    found = found.assign(_when=found[column], _thing=_things(found, on))
    found = found[found["_when"] != ""].sort_values("_when", kind="stable")
    return found.drop_duplicates("_thing").reset_index(drop=True)


def _things(rows: pd.DataFrame, on: list[str]) -> list[Any]:
    """What tells the thing of each row from others: the cells of the named columns."""
    return list(rows[on].itertuples(index=False, name=None))


def _ends(view: CountyView, side: Any, on: list[str]) -> dict[Any, str]:
    """When each thing was done: the first date, with `take = "all"` the last if none is missing, or `exists` without any."""
    rows = all_rows(view, side["table"])
    found, take = where(rows, side.get("where", "")), side.get("take", "first")
    things = _things(found, on)
    if take == "exists":
        return dict.fromkeys(things, "exists")
    dates = pd.DataFrame({"thing": things, "when": list(found[side.get("column") or rows.declaration.period])})
    if take == "all":
        whole = dates.groupby("thing")["when"].agg(lambda each: "" if (each == "").any() else max(each))
    else:
        whole = dates[dates["when"] != ""].groupby("thing")["when"].min()
    return {thing: when for thing, when in zip(whole.index, whole, strict=True) if when}


def lacking(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """In how many of the places that report a table each of its items is missing, or not met."""
    reads, language = rule.reads, view.language
    rows = rows_of(view, reads["table"])
    if rows.frame.empty:
        return
    column = rows.declaration.column(reads["item"])
    words = {each.id: each.label[language] for each in column.choices} if column.type is ColumnType.CHOICE else {}
    met, inspected = where(rows, reads.get("met", "")), where(rows, reads.get("asked", ""))
    for item, found in inspected.groupby(reads["item"], sort=False):
        # Of a list of what there is all places count; of a list of results those that were inspected for the item.
        asked = set(found["_place"] if reads.get("met") else rows.frame["_place"])
        short = sorted(asked - set(met.loc[met[reads["item"]] == item, "_place"]))
        names = [view.name_of(each) for each in short[:_MOST_PLACES]]
        label = phrases.phrase("alarm.lacks", language, item=words.get(str(item), str(item)), n=len(short), of=len(asked))
        yield Seen(view.place.key, len(short), item=joined([label, *names]), since=rows.span,
                   sources=tuple(dict.fromkeys(found["_file"])))
