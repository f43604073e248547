"""Small pieces of HTML in the vocabulary that the page's style sheet draws; every value is escaped here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from commlib import phrases
from commlib.blocks.block import Block
from commlib.charts.figure import Chart

_OPEN_LINES = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell: its text, the unrounded value as a title, a state class, or marks that are HTML already."""

    text: str
    title: str = ""
    state: str = ""
    markup: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A table column: its key in the rows, its heading, whether it holds numbers."""

    key: str
    heading: str
    numeric: bool = False


Row = Mapping[str, "str | Cell"]


def columns(language: str, *names: str, numeric: Collection[str] = ()) -> list[Column]:
    """Columns whose keys in the rows are the names of their headings among the phrases."""
    return [Column(name, phrases.phrase(f"column.{name}", language), name in numeric) for name in names]


@dataclass(frozen=True, slots=True)
class Table:
    """A three-rule table: title above, unit at its right, source and note below."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    unit: str = ""
    total: Row | None = None
    source: str = ""
    note: str = ""
    kind: str = ""   # "words" for cells that are sentences, "narrow" for two or three columns
    group: str = ""  # key by which rows are grouped under a line of their own

    def block(self) -> Block:
        """The table as a block; the exported rows hold the unrounded values where there are any."""
        return Block(self._html(), f"{self.title} ({len(self.rows)} rows)", self._frame())

    def _html(self) -> str:
        unit = f' <span class="unit">{escape(self.unit)}</span>' if self.unit else ""
        head = "".join(f'<th scope="col"{_numeric(column)}>{escape(column.heading)}</th>' for column in self.columns)
        body, group = [], None
        for row in self.rows:
            if self.group and _cell(row.get(self.group, "")).text != group:
                group = _cell(row.get(self.group, "")).text
                body.append(f'<tr class="group"><th scope="rowgroup" colspan="{len(self.columns)}">{escape(group)}</th></tr>')
            body.append(self._row(row))
        foot = f"<tfoot>{self._row(self.total)}</tfoot>" if self.total else ""
        kind = f' class="{self.kind}"' if self.kind else ""
        return (f'<figure class="block table"><div class="scroll" role="region" tabindex="0" aria-label="{escape(self.title)}">'
                f'<table{kind}><caption><span class="title">{escape(self.title)}</span>{unit}</caption>'
                f"<thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody>{foot}</table></div>"
                f"{caption(source=self.source, note=self.note)}</figure>")

    def _row(self, row: Row) -> str:
        cells = [_cell(row.get(column.key, "")) for column in self.columns]
        first = f'<th scope="row"{_title(cells[0])}>{cells[0].markup or escape(cells[0].text)}</th>'
        labelled = self.kind == "words"   # a phone shows such a row as a list, in which each cell says what it is
        rest = "".join(_td(cell, column, labelled) for cell, column in zip(cells[1:], self.columns[1:], strict=True))
        return f"<tr>{first}{rest}</tr>"

    def _frame(self) -> pd.DataFrame:
        rows = [*self.rows, *([self.total] if self.total else [])]
        keys = {**({self.group: self.group} if self.group else {}), **{each.key: each.heading for each in self.columns}}
        return pd.DataFrame([{heading: _exported(_cell(row.get(key, ""))) for key, heading in keys.items()} for row in rows])


def _cell(value: str | Cell) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def _exported(cell: Cell) -> str | float:
    try:
        return float(cell.title)
    except ValueError:
        return cell.text


def _numeric(column: Column) -> str:
    return ' class="num"' if column.numeric else ""


def _title(cell: Cell) -> str:
    return f' title="{escape(cell.title)}"' if cell.title else ""


def _td(cell: Cell, column: Column, labelled: bool = False) -> str:
    classes = " ".join(part for part in ("num" if column.numeric else "", cell.state) if part)
    attribute = f' class="{classes}"' if classes else ""
    if labelled:
        attribute += f' data-label="{escape(column.heading)}"'
    return f"<td{attribute}{_title(cell)}>{cell.markup or escape(cell.text)}</td>"


def caption(title: str = "", source: str = "", note: str = "") -> str:
    """The caption of a figure: title, source and note, each only where it is given."""
    parts = [f'<p class="{name}">{escape(text)}</p>' for name, text in
             (("title", title), ("source", source), ("note", note)) if text]
    return f"<figcaption>{''.join(parts)}</figcaption>" if parts else ""


def chart(drawn: Chart, title: str, source: str = "", note: str = "") -> Block:
    """A chart as a block: the sentence of its finding, the picture, and its caption."""
    html = f'<figure class="block chart">{drawn.svg}{caption(title, source, note)}</figure>'
    return Block(f'<p class="finding">{escape(drawn.finding)}</p>{html}', drawn.alt, drawn.rows)


def notice(kind: str, word: str, text: str) -> Block:
    """A boxed notice: a word that names its kind, then a sentence."""
    return Block(f'<p class="notice {kind}"><strong>{escape(word)}</strong> {escape(text)}</p>', f"{word} {text}")


def waits(sentence: str, language: str) -> Block:
    """What a section says that has no data: which table or report it waits for."""
    return notice("waits", phrases.phrase("word.waits", language), sentence)


def finding(sentences: Iterable[str]) -> Block:
    """Paragraphs of findings."""
    texts = [text for text in sentences if text]
    return Block("".join(f'<p class="finding">{escape(text)}</p>' for text in texts), "\n".join(texts))


def facts(entries: Iterable[tuple[str, str]]) -> Block:
    """The facts of the page's head: term and value."""
    entries = list(entries)
    rows = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(value)}</dd></div>" for term, value in entries)
    return Block(f'<dl class="page-facts">{rows}</dl>', "\n".join(f"{term}: {value}" for term, value in entries))


def mark(kind: str, name: str, word: str) -> str:
    """An inline mark such as a status, a grade or a verdict: `<span class="status partial">`."""
    return f'<span class="{kind} {name}">{escape(word)}</span>'


def folded(summary: str, block: Block) -> Block:
    """A block folded under a line of summary; print opens it."""
    return Block(f'<details class="methods"><summary>{escape(summary)}</summary>{block.html}</details>', block.plain, block.frame)


def folded_if_long(summary: str, block: Block, lines: int) -> Block:
    """A block of so many lines, folded where they are more than twenty."""
    return block if lines <= _OPEN_LINES else folded(summary, block)


def bullets(heading: str, items: Iterable[str]) -> Block:
    """A headed list; nothing where there are no items."""
    items = list(items)
    rows = "".join(f"<li>{escape(item)}</li>" for item in items)
    html = f"<h3>{escape(heading)}</h3><ul>{rows}</ul>" if items else ""
    return Block(html, "\n".join([heading, *(f"- {item}" for item in items)]) if items else "")
