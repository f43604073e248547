"""Blocks of places against standards: scores, items by place, what is missing, what should come next; and that in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pandas as pd

from commlib import phrases, rankings, standards
from commlib.bilingual import listed
from commlib.blocks.block import NOTHING, Block, together
from commlib.blocks.cells import missing, number, rate_cell
from commlib.blocks.html import Row, Table, chart, columns, folded
from commlib.blocks.rows import source_line, table_waits
from commlib.blocks.theme import theme_sentences
from commlib.charts.bars import ranked_bars
from commlib.charts.findings import joined, names, plain_writer
from commlib.charts.heatmap import heat_map, state_map
from commlib.charts.parts import MOST_ROWS
from commlib.declarations.standards import Standard
from commlib.formatting import percent, plain
from commlib.frames import each_row
from commlib.periods import parse_period
from commlib.places import PlaceLevel
from commlib.standards import MET, MISSED, NOT_REPORTED, RESULTS
from commlib.tabulation import rows_of, township_of
from commlib.view import CountyView

_MOST_NEXT = 15       # places of a list of what comes next
_MOST_TOLD = 4        # standards that the opening paragraphs speak of
_COUNTS = {"met": "met", "not_met": "not_met", "not_reported": "not_reported", "items_number": "items"}   # heading, of a score


def _each_standard(view: CountyView, drawn: Callable[[CountyView, Standard], Block | None], *, second: bool = False) -> Block:
    """One block for each standard in use, or what all of them wait for; of two blocks of a section the first says so."""
    used = standards.standards_in_use(view)
    if not used:
        return NOTHING if second else _wait(view)
    return together(*(drawn(view, standards.standard_of(view, each)) for each in used))


def _wait(view: CountyView) -> Block:
    return table_waits(view, RESULTS, "standard_id", "item_no", "met", "value")


def standards_met(view: CountyView) -> Block:
    """The county's score on each standard in use: met, not met and not reported apart, n of N, and the version used."""
    language, lines = view.language, []
    used = standards.standards_in_use(view)
    if not used:
        return _wait(view)
    for standard_id in used:
        declared, found = standards.standard_of(view, standard_id), standards.scores(view, standard_id)
        row = found.iloc[found["level"].map(_coarseness).to_numpy().argmax()]
        whole = row["level"] == PlaceLevel.COUNTY
        counts = {head: number(row[name], language) if whole else missing() for head, name in _COUNTS.items()}
        lines.append({"standard": declared.name[language], "level": phrases.phrase(f"standard.level_{declared.level}", language),
                      "returned": _of(row, language), **counts,
                      "score": rate_cell(row["score"] if whole else float("nan"), language), "as_of": row["as_of"],
                      "version": row["version"]})
    heads = columns(language, "standard", "level", "returned", *_COUNTS, "score", "as_of", "version", numeric=(*_COUNTS, "score"))
    unknown = standards.unknown_results(view)
    note = phrases.phrase("facilities.score_note", language)
    if unknown:
        note += phrases.phrase("facilities.unknown", language, found=listed(unknown[:5], language), n=len(unknown))
    return Table(phrases.phrase("facilities.scores", language), heads, lines, note=note,
                 source=source_line(view, rows_of(view, RESULTS))).block()


def _coarseness(level: str) -> int:
    return standards.UPWARDS.index(PlaceLevel(level))


def _of(row: pd.Series, language: str) -> str:
    """How many places a pooled number is of."""
    known = not pd.isna(row["n_expected"])
    return phrases.phrase("facilities.n_of" if known else "facilities.n", language, n=int(row["n"]),
                          of=int(row["n_expected"]) if known else "")


def scores_by_township(view: CountyView) -> Block:
    """Bars of each standard in use: the pooled score of each township, with the county's."""
    return _each_standard(view, _score_bars, second=True)


def _score_bars(view: CountyView, declared: Standard) -> Block | None:
    language, found = view.language, standards.scores(view, declared.id)
    towns = found[found["level"] == PlaceLevel.TOWNSHIP].set_index("place")
    if towns.empty:
        return None
    frame = pd.DataFrame({"label": list(rankings.townships(view).values())}, index=list(rankings.townships(view)))
    frame["value"] = [towns["score"].get(key, float("nan")) for key in frame.index]
    frame["status"] = ["not_reported" if key not in towns.index else
                       "partial" if not towns.loc[key, "n"] >= towns.loc[key, "n_expected"] else "ok" for key in frame.index]
    county = found.loc[found["level"] == PlaceLevel.COUNTY, "score"]
    pooled = [(phrases.phrase("rows.pooled", language), float(each)) for each in county]
    title = phrases.phrase("facilities.township_scores", language, standard=declared.name, items=len(declared.items))
    drawn = ranked_bars(frame.reset_index(drop=True), chart_id=f"score-{declared.id}", title=title, unit="%", language=language,
                        references=pooled, write=plain_writer("%", language))
    return chart(drawn, title, note=str(declared.version[language]))


# ---- items by place

