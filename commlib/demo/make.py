"""All files of the demonstration: places, returns with faults planted in some of them, and the list of these faults."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from pathlib import Path

import numpy as np

from commlib import phrases
from commlib.demo.books import book_bytes
from commlib.demo.county import SEED, County, counties, declared, unit_rows
from commlib.demo.packing import Book, all_rows, books
from commlib.demo.planted import Planted
from commlib.demo.planting import OF_SHEETS, Bed, Kind, plant_in_row
from commlib.errors import StoreError
from commlib.placelists import OWN_COLUMNS, OWN_COUNTIES

FAULTS, FAULTY_FILES = 40, 20   # how many faults are planted, in how many files
_LIST = "faults.json"
_UNIT_COLUMNS = ("unit_id", "parent_id", "level", "name_zh")


@dataclass(frozen=True)
class Demo:
    """What `commlib demo` makes: the content of every file below `data/` by path, and the faults by the path of the file."""

    files: Mapping[str, bytes]
    faults: Sequence[tuple[str, Planted]]


def demo(seed: int = SEED, only: Collection[str] = (), faults: int = FAULTS) -> Demo:
    """Make the demonstration of a seed, or of some counties alone; the same arguments give the same bytes."""
    made = [(county, books(county, all_rows(county))) for county in counties(seed) if not only or county.key in only]
    papers = {f"demo/{county.key}/{book.name}": book for county, packed in made for book in packed}
    open_to = {path: book for path, book in papers.items() if not book.clean}
    planted = planted_in(open_to, faults, np.random.default_rng([seed, len(open_to)]))
    found = {f"places/{OWN_COUNTIES}": _csv(OWN_COLUMNS, [_own_row(county) for county, _ in made])}
    found |= {f"places/{county.key}.csv": _csv(_UNIT_COLUMNS, unit_rows(county)) for county, _ in made}
    found |= {path: book_bytes(book.papers, book.kind, book.charset) for path, book in papers.items()}
    told = [each.record(path.removeprefix("demo/")) for path, each in planted]
    listed = {"seed": seed, "files": [path.removeprefix("demo/") for path in papers], "faults": told}
    found[f"demo/{_LIST}"] = (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode()
    found["demo/README.md"] = files("commlib").joinpath("demo/about.md").read_bytes()
    return Demo(found, planted)


def planted_in(packed: Mapping[str, Book], number: int, chance: np.random.Generator) -> list[tuple[str, Planted]]:
    """Plant so many faults, evenly in some of the files: each kind of a whole sheet once, then those of a row in turn.

    Each comes with the path of its file. There are fewer where the files have no room for more.
    """
    paths = [str(each) for each in chance.permutation(sorted(packed))]
    beds = {path: [Bed(paper, chance, packed[path].kind in ("xlsx", "ods"))
                   for paper in sorted(packed[path].papers, key=lambda each: len(each.records))] for path in paths}
    counted: Counter[str] = Counter()
    told: Counter[str] = Counter()
    found: list[tuple[str, Planted]] = []
    wanted: list[Kind] = [*OF_SHEETS.values(), *[partial(plant_in_row, told=told)] * number]
    for kind in wanted:
        if len(found) == number:
            break
        open_to = sorted(paths, key=lambda path: counted[path])
        if len(counted) >= FAULTY_FILES:
            open_to = [path for path in open_to if counted[path]]
        tries = ((path, kind(bed)) for path in open_to for bed in beds[path])
        path, planted = next(((path, one) for path, one in tries if one), ("", None))
        if planted:
            counted[path] += 1
            told[planted.kind] += 1
            found.append((path, planted))
    return found


def write(made: Demo, data: Path) -> int:
    """Write the files below a folder `data` and remove those of an earlier demonstration that are no more; gives their number.

    Counties of the project's own that are no demonstration stay in the list of counties. Raises StoreError where a file
    cannot be written.
    """
    try:
        for old in set(_written(data)) - set(made.files):
            (data / old).unlink(missing_ok=True)
        for path, content in made.files.items():
            target = data / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_with_others(content, target) if target.name == OWN_COUNTIES else content)
    except OSError as problem:
        raise StoreError(phrases.text("error.cannot_write", path=data, problem=problem.strerror or problem)) from None
    return len(made.files)


def _written(data: Path) -> list[str]:
    """The returns that an earlier demonstration wrote, by its own list."""
    path = data / "demo" / _LIST
    return [f"demo/{each}" for each in json.loads(path.read_text(encoding="utf-8"))["files"]] if path.is_file() else []


def _with_others(content: bytes, path: Path) -> bytes:
    """The list of counties with those of the project's own that are no demonstration."""
    if not path.is_file():
        return content
    ours = set(declared()["county"])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        others = [row for row in csv.DictReader(stream) if row.get("key") not in ours]
    return content + _csv(OWN_COLUMNS, others, header=False) if others else content


def _own_row(county: County) -> dict[str, str]:
    said = declared()
    return {"key": county.key, "name_zh": county.name.zh, "name_en": county.name.en, "province_zh": said["province"],
            "prefecture_zh": county.prefecture, "fictional": "yes", "note_zh": said["note"]["zh"], "note_en": said["note"]["en"]}


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]], *, header: bool = True) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, lineterminator="\n", extrasaction="ignore")
    if header:
        writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode()
