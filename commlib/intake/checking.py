"""The checks of a whole return: each table with its other sheets, earlier releases and the tables that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow

from commlib.declarations.checks import Severity
from commlib.declarations.columns import ColumnType
from commlib.declarations.tables import TableDeclaration
from commlib.intake.block_rows import BlockRows, hedge_columns, read_rows
from commlib.intake.checks.declared import Context, checked
from commlib.intake.checks.printed import logic_faults, read_logic, total_faults
from commlib.intake.checks.rows import Rows
from commlib.intake.checks.series import OVER_TIME
from commlib.intake.faults import Code, ReturnFault
from commlib.intake.layout.recognise import Recognised
from commlib.intake.names.gazetteer import Gazetteer
from commlib.intake.names.resolve import Finder

Earlier = Callable[[str, str], pd.DataFrame]   # (table id, county key) -> rows of earlier releases, columns as `TakenTable.rows`


@dataclass
class Part:
    """A block on its way: what it was recognised as, its rows and their places as read, and what the checks found."""

    recognised: Recognised
    read: BlockRows
    of_file: Sequence[ReturnFault]
    units: Callable[[str], Gazetteer]
    checks: list[tuple[int, ReturnFault]] = field(default_factory=list)
    beside: list[ReturnFault] = field(default_factory=list)   # of totals and lines of logic

    @property
    def table(self) -> TableDeclaration:
        """The table that it is."""
        return self.read.table

    @cached_property
    def ragged(self) -> frozenset[int]:
        """The positions of rows with too many cells, in which nobody knows what slipped."""
        sheet = self.read.block.sheet
        cells = {fault.cell for fault in self.of_file if fault.code is Code.RAGGED and fault.sheet == sheet.name}
        rows = {int("".join(filter(str.isdigit, cell))) - 1 for cell in cells if cell}
        return frozenset(at for at, row in enumerate(self.read.at) if row in rows) if rows else frozenset()

    @cached_property
    def rows(self) -> Rows:
        """All rows as the checks see them, with places as keys."""
        rows = self.read.rows()
        keys = {name: pd.Series(cells, index=rows.values.index, dtype=object) for name, cells in self.read.keys.items()}
        return replace(rows, values=rows.values.assign(**keys)) if keys else rows

    @cached_property
    def standing(self) -> list[int]:
        """The positions that are rows of the table: not of a prefecture, nor ragged."""
        left = self.read.left_out | self.ragged
        return [at for at in range(len(self.read.at)) if at not in left] if left else list(range(len(self.read.at)))

    @property
    def standing_rows(self) -> Rows:
        """The rows of the table as the checks see them."""
        return self.rows.some(self.standing)

    @property
    def _inside(self) -> list[tuple[int, ReturnFault]]:
        return [*self.read.faults, *self.read.place_faults, *self.checks]

    def told(self) -> list[ReturnFault]:
        """Every fault of the block in the order of its rows, those of the layout first; of a ragged row only that it is."""
        said = {self.read.block.sheet.address(*header.cell) for header in self.read.said}
        layout = [fault for fault in self.recognised.faults if not (fault.code is Code.STRANGE and fault.cell in said)]
        left = self.ragged | self.read.left_out
        own = {(at, fault.code) for at, fault in self.read.place_faults}
        kept = [(at, fault) for at, fault in self._inside if at not in left or fault.code is Code.PERSONAL
                or (at not in self.ragged and (at, fault.code) in own)]
        return [*layout, *(fault for _, fault in sorted(kept, key=lambda pair: pair[0])), *self.beside]

    def outcome(self) -> tuple[list[int], list[int]]:
        """The positions of the accepted and of the refused rows."""
        wrong = {at for at, fault in self._inside if fault.severity is Severity.ERROR} | self.read.unread | self.ragged
        if -1 in wrong or any(fault.severity is Severity.ERROR for fault in self.recognised.faults):
            return [], [at for at in range(len(self.read.at)) if at not in self.read.left_out]
        accepted = [at for at in self.standing if at not in wrong] if wrong else self.standing
        return accepted, sorted(wrong - self.read.left_out)

    def frame(self, positions: Sequence[int]) -> pd.DataFrame:
        """The accepted rows by their positions, in the form in which releases keep them."""
        index = np.asarray(positions, dtype=np.intp)
        sheet = self.read.block.sheet
        columns: dict[str, object] = {}
        for column in self.table.columns:
            if not column.dropped:
                columns[column.name] = self.rows.texts(column.name)[index]
        columns |= hedge_columns(self.read, positions)
        counties = np.array(self.read.counties, dtype=object)[index]
        place = counties
        for name in self.table.place:
            keys = self.rows.texts(name)[index]
            place = np.where(keys != "", keys, place)
        lines = sheet.lines if sheet.lines and not isinstance(sheet.lines, range) else None
        rows = np.array(self.read.at, np.int64)[index]
        numbers = rows + 1 if lines is None else np.array(lines, np.int64)[rows]
        columns |= {"_county": counties, "_sheet": sheet.name, "_place": place,
                    "_row": pyarrow.array(numbers).cast(pyarrow.string()).to_numpy(zero_copy_only=False)}
        return pd.DataFrame(columns, index=range(len(positions)), dtype=object)


def check_parts(parts: Sequence[Part], earlier: Earlier) -> None:
    """Check every block; blocks of one table are checked as one, for a key may not stand on two sheets either."""
    by_table: dict[str, list[Part]] = {}
    for part in parts:
        by_table.setdefault(part.table.id, []).append(part)
    for same in by_table.values():
        rows, table = _together(same), same[0].table
        counties = sorted({county for part in same for county in set(part.read.counties)} - {""})
        timed = any(check.kind in OVER_TIME for check in table.checks)
        context = Context(_held([], table.id, counties, earlier) if timed else None, _others(table, counties, by_table, earlier),
                          frozenset(by_table))
        if found := checked(rows, table, context):
            owners = [(part, at) for part in same for at in part.standing]
            for position, fault in found:
                owner, at = owners[position]
                owner.checks.append((at, _as_printed(owner, at, fault)))
    for part in parts:
        part.beside += _beside(part)


def _together(parts: Sequence[Part]) -> Rows:
    """The standing rows of several blocks of one table as one."""
    pieces = [part.standing_rows for part in parts]
    if len(pieces) == 1:
        return pieces[0]
    counts = [len(each) for each in pieces]
    cells = pd.concat([pd.DataFrame({name: [each.cell(at, name) for at in range(len(each))] for name in map(str, each.values)},
                                    dtype=object) for each in pieces], ignore_index=True).fillna("")
    low, high, step = (_joined([getattr(each, side) for each in pieces], counts) for side in ("low", "high", "step"))
    sheets = pd.Series([each.sheet for each in pieces for _ in range(len(each))], dtype=object)
    return Rows(pieces[0].file, "", pd.concat([each.values for each in pieces]).fillna(""), {}, cells, low, high, step,
                sheets)


def _joined(frames: Sequence[pd.DataFrame | None], counts: Sequence[int]) -> pd.DataFrame | None:
    """Frames of several blocks one after the other, a block without one blank; None where no block has one."""
    if all(frame is None for frame in frames):
        return None
    return pd.concat([pd.DataFrame(index=range(count)) if frame is None else frame
                      for frame, count in zip(frames, counts, strict=True)], ignore_index=True)


def _held(own: Sequence[pd.DataFrame], table: str, counties: Sequence[str], earlier: Earlier) -> pd.DataFrame | None:
    """Frames of a table and its rows of earlier releases as one; None where there are none."""
    frames = [frame for frame in (*own, *(earlier(table, county) for county in counties)) if len(frame)]
    return pd.concat(frames, ignore_index=True) if frames else None


def _others(table: TableDeclaration, counties: Sequence[str], parts: dict[str, list[Part]],
            earlier: Earlier) -> dict[str, pd.DataFrame]:
    """The rows of the tables that this one refers to: of the same return and of earlier ones; nothing where there are none."""
    named = [*(column.references for column in table.columns), *(check.whole for check in table.checks)]
    found = {}
    for target in dict.fromkeys(each.partition(".")[0] for each in named if each):
        # With refused rows: the id of a row that is refused for another fault is known all the same.
        own = [part.frame(part.standing) for part in parts.get(target, ()) if target != table.id]
        if (held := _held(own, target, counties, earlier)) is not None:
            found[target] = held.fillna("")
    return found


def _as_printed(part: Part, at: int, fault: ReturnFault) -> ReturnFault:
    """A fault at the cell of a place with the words that stand there, not the key that they mean."""
    for name in part.read.keys:
        if name in part.read.values and part.rows.cell(at, name) == fault.cell:
            return replace(fault, found=part.read.values[name][at])
    return fault


# ---- beside the rows

def _beside(part: Part) -> list[ReturnFault]:
    """The faults of printed totals and of printed lines of logic."""
    block = part.read.block
    numbered = {int(header.number): name for each in part.recognised.slices for name, header in each.columns.items()
                if header.number.isdigit()}
    lines = [(block.sheet.address(line.row, line.column), line.text) for line in (*block.notes, *block.titles)]
    logic, unread = read_logic(lines, numbered, block.sheet.file, block.sheet.name)
    rows = part.standing_rows
    return [*_totals(part, rows), *unread, *logic_faults(rows, logic, part.table)]


def _totals(part: Part, rows: Rows) -> list[ReturnFault]:
    """The printed totals that the rows do not give; the label of a total may be the place that it is of."""
    block = part.read.block
    if not block.totals or not len(rows):
        return []
    labelled = replace(block, body=[total.row for total in block.totals], totals=())
    read = read_rows(labelled, part.table, part.recognised.slices, lambda text: text)
    kinds = [total.kind for total in block.totals] * max(1, len(part.recognised.slices))
    labels = [total.label for total in block.totals] * max(1, len(part.recognised.slices))
    counties = set(part.read.counties) - {""}
    finder = Finder(part.units(counties.pop())) if len(counties) == 1 else None
    for column in part.table.columns:
        if column.type is ColumnType.PLACE and column.name in read.values:
            words = [label or text for label, text in zip(labels, read.values[column.name], strict=True)]
            keys = [finder.find(each, column).key if finder and each else "" for each in words]
            county = finder.places.county.key if finder else ""
            read.values[column.name] = ["" if key == county else key for key in keys]
    return total_faults(rows, read.rows(), kinds, part.table)
