"""A small project to take returns into: the register of a few counties, no reports, and returns of their real places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from commlib.declarations.tables import table
from commlib.home import Home
from commlib.intake.layout.recognise import Recognised
from commlib.intake.taking import TakenReturn, TakenTable

PROJECT = Path(__file__).parents[1]
REGISTER = PROJECT / "data" / "register"
NEIXIANG, NINGNAN, GANLUO = "411325", "513427", "513435"
COUNTIES = (NEIXIANG, NINGNAN, GANLUO)
LISTS = ("provinces.csv", "prefectures.csv", "counties.csv", "retired_counties.csv")
HEADER = ["乡镇", "社区", "截至日期", "规划户数（户）", "开工户数（户）", "竣工户数（户）", "入住户数（户）", "完成投资（万元）"]


@cache
def places(name: str) -> pd.DataFrame:
    """The townships or villages of the register that lie in the few counties."""
    frame = pd.read_parquet(REGISTER / f"{name}.parquet").astype(str)
    return frame[frame["code"].str[:6].isin(COUNTIES)].reset_index(drop=True)


def small_home(folder: Path) -> Home:
    (folder / "data" / "register").mkdir(parents=True)
    (folder / "data" / "reported").mkdir()
    for name in LISTS:
        (folder / "data" / "register" / name).write_bytes((REGISTER / name).read_bytes())
    for name in ("townships", "villages"):
        places(name).to_parquet(folder / "data" / "register" / f"{name}.parquet", index=False)
    for path in (PROJECT / "data" / "reported").glob("*.csv"):
        (folder / "data" / "reported" / path.name).write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    return Home(folder)


def communities(county: str = NEIXIANG) -> list[tuple[str, str, str]]:
    """Code, name and township of the first communities of a county whose names are told apart."""
    names = dict(zip(places("townships")["code"], places("townships")["name"], strict=True))
    frame = places("villages")
    own = frame[frame["code"].str.startswith(county)].drop_duplicates("name", keep=False)
    return [(code, name, names[code[:9]]) for code, name in zip(own["code"], own["name"], strict=True)]


def housing(number: int = 6, day: str = "2013-09-30", county: str = NEIXIANG, completed: int = 100) -> list[list[Any]]:
    """A monthly housing return as cells: header, and one row a community."""
    return [[*HEADER], *([town, name, day, 900, 800, completed + row, 50, 1200.5]
                      for row, (_, name, town) in enumerate(communities(county)[:number]))]


def rows_of(table_id: str, rows: Sequence[Mapping[str, str]], county: str = NEIXIANG) -> pd.DataFrame:
    """Accepted rows as the intake gives them; `_place` is the finest place that a row fills."""
    declaration = table(table_id)
    frame = pd.DataFrame(list(rows), dtype=str)
    finest = [next((row[name] for name in reversed(declaration.place) if row.get(name)), county) for row in rows]
    numbers = [str(number + 2) for number in range(len(rows))]
    return frame.assign(_county=county, _sheet="表", _row=numbers, _place=finest).fillna("")


def taken(table_id: str, *frames: pd.DataFrame, name: str = "月报.xlsx", refused: int = 0, received: str = "") -> TakenReturn:
    """A return of one table as it is after the intake."""
    nothing: Any = None
    recognised = Recognised(nothing, table(table_id), 1.0, nothing)
    return TakenReturn(name, tuple(TakenTable(recognised, frame, refused, ()) for frame in frames), (), (), received)