def items_by_place(view: CountyView) -> Block:
    """A map of each standard in use, place × item: met, not met and not reported; of many communities also by township."""
    return _each_standard(view, _item_map)


def _item_map(view: CountyView, declared: Standard) -> Block:
    language = view.language
    states, places = _counted(view, declared)
    across = [each.label[language] for each in declared.items]
    labels = dict(zip([each.number for each in declared.items], across, strict=True))
    told = set(states["place"])   # of too many places those that reported something, so that blanks are not what is counted
    shown = [each for each in places if each in told][:MOST_ROWS] if len(places) > MOST_ROWS else places
    names = _names(view, shown)
    cells = [{"label": names[row.place], "column": labels[row.item_no], "state": row.state}
             for place in shown for row in each_row(states[states["place"] == place])]
    cells += [{"label": names[place], "column": head, "state": NOT_REPORTED}
              for place in shown if place not in told for head in across]
    title = phrases.phrase("facilities.map", language, standard=declared.name)
    left_out = len(places) - len(shown)
    notes = [phrases.phrase("facilities.left_out", language, n=left_out, shown=len(shown))] if left_out else []
    drawn = state_map(pd.DataFrame(cells), across, chart_id=f"items-{declared.id}", title=title, language=language, notes=notes)
    return together(chart(drawn, title), _township_map(view, declared, states, labels) if left_out else None)


def _counted(view: CountyView, declared: Standard) -> tuple[pd.DataFrame, list[str]]:
    """The states of the places that are counted, and all places of their level: most missing first, silent ones last."""
    reported, silent = standards.counted_places(view, declared.id)
    states = standards.item_states(view, declared.id)
    states = states[states["place"].isin(reported)]
    missed = (states["state"] == MISSED).groupby(states["place"]).sum().sort_values(ascending=False, kind="stable")
    return states, [*missed.index, *silent]


def _names(view: CountyView, places: Sequence[str]) -> dict[str, str]:
    """The name of each place, with its township before it where two have the same."""
    plain_names = {place: view.name_of(place) for place in places}
    twice = {name for name in plain_names.values() if list(plain_names.values()).count(name) > 1}
    return {place: f"{view.name_of(township_of(view, place))} {name}" if name in twice else name
            for place, name in plain_names.items()}


def _township_map(view: CountyView, declared: Standard, states: pd.DataFrame, labels: dict[str, str]) -> Block | None:
    """Of the communities of each township that reported an item, the share that meets it."""
    language = view.language
    told = states[states["state"] != NOT_REPORTED]
    told = told.assign(town=[township_of(view, place) for place in told["place"]], met=told["state"] == MET)
    shares = 100 * told.groupby(["town", "item_no"])["met"].mean()
    cells = pd.DataFrame([{"label": name, "column": head, "value": shares.get((town, item_no), float("nan"))}
                          for town, name in rankings.townships(view).items() for item_no, head in labels.items()])
    if cells.empty or cells["value"].isna().all():
        return None
    title = phrases.phrase("facilities.township_map", language, standard=declared.name)
    drawn = heat_map(cells, list(labels.values()), chart_id=f"towns-{declared.id}", title=title, unit="%", language=language,
                     write=lambda value: plain(value))
    return chart(drawn, title)


# ---- gaps

def missing_items(view: CountyView) -> Block:
    """Each standard's items by how many places lack them: what is missing in most places first."""
    return _each_standard(view, _gaps)


def _gaps(view: CountyView, declared: Standard) -> Block:
    language = view.language
    states, _ = _counted(view, declared)
    found = pd.crosstab(states["item_no"], states["state"]).reindex(
        index=[each.number for each in declared.items], columns=[MET, MISSED, NOT_REPORTED], fill_value=0)
    lines: list[Row] = []
    frame = pd.DataFrame({"label": [each.label[language] for each in declared.items], "value": found[MISSED].to_numpy(float)})
    frame.loc[(found[MET] + found[MISSED]).to_numpy() == 0, "value"] = float("nan")   # nobody said: not a zero
    for each, (_, row) in zip(declared.items, found.iterrows(), strict=True):
        told = row[MET] + row[MISSED]
        lines.append({"item": each.label[language], "not_met": number(row[MISSED] if told else float("nan"), language),
                      "met": number(row[MET] if told else float("nan"), language),
                      "not_reported": number(row[NOT_REPORTED], language),
                      "lacking": rate_cell(100 * row[MISSED] / told if told else float("nan"), language)})
    lines = [lines[at] for at in frame["value"].fillna(-1).sort_values(ascending=False, kind="stable").index]
    title = phrases.phrase("facilities.gaps", language, standard=declared.name, n=states["place"].nunique())
    names = ("not_met", "met", "not_reported", "lacking")
    table = Table(title, columns(language, "item", *names, numeric=names), lines,
                  note=phrases.phrase("facilities.gaps_note", language)).block()
    drawn = ranked_bars(frame, chart_id=f"gaps-{declared.id}", title=title, language=language,
                        unit=phrases.phrase("facilities.places", language))
    return together(chart(drawn, title), folded(title, table))


