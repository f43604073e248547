"""What alarms look at in the rows of returns: amounts against amounts, days that pass, places that lack something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from commlib import phrases, standards
from commlib.alarms.seen import Seen, all_rows, joined, namer, row_sources, up_to, where
from commlib.blocks.completeness import days_since, judged_on
from commlib.declarations.alarms import AlarmRule
from commlib.declarations.columns import ColumnType
from commlib.declarations.tables import TableDeclaration, table
from commlib.intake.ledgers import communities_of, reach_of, unnamed
from commlib.periods import parse_period
from commlib.tabulation import numbers, rows_of
from commlib.view import CountyView

_DAYS = {"days": 1.0, "months": 365.25 / 12}
_EXISTS = "exists"   # instead of a date: that there is such a thing is enough
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
    """The time from one date to another of the same thing; to the day at which its tables are judged where that is not done.

    With `which = "open"` what is done has taken no time, with "closed" what is not done is not judged. By place: the share of
    things that are late, in percent.
    """
    reads, on = rule.reads, rule.reads["on"].split()
    last = judged_on(view, *dict.fromkeys((reads["start"]["table"], reads["done"]["table"])))
    done_rows, begun = all_rows(view, reads["done"]["table"]), _first(view, reads["start"], on)
    if not last or begun.empty or (done_rows.frame.empty and reads["done"].get("take") != _EXISTS):
        return
    ends, told = _ends(view, reads["done"], on), set(_things(done_rows.frame, on))
    begun["_done"] = [when if (when := ends.get(thing, "")) == _EXISTS or _day(when) <= last else "" for thing in begun["_thing"]]
    days = [days_since(when, _day(done or last)) if done != _EXISTS else 0
            for when, done in zip(begun["_when"], begun["_done"], strict=True)]
    took, closed = pd.Series(days, begun.index), begun["_done"] != ""
    begun["_days"] = {"open": took.mask(closed, 0), "closed": took.where(closed)}.get(reads.get("which", ""), took)
    if reads.get("by") == "place":
        yield from _by_place(view, begun)
        return
    name, declaration = namer(view), table(reads["start"]["table"], view.home)
    for _, row in begun.iterrows():
        place, item = name(row)
        item = item or _named(view, declaration, row, on)
        if row["_thing"] not in told and reads.get("which") == "open" and reads["done"].get("take") != _EXISTS:
            item = joined([item, phrases.phrase("projects.not_reported", view.language)])
        yield Seen(place, row["_days"] / _DAYS[rule.unit], item, since=row["_when"],
                   sources=row_sources(pd.DataFrame([row]), view.language))


def _named(view: CountyView, declaration: TableDeclaration, row: Any, on: list[str]) -> str:
    """What tells a thing from others, as readers call it: ids as they are, periods in words, an instalment with its number."""
    said = []
    for column in (declaration.column(each) for each in on):
        if column.type is ColumnType.PERIOD:
            said.append(parse_period(row[column.name]).label[view.language])
        elif column.type is ColumnType.INTEGER:
            said.append(phrases.phrase("alarm.instalment", view.language, n=row[column.name]))
        elif column.type is not ColumnType.PLACE:
            said.append(row[column.name])
    return " ".join(said)


def _day(text: str) -> str:
    """The first day of a day, month or quarter; "" of nothing."""
    return str(pd.Period(text).start_time.date()) if text else ""


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
    if take == _EXISTS:
        return dict.fromkeys(things, _EXISTS)
    dates = pd.DataFrame({"thing": things, "when": list(found[side.get("column") or rows.declaration.period])})
    if take == "all":
        whole = dates.groupby("thing")["when"].agg(lambda each: "" if (each == "").any() else max(each))
    else:
        whole = dates[dates["when"] != ""].groupby("thing")["when"].min()
    return {thing: when for thing, when in zip(whole.index, whole, strict=True) if when}


def lacking(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """In how many of the communities that a complete ledger reaches over it lists each of its items nowhere.

    `asked` keeps the rows of items that each should have, `met` those of what is there: a thing being built is not. A place
    that another return says to have it (`told_by`) does not lack it. Of a ledger that is not declared complete nothing.
    """
    reads, language = rule.reads, view.language
    rows = rows_of(view, reads["table"])
    if rows.frame.empty or not rows.declaration.complete:
        return
    item, there = rows.declaration.column(reads["item"]), where(rows, reads["met"])
    words = {each.id: each.label[language] for each in item.choices}
    reach, units = reach_of(rows.frame, view.book), communities_of(rows.frame, view.book)
    for kind, found in where(rows, reads["asked"]).groupby(item.name, sort=False):
        none = unnamed(rows.frame, found, item.name, reach, units)["_place"]
        asked = {*found["_place"], *none} & set(units.get(view.place.key, ()))
        have = {*there.loc[there[item.name] == kind, "_place"], *_told(view, reads["told_by"].get(kind, ""))}
        names = [view.name_of(each) for each in sorted(asked - have)[:_MOST_PLACES]]
        if asked:
            label = phrases.phrase("alarm.lacks", language, item=words[str(kind)], n=len(asked - have), of=len(asked))
            yield Seen(view.place.key, len(asked - have), item=joined([label, *names]), since=rows.span,
                       sources=tuple(dict.fromkeys(found["_file"])))


def _told(view: CountyView, counted: str) -> set[str]:
    """The places that by the last value of a measure of other returns have something; none for ""."""
    name, _, member = counted.partition("__")
    last = up_to(view, view.history(name, member)).drop_duplicates("place", keep="last") if name else pd.DataFrame()
    return set(last.loc[last["value"] > 0, "place"]) if len(last) else set()


def unmet(view: CountyView, rule: AlarmRule) -> Iterator[Seen]:
    """In how many of the places of which it is known each item of every standard in use is not met."""
    language, files = view.language, rows_of(view, rule.reads["table"]).frame
    for declared in (standards.standard_of(view, each) for each in standards.standards_in_use(view)):
        states, (reported, _) = standards.item_states(view, declared.id), standards.counted_places(view, declared.id)
        known = states[states["place"].isin(reported) & (states["state"] != standards.NOT_REPORTED)]
        for item in declared.items:
            judged = known[known["item_no"] == item.number]
            short = sorted(judged.loc[judged["state"] == standards.MISSED, "place"])
            names = [view.name_of(each) for each in short[:_MOST_PLACES]]
            label = phrases.phrase("alarm.unmet", language, standard=declared.name, number=item.number, item=item.label,
                                   n=len(short), of=len(judged))
            if len(judged):
                yield Seen(view.place.key, len(short), item=joined([label, *names]), since=judged["as_of"].max(),
                           sources=tuple(files.loc[files["standard_id"] == declared.id, "_file"].unique()))
