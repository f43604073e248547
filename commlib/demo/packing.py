"""Which files a fictional county sends: its rows packed into workbooks the way that county does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from commlib.bilingual import Language
from commlib.declarations.tables import table
from commlib.demo.county import FIRST_YEAR, MONTHS, County
from commlib.demo.economy import economy_rows
from commlib.demo.housing import housing_rows
from commlib.demo.ink import Ink, style
from commlib.demo.money import money_rows
from commlib.demo.more import more_rows
from commlib.demo.paper import Across, Head, Paper, Record, continued, long_paper, wide_paper
from commlib.demo.people import people_rows

_STAGES = ("planned", "started", "topped_out", "completed", "moved_in")
_SPENT = ("invested", "invested_housing", "invested_infrastructure")
_PLACES = ("township_id", "community_id")
_PATHS = {**{name: ("建设情况", words) for name, words in
             (("started", "开工户数"), ("topped_out", "主体完工户数"), ("completed", "竣工户数"), ("moved_in", "入住户数"))},
          **{name: ("完成投资", words) for name, words in zip(_SPENT, ("总投资", "住房", "基础设施"), strict=True)}}
_NOTE = ("注：本表为虚构数据，投资为累计数。", "填表人：某甲　审核人：某乙")
_NUMERALS = "一二三四"
Rows = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Book:
    """One file of a return: its name, its sheets and what kind of file it is."""

    name: str
    papers: list[Paper]
    kind: str
    charset: str
    clean: bool = False   # no faults are planted in it


def all_rows(county: County) -> Rows:
    """Every row of every table of a county, by table; `_book` and `_sheet` say where a row stands, if not in the usual place."""
    rows = {**housing_rows(county), **money_rows(county), **economy_rows(county), **people_rows(county)}
    return more_rows(county, rows)


def books(county: County, rows: Rows) -> list[Book]:
    """The files that a county sends, those of earlier periods first."""
    return list(_Packer(county, rows).books())


class _Packer:
    """Packs the rows of one county in its style."""

    def __init__(self, county: County, rows: Rows) -> None:
        self.county, self.rows, self.style = county, rows, style(county.layout)
        names = {county.key: county.name.zh, **dict(county.townships), **{each.key: each.name for each in county.communities}}
        self.ink = Ink(self.style, names, county.chance("ink"))

    def books(self) -> Iterator[Book]:
        """Every file of the county."""
        for year in range(FIRST_YEAR, FIRST_YEAR + MONTHS // 12):
            yield from self._housing(year)
        if self.county.layout == "township_files":
            yield from self._by_township()
        yield from self._exported() if self.style.kind == "csv" else (*self._others(), *self._more())

    # ---- parts

    def _records(self, name: str, period: str = "", *, more: bool = False) -> list[Record]:
        """The rows of a table of those periods that begin so: those in the usual place, or those that `more.toml` adds."""
        frame, column = self.rows[name], table(name).period
        frame = frame[frame["_book"].ne("") == more] if "_book" in frame else frame
        frame = frame[frame[column].str.startswith(period)] if period and column else frame
        names = [str(each) for each in frame]
        return [dict(zip(names, row, strict=True)) for row in zip(*(frame[each].tolist() for each in names), strict=True)]

    def _title(self, name: str, said: str = "") -> str:
        return f"{self.county.name.zh}{table(name).label[Language.ZH]}（虚构数据）{said}"

    def _paper(self, name: str, records: Sequence[Record], sheet: str, said: str = "", *, leave: Sequence[str] = (),
               sender: str = "", sent: str = "") -> Paper:
        """A sheet of a table with all columns in which its rows have something but those left out.

        `sent` is the day on which a footnote says that it was sent: the last that is reported, where the rows say no time.
        """
        sent = sent or ("" if table(name).period else self.rows["housing_progress"]["as_of"].max())
        columns = [column.name for column in table(name).columns if column.name in records[0] and column.name not in leave
                   and any(record[column.name] for record in records)]
        ink = self.ink
        if any("序号" in column.aliases for column in table(name).columns):
            ink = replace(ink, style=replace(self.style, serial=False))
        notes = (*(_NOTE if self.style.notes else ()), *((f"填报日期：{sent}",) if sent else ()))
        head = Head(self._title(name, said), sender or self.county.name.zh, notes)
        return long_paper(table(name), records, columns, ink, sheet, head)

    def _book(self, words: str, papers: list[Paper]) -> Book:
        return Book(f"{self.county.name.zh}{words}.{self.style.kind}", papers, self.style.kind, self.style.charset)

    # ---- housing

    def _housing(self, year: int) -> Iterator[Book]:
        records = self._records("housing_progress", str(year))
        if not records or self.county.layout == "township_files":
            return
        title = f"{year}年{table('housing_progress').label[Language.ZH]}"
        by_month = {month: [each for each in records if each["as_of"].startswith(month)]
                    for month in dict.fromkeys(each["as_of"][:7] for each in records)}
        if self.county.layout in ("month_sheets", "ledger", "continued"):
            make = self._continued_month if self.county.layout == "continued" else self._month
            papers = [make(month, rows) for month, rows in by_month.items()]
        elif self.county.layout == "months_across":
            papers = [self._across(year, records)]
        else:
            papers = [self._paper("housing_progress", records, title)]
        yield self._book(title, papers)

    def _month(self, month: str, records: list[Record]) -> Paper:
        """A sheet for a month: the title says the year, the sheet's name the month; or the title says the day."""
        words = f"{int(month[5:])}月"
        if self.county.layout == "ledger":
            return self._paper("housing_progress", records, words, f"（截至{month[:4]}年{words}{records[0]['as_of'][8:]}日）",
                               leave=("as_of",))
        cut = [{**each, "as_of": month} for each in records]
        return self._told(self._paper("housing_progress", cut, words, f"（{month[:4]}年）", leave=("as_of",)), month)

    def _told(self, paper: Paper, period: str) -> Paper:
        """The sheet, whose title says the period of each of its rows."""
        for record in paper.records:
            record.values[paper.table.period] = period
        return paper

    def _continued_month(self, month: str, records: list[Record]) -> Paper:
        day = records[0]["as_of"]
        said = f"（截至{month[:4]}年{int(month[5:])}月{int(day[8:])}日）"
        head, name = Head(self._title("housing_progress", said), self.county.name.zh), f"{int(month[5:])}月"
        first, second = (long_paper(table("housing_progress"), records, (*_PLACES, *columns), self.ink, name, head, _PATHS)
                         for columns in (_STAGES, _SPENT))
        return self._told(continued(first, second), day)

    def _across(self, year: int, records: list[Record]) -> Paper:
        cut = [{**each, "as_of": each["as_of"][:7]} for each in records]
        periods = {each["as_of"]: f"{year}年{int(each['as_of'][5:])}月" for each in cut}
        across = Across(("started", "completed", "moved_in", "invested"), periods)
        head = Head(self._title("housing_progress", f"（{year}年）"), self.county.name.zh)
        return wide_paper(table("housing_progress"), cut, (*_PLACES, "planned"), across, self.ink, f"{year}年", head)

    def _by_township(self) -> Iterator[Book]:
        """A file for each township, which the line of the sender names; a sheet a year."""
        years = {year: self._records("housing_progress", str(year)) for year in range(FIRST_YEAR, FIRST_YEAR + MONTHS // 12)}
        for key, name in self.county.townships:
            papers = [self._paper("housing_progress", [each for each in records if each["township_id"] == key], f"{year}年",
                                  leave=("township_id",), sender=name) for year, records in years.items()]
            yield self._book(f"{name}住房建设进度月报", papers)

    # ---- the other tables

    def _others(self) -> Iterator[Book]:
        yield self._book("项目台账", [self._paper(name, self._records(name), sheet) for name, sheet in
                                  (("project", "项目"), ("approval", "手续"), ("project_progress", "进度"))])
        for year in range(FIRST_YEAR, FIRST_YEAR + MONTHS // 12):
            yield from self._funds(year)
            yield self._profile(year)
        roster = self._book("社区工作者花名册", [self._paper("staff", self._records("staff"), "花名册")])
        yield replace(roster, clean=self.county.full)   # other returns of a full county count the workers
        years = [(year, rows) for year in range(FIRST_YEAR, FIRST_YEAR + MONTHS // 12)
                 if (rows := self._records("outlet_month", str(year)))]
        yield self._book("社区服务网点", [self._paper("outlet", self._records("outlet"), "网点台账"),
                                    *(self._paper("outlet_month", rows, f"{year}年经营") for year, rows in years)])
        yield self._book("产业园区", [self._paper("park", self._records("park"), "园区"),
                                  self._paper("park_enterprise", self._records("park_enterprise"), "企业")])
        for asked_in, papers in self._surveys():
            yield self._book(f"{asked_in}年居民问卷", papers)

    def _surveys(self) -> Iterator[tuple[str, list[Paper]]]:
        """The sheets of each survey, which its last day dates, with its year."""
        for survey in self._records("survey"):
            names = (("survey", "登记"), ("survey_question", "题目"), ("survey_answer", "结果"))
            yield survey["from"][:4], [
                self._paper(name, [each for each in self._records(name) if each["survey_id"] == survey["survey_id"]], sheet,
                            sent=survey["to"]) for name, sheet in names]

    def _funds(self, year: int) -> Iterator[Book]:
        papers = []
        if year == FIRST_YEAR:
            papers.append(self._paper("fund_source", self._records("fund_source"), "来源目录", sent=f"{year}-12-31"))
        for quarter in range(4):
            records = [each for each in self._records("fund_flow") if each["flow_id"].startswith(f"ZJ{year}{quarter + 1}")]
            if records:
                papers.append(self._paper("fund_flow", records, f"第{_NUMERALS[quarter]}季度"))
        if papers:
            yield self._book(f"{year}年资金拨付台账", papers)

    def _profile(self, year: int) -> Book:
        records = self._records("unit_profile", str(year))
        county, rest = records[:1], records[1:]
        papers = [self._paper("unit_profile", county, "全县", f"（{year}年）", leave=("township_id", "period")),
                  self._paper("unit_profile", rest, "分社区", f"（{year}年）", leave=("period",))]
        return self._book(f"{year}年基本情况表", [self._told(each, str(year)) for each in papers])

    def _more(self) -> Iterator[Book]:
        """The workbooks of what `more.toml` says."""
        found: dict[str, dict[str, tuple[str, list[Record]]]] = {}
        for name in (each for each in self.rows if "_book" in self.rows[each]):
            for record in self._records(name, more=True):
                found.setdefault(record["_book"], {}).setdefault(record["_sheet"], (name, []))[1].append(record)
        for book, sheets in found.items():
            papers = [self._paper(name, records, sheet, sent=records[0]["_sent"]) for sheet, (name, records) in sheets.items()]
            yield replace(self._book(book, papers), clean=True)

    def _exported(self) -> Iterator[Book]:
        """One file a table, as a system exports it; each survey by itself."""
        for year, papers in self._surveys():
            for paper in papers:   # a fault in one of so few rows would lose the survey
                yield replace(self._book(f"{year}年{paper.table.label[Language.ZH]}", [paper]), clean=True)
        for name in self.rows:
            if name != "housing_progress" and not name.startswith("survey"):
                more = "_book" in self.rows[name]
                yield replace(self._book(table(name).label[Language.ZH], [self._paper(name, self._records(name, more=more), "")]),
                              clean=more)