def next_places(view: CountyView) -> Block:
    """What should come next: of the places that lack something those that lack least first, with what each lacks."""
    return _each_standard(view, _next_places, second=True)


def _next_places(view: CountyView, declared: Standard) -> Block | None:
    language = view.language
    states, _ = _counted(view, declared)
    spread = states[states["state"] == MISSED].groupby("item_no")["place"].nunique()
    labels = {each.number: each.label[language] for each in declared.items}
    lines: list[Row] = []
    tallies = pd.crosstab(states["place"], states["state"]).reindex(columns=[MET, MISSED, NOT_REPORTED], fill_value=0)
    for place, row in tallies[tallies[MISSED] > 0].sort_values([MISSED, NOT_REPORTED, MET], ascending=[True, True, False],
                                                               kind="stable").iterrows():
        lacking = states[(states["place"] == place) & (states["state"] == MISSED)]["item_no"]
        first = sorted(lacking, key=lambda item_no: -spread[item_no])
        town = township_of(view, str(place))
        lines.append({"place": view.name_of(str(place)), "township": view.name_of(town) if town != place else "",
                      "not_met": number(row[MISSED], language), "not_reported": number(row[NOT_REPORTED], language),
                      "missing": listed([labels[each] for each in first], language)})
    if not lines:
        return None
    title = phrases.phrase("facilities.next", language, standard=declared.name, n=len(lines))
    above = ["township"] if any(line["township"] for line in lines) else []
    heads = columns(language, "place", *above, "not_met", "not_reported", "missing", numeric=("not_met", "not_reported"))
    note = phrases.phrase("facilities.next_note", language)
    parts = [Table(title, heads, part, note=note).block() for part in (lines[:_MOST_NEXT], lines[_MOST_NEXT:]) if part]
    return together(parts[0], *(folded(phrases.phrase("facilities.more", language, n=len(lines) - _MOST_NEXT), each)
                                for each in parts[1:]))


def reported_shares(view: CountyView, standard_id: str, item_no: str) -> Block:
    """Bars of the value that places report of one item, such as the share of residents within one kilometre of services."""
    language, declared = view.language, standards.standard_of(view, standard_id)
    item = next(each for each in declared.items if each.number == item_no)
    found = standards.item_values(view, standard_id, item_no)
    if found.empty:
        return table_waits(view, RESULTS, "value")
    frame = pd.DataFrame({"label": list(_names(view, list(found["place"])).values()), "value": found["value"]})
    title = phrases.phrase("facilities.values", language, standard=declared.name, item=item.label)
    drawn = ranked_bars(frame, chart_id=f"values-{standard_id}", title=title, unit="%", language=language, first=MOST_ROWS,
                        write=lambda value: percent(value, language))
    return chart(drawn, title)


# ---- sentences

def facilities_sentences(view: CountyView) -> Iterator[str]:
    """Of each standard in use the county's score, the townships first and last, and what is missing most; then the rest."""
    for standard_id in standards.standards_in_use(view)[:_MOST_TOLD]:
        declared = standards.standard_of(view, standard_id)
        yield joined(list(_of_standard(view, declared, standards.scores(view, standard_id))), view.language)
    yield from theme_sentences(view, "facilities_and_standards")


def _of_standard(view: CountyView, declared: Standard, found: pd.DataFrame) -> Iterator[str]:
    language = view.language
    for _, row in found[found["level"] == PlaceLevel.COUNTY].iterrows():
        known = not pd.isna(row["n_expected"])
        yield phrases.phrase("facilities.told_of" if known else "facilities.told", language, standard=declared.name,
                             version=row["version"], period=parse_period(row["as_of"][:7]).label, n=int(row["n"]),
                             of=int(row["n_expected"]) if known else "", items=f"{int(row['items']):,}",
                             met=f"{int(row['met']):,}", not_met=f"{int(row['not_met']):,}",
                             silent=f"{int(row['not_reported']):,}", score=percent(row["score"], language))
    yield from _first_and_last(view, found[found["level"] == PlaceLevel.TOWNSHIP])
    reported, _ = standards.counted_places(view, declared.id)
    states = standards.item_states(view, declared.id)
    missed = states[states["place"].isin(reported) & (states["state"] == MISSED)]["item_no"].value_counts()
    if len(missed):
        most = [each.label[language] for each in declared.items if missed.get(each.number, 0) == missed.max()]
        yield phrases.phrase("facilities.told_gap", language, items=names(most, language), n=int(missed.max()), of=len(reported))


def _first_and_last(view: CountyView, found: pd.DataFrame) -> Iterator[str]:
    if len(found) < 2 or found["score"].max() == found["score"].min():
        return
    ends = {end: found[found["score"] == (found["score"].max() if end == "first" else found["score"].min())]
            for end in ("first", "last")}
    said = {end: names([view.name_of(place) for place in rows["place"]], view.language) for end, rows in ends.items()}
    said |= {f"{end}_score": percent(rows["score"].iloc[0], view.language) for end, rows in ends.items()}
    yield phrases.phrase("facilities.told_townships", view.language, n=len(found), **said)
