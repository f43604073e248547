"""The pandera schema that follows from a table's declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from commlib.declarations.columns import FORM, Blank, Column, ColumnType
from commlib.units import is_unit

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pandera

    from commlib.declarations.tables import TableDeclaration


def schema(declaration: TableDeclaration) -> pandera.DataFrameSchema:
    """Build the pandera schema of a frame of text; its checks are named blank, type, allowed, pattern, range and key.

    Unknown extra columns pass; validate with `lazy=True` to get every failure at once.
    """
    import pandas as pd
    import pandera.pandas as pandera

    def unique(frame: pd.DataFrame) -> pd.Series[bool]:
        whole_key = set(declaration.key) <= set(frame.columns)   # a missing key column is a fault of its own
        return ~frame.duplicated(list(declaration.key)) if whole_key else pd.Series(True, index=frame.index)

    columns = {column.name: pandera.Column(str, _checks(column), required=column.required and not column.dropped)
               for column in declaration.columns}
    return pandera.DataFrameSchema(columns, checks=pandera.Check(unique, name="key", error="key"), name=declaration.id)


def _checks(column: Column) -> list[pandera.Check]:
    import pandera.pandas as pandera

    def where_filled(name: str, passes: Any) -> pandera.Check:
        return pandera.Check(lambda cells: (cells.str.strip() == "") | passes(cells), name=name, error=name)

    checks = []
    if column.blank is Blank.REFUSED:
        checks.append(pandera.Check(lambda cells: cells.str.strip() != "", name="blank", error="blank"))
    if column.type is ColumnType.UNIT:
        checks.append(where_filled("type", lambda cells: cells.map(is_unit).astype(bool)))
    elif column.type in FORM:
        checks.append(where_filled("type", lambda cells: cells.str.fullmatch(FORM[column.type])))
    if column.choices:
        checks.append(where_filled("allowed", lambda cells: cells.isin(column.allowed)))
    if column.pattern:
        checks.append(where_filled("pattern", lambda cells: cells.str.fullmatch(column.pattern)))
    if column.minimum is not None or column.maximum is not None:
        checks.append(where_filled("range", lambda cells: _within(cells, column)))
    return checks


def _within(cells: pd.Series[str], column: Column) -> pd.Series[bool]:
    """Whether each number lies in the declared range; what is no number is a fault of its type, not of its range."""
    import pandas as pd

    numbers = pd.to_numeric(cells, errors="coerce")
    low = float("-inf") if column.minimum is None else float(column.minimum)
    high = float("inf") if column.maximum is None else float(column.maximum)
    return numbers.isna() | numbers.between(low, high)
