"""The national register as facts: committees and township-level units, counted township by township."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from commlib import phrases
from commlib.declarations.sources import REGISTER
from commlib.declarations.tables import table
from commlib.errors import StoreError
from commlib.home import Home
from commlib.intake.reported import FACT_COLUMNS
from commlib.intake.tabular import collected, read_table, reference_faults
from commlib.placenames import declared_places, township_kind
from commlib.places import PlaceBook
from commlib.reads import note

# The kinds of township that codes tell, and the member of the breakdown that counts them.
_MEMBERS = {"subdistrict": "subdistricts", "town": "towns", "township": "townships",
            "other_township": "other_townships"}
_NO_DATA = "000"   # digits 7 to 9 of Jinmen's one row: no township, no villages known, so nothing is reported there


def register_facts(home: Home) -> pd.DataFrame:
    """The register's facts frame: eight rows a township, in whole numbers of units, zeros included.

    Residents' committees, villagers' committees, quasi-units, and township-level units with the four members of their
    kind. A placeholder keeps its villages' counts and is no unit. Raises StoreError where the register cannot be read.
    """
    townships = _read(home, "townships")
    townships = townships[townships["code"].str[6:9] != _NO_DATA].reset_index(drop=True)
    codes, names = townships["code"], townships["name"]
    kinds = pd.Series([township_kind(code, name) for code, name in zip(codes, names, strict=True)])
    counted = _counts(_read(home, "villages")["code"])
    values: dict[tuple[str, str], np.ndarray] = {
        (str(measure), ""): counted[measure].reindex(codes, fill_value=0).to_numpy(float) for measure in counted}
    values["township_units", ""] = (kinds != "placeholder").to_numpy(float)
    for kind, member in _MEMBERS.items():
        values["township_units", member] = (kinds == kind).to_numpy(float)
    return _frame(codes, names, values)


def check_retired(home: Home, book: PlaceBook) -> None:
    """Check the list of retired county codes; raises DataError with every fault, unknown successors among them."""
    declaration = table("retired_county")
    frame = read_table(home.data / declaration.file, declaration)
    known = pd.DataFrame({"code": [*book.register, *frame["code"]]})
    faults = reference_faults(Path(declaration.file).name, frame, declaration, {"register_county": known})
    if faults:
        raise collected(faults)


def village_kinds(home: Home) -> pd.DataFrame:
    """Every village and community with its kind by code and by the end of its name ("" = the name does not tell).

    Columns code, name, kind_by_code, kind_by_name (both ids of the measure that counts the kind), county.
    """
    villages = _read(home, "villages")
    by_name = pd.Series("", index=villages.index, dtype=str)
    for kind, endings in declared_places()["register"]["village_endings"].items():
        by_name = by_name.mask(villages["name"].str.endswith(tuple(endings)), kind)
    return villages.assign(kind_by_code=_village_kind(villages["code"]), kind_by_name=by_name,
                           county=villages["code"].str[:6])


def name_disagreements(home: Home) -> pd.DataFrame:
    """The committees whose name tells another kind than their code; rows of `village_kinds`, quasi-units left out.

    The codes decide all the same: a town's community may keep 村民委员会 in its name, and the other way round.
    """
    kinds = comparable(village_kinds(home))
    return kinds[kinds["kind_by_code"] != kinds["kind_by_name"]].reset_index(drop=True)


def comparable(kinds: pd.DataFrame) -> pd.DataFrame:
    """The rows of `village_kinds` that the cross-check covers: committees by code whose name tells a kind."""
    committees = kinds["kind_by_code"].isin(list(declared_places()["register"]["village_endings"]))
    return kinds[committees & (kinds["kind_by_name"] != "")]


def _counts(codes: pd.Series[str]) -> pd.DataFrame:
    """Villages and communities by township (index) and kind (columns, measure ids); 0 where it has none."""
    counted = codes.groupby([codes.str[:9], _village_kind(codes)]).size().unstack(fill_value=0)
    return counted.reindex(columns=list(declared_places()["register"]["village_kinds"]), fill_value=0)


def _village_kind(codes: pd.Series[str]) -> pd.Series[str]:
    """The kind whose band of the last three digits (both ends included) holds the code's; "" where none does."""
    bands = declared_places()["register"]["village_kinds"]
    numbers = codes.str[9:12].astype(int).to_numpy()
    kinds = np.select([(numbers >= low) & (numbers <= high) for low, high in bands.values()], list(bands), default="")
    return pd.Series(kinds, index=codes.index, dtype=str)


def _frame(codes: pd.Series[str], names: pd.Series[str], values: Mapping[tuple[str, str], np.ndarray]) -> pd.DataFrame:
    """Stack the measures' values into a facts frame, in order of place and then of measure."""
    number, rows = len(values), np.repeat(np.arange(len(codes)), len(values))
    places, value = codes.iloc[rows].to_numpy(), np.column_stack(list(values.values())).ravel()
    quantities, members = zip(*values, strict=True)
    rules = declared_places()["register"]
    facts = pd.DataFrame({
        "kind": "measure", "quantity": np.tile(quantities, len(codes)), "member": np.tile(members, len(codes)),
        "nature": "actual", "county": codes.str[:6].to_numpy().repeat(number), "place": places,
        "place_name": names.iloc[rows].to_numpy(), "level": "township", "period": rules["as_of"][:7],
        "words": rules["as_of"], "value": value, "low": value, "high": value, "qualifier": "exact", "unit": "count",
        "stated_value": pd.Series(value.astype(int)).astype(str), "stated_unit": "count",
        "source": REGISTER, "document": REGISTER,
    })
    for column in FACT_COLUMNS:
        if column not in facts:
            facts[column] = ""
    texts = {column: str for column in FACT_COLUMNS if column not in ("value", "low", "high")}
    return facts[list(FACT_COLUMNS)].astype(texts)


def _read(home: Home, name: str) -> pd.DataFrame:
    note("data/register")
    path: Path = home.data / "register" / f"{name}.parquet"
    try:
        return pd.read_parquet(path).astype(str)
    except (OSError, ValueError) as fault:   # pyarrow's errors are ValueErrors
        raise StoreError(phrases.text("place.no_register", path=str(path))) from fault
