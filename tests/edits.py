"""Random edits of a small project with a copy of the package, and what should run again after each, worked out afresh.

Three oracles, none of which looks at the runner's hashes:

- every input that an item recorded (notebook, slices of data, modules, phrases, lock) is read from the files themselves
  before and after; an item has to run exactly where one of its own differs;
- after each edit the source of every notebook is evaluated in a plain process: the kept copies must have said just that;
- now and then everything is run by force into another folder: no page may differ but by the vintage that it names.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd
from runner_home import LANGUAGE, PROJECT, write_notebook

from commlib.home import Home
from commlib.places import place_book
from commlib.runner.ledger import Entry, Ledger

REPORTS = ("zhengshan", "deqing", "liangzhou", "roads-county")
REGISTER_ONLY = "110101"
Page = tuple[str, str, str]
_STORE = "from commlib.store import open_store\nstore = open_store()\n"
NOTEBOOKS = {
    "nothing": "print('no data')",
    "own": _STORE + "print(store.county_facts(county).to_csv())",
    "stated": _STORE + "for read in (store.county_figures, store.county_claims, store.county_checklist_items):\n"
                       "    print(read(county).to_csv())",
    "totals": _STORE + "print(store.county_totals.to_csv())",
    "everything": _STORE + "print(store.ask('select county, quantity, value, low, high from facts order by all').to_csv())",
    "names": "from commlib.places import place_book\nplaces = place_book()\n"
             "print(places.county(county).name, [each.name_zh for each in places.townships(county)])",
    "files": "from commlib.home import find_home\nfrom commlib.intake.reported import read_stated\n"
             "print(read_stated(find_home().data / 'reported', 'reported_figure').to_csv())",
    "work": "from commlib.blocks import work\nprint(getattr(work, 'EDITION', 0))",
}
# Which notebooks reach a module, by reasoning: what they import, what that imports, and the page around them.
_READERS = {"own", "stated", "totals", "everything", "work", "once"}   # a store is built of indicators
REACH = {
    "blocks/work.py": {"work"}, "declarations/systems.py": {"work"}, "indicators/land.py": _READERS,
    "intake/reported.py": {*_READERS, "files"}, "store.py": _READERS, "methods/proportions.py": _READERS,
    "placenames.py": {*NOTEBOOKS, "once"}, "publish/page.py": {*NOTEBOOKS, "once"}, "listings.py": set(), "peers.py": set(),
    "runner/dispatch.py": set(),
}

# What every notebook says of every county, evaluated without papermill, kernel or ledger; None where it fails.
_EVALUATE = """
import contextlib, io, json, pathlib, sys
said = {}
for path in sorted(pathlib.Path('notebooks').glob('*.ipynb')):
    notebook = json.loads(path.read_text())
    code = [cell['source'] for cell in notebook['cells'] if cell['cell_type'] == 'code']
    for county in sys.argv[1:] if notebook['metadata']['commlib']['scope'] == 'county' else ['']:
        names, stream = {}, io.StringIO()
        exec(code[0], names)
        names['county'] = county
        with contextlib.redirect_stdout(stream):
            try:
                exec(code[1], names)
                said[f'{path.stem} {county}'] = stream.getvalue()
            except AssertionError:
                said[f'{path.stem} {county}'] = None
print(json.dumps(said))
"""


@dataclass(frozen=True)
class Round:
    """What one edit came to, as pages: what ran again, what should have and did not, what need not have, what is stale."""

    edit: str
    again: set[Page]
    missed: set[Page]
    needless: set[Page]
    stale: set[str]

    @property
    def wrong(self) -> bool:
        """Whether anything but exactly what had to run again did."""
        return bool(self.missed or self.needless or self.stale)


@dataclass
class Mill:
    """A small project in a folder, edited and run again and again."""

    root: Path
    chance: random.Random
    counties: list[str] = field(default_factory=lambda: ["330521", "620602"])
    vintages: set[str] = field(default_factory=set)
    count: int = 0

    def __post_init__(self) -> None:
        self.reported, self.register = self.root / "data" / "reported", self.root / "data" / "register"
        shutil.copytree(PROJECT / "commlib", self.root / "commlib", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(PROJECT / "requirements.lock", self.root)
        cut_data(self.root / "data")
        (self.root / "notebooks").mkdir()
        for name, source in NOTEBOOKS.items():
            write_notebook(self.root, name, source)
        once = _STORE + "print(store.reported_counties(), store.ask('select count(*) as n from facts').n[0])"
        write_notebook(self.root, "once", once, scope="once", parameters={"lang": LANGUAGE})
        self.run("outputs")

    def round(self, edit: Callable[[Mill], str]) -> Round:
        """Make an edit, run what changed and, elsewhere, everything, and compare."""
        self.count += 1
        before, known = self.inputs(), self.entries()
        words = edit(self)
        self.run("outputs")
        after, now = self.inputs(), self.entries()
        last = Ledger(self.root / "outputs" / "runs").runs()[-1].run
        again = {page for page, entry in now.items() if entry.run == last}
        expected = {page for page in now if page not in known or known[page].status != "ok" or any(
            before[name] != after[name] for name in self.recorded(page, known[page]))}
        fresh = json.loads(self._python("-c", _EVALUATE, *self.counties))
        stale = {name for name, said in fresh.items() if said != self.kept(*name.split(" "))}
        return Round(words, again, expected - again, again - expected, stale)

    def run(self, out: str, *more: str) -> None:
        """Run the copied package's own command into a folder; a notebook that fails is no error."""
        self._python("-m", "commlib", "run", "--county", ",".join(self.counties), "--lang", "zh", "--jobs", "1",
                     "--out", str(self.root / out), *more)
        self.vintages.add(json.loads((self.store / "manifest.json").read_text())["vintage"])

    def _python(self, *arguments: str) -> str:
        environment = {**os.environ, "COMMLIB_HOME": str(self.root), "PYTHONPATH": str(self.root),
                       "PYTHONPYCACHEPREFIX": str(self.root / "compiled"), "PYTHONDONTWRITEBYTECODE": ""}
        environment.pop("COMMLIB_OUTPUTS", None)
        told = subprocess.run([sys.executable, *arguments], cwd=self.root, env=environment, capture_output=True, text=True)
        assert told.returncode in (0, 1) and "Traceback" not in told.stderr, told.stderr
        return told.stdout

    def kept(self, notebook: str, county: str) -> str | None:
        """What the kept copy of an executed notebook said; None where it has no page."""
        if not (self.root / "outputs" / "site" / county / f"{notebook}.zh.html").is_file():
            return None
        copy = self.root / "outputs" / "runs" / (county or "once") / f"{notebook}.zh.ipynb"
        outputs = json.loads(copy.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
        return "".join("".join(each["text"]) for each in outputs)

    def differing(self) -> set[str]:
        """The pages that differ from those of a run of everything by force into another folder."""
        self.run("afresh", "--force")
        ours, fresh = self.pages("outputs"), self.pages("afresh")
        return {name for name in ours.keys() | fresh.keys() if ours.get(name) != fresh.get(name)}

    @property
    def store(self) -> Path:
        """The store that is in place."""
        store = self.root / "outputs" / "store"
        return store / (store / "CURRENT").read_text().strip()

    def entries(self) -> dict[Page, Entry]:
        """What the ledger says of each page."""
        return Ledger(self.root / "outputs" / "runs").entries()

    def pages(self, out: str) -> dict[str, str]:
        """Every page below a folder of outputs as text, without the vintage that it names."""
        vintage = re.compile("|".join(self.vintages))
        site = self.root / out / "site"
        return {path.relative_to(site).as_posix(): vintage.sub("-", path.read_text(encoding="utf-8"))
                for path in site.rglob("*.html")}

    def inputs(self) -> Mapping[str, str]:
        """What every input holds now; one that is not there holds nothing."""
        found = Inputs({f"notebook {path.stem}": path.read_text() for path in self.root.glob("notebooks/*.ipynb")})
        for path in sorted((self.root / "commlib").rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                name = path.relative_to(self.root / "commlib").as_posix()
                found[name if path.suffix == ".py" else "package"] += _digest(path)
        found["lock"] = _digest(self.root / "requirements.lock")
        for path in sorted(self.store.rglob("*.parquet")):
            frame = pd.read_parquet(path).to_csv()
            found[path.relative_to(self.store).with_suffix("").as_posix()] = frame
            found[f"{path.parent.name}/*"] += frame
        found["places"] = "".join(map(_digest, sorted(self.register.glob("*.csv"))))
        found["reported"] = str(json.loads((self.store / "manifest.json").read_text())["reported"])
        townships = pd.read_parquet(self.register / "townships.parquet")
        for county, rows in townships.groupby(townships["code"].str[:6]):
            found[f"townships/{county}"] = rows.to_csv(index=False)
        found["data/reported"] = "".join(map(_digest, sorted(self.reported.glob("*.csv"))))
        return found

    def recorded(self, page: Page, entry: Entry) -> set[str]:
        """The inputs of a page: what the ledger says that it read, and what its notebook reaches."""
        modules = {name for name, notebooks in REACH.items() if page[0] in notebooks}
        return {f"notebook {page[0]}", "package", "lock", *modules, *json.loads(entry.reads)}


class Inputs(dict[str, str]):
    """The text of each input by name; what is not there is empty."""

    def __missing__(self, name: str) -> str:
        return ""


def _digest(path: Path) -> str:
    return f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def cut_data(folder: Path) -> None:
    """Cut the project's data down to a few counties: the register's lists whole, all other rows of these alone."""
    source = PROJECT / "data"
    keys = {place_book(Home(PROJECT)).county_of_report(each).key for each in REPORTS} | {REGISTER_ONLY}
    shutil.copytree(source / "register", folder / "register", ignore=shutil.ignore_patterns("*.parquet"))
    for name in ("townships.parquet", "villages.parquet"):
        table = pd.read_parquet(source / "register" / name)
        table[table["code"].str[:6].isin(keys)].to_parquet(folder / "register" / name, index=False)
    (folder / "reported").mkdir()
    for path in (source / "reported").glob("*.csv"):
        rows = read_rows(path)
        write_rows(folder / "reported" / path.name, [row for row in rows if row["county"] in REPORTS])


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, rows: list[dict[str, str]]) -> None:
    """Write rows as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# ---- the edits: each changes one thing and says what


def _change_row(mill: Mill, file: str, column: str, change: Callable[[str], str]) -> str:
    path = mill.reported / file
    rows = read_rows(path)
    number = mill.chance.choice([number for number, row in enumerate(rows) if change(row[column]) != row[column]])
    rows[number][column] = change(rows[number][column])
    write_rows(path, rows)
    return f"{file} {rows[number]['county']} row {number + 1}: {column}"


def figure_note(mill: Mill) -> str:
    return _change_row(mill, "figures.csv", "note", lambda text: f"{text}.")


def figure_value(mill: Mill) -> str:
    return _change_row(mill, "figures.csv", "value", lambda text: f"{text}1" if text.isdecimal() and len(text) < 4 else text)


def claim(mill: Mill) -> str:
    return _change_row(mill, "claims.csv", "claim", lambda text: f"{text}.")


def checklist_item(mill: Mill) -> str:
    return _change_row(mill, "standards.csv", "item_zh", lambda text: f"{text}。")


def new_row(mill: Mill) -> str:
    rows = read_rows(mill.reported / "figures.csv")
    original = mill.chance.choice([row for row in rows if not row["repeats"] and not row["restates"]])
    copied = {**original, "repeats": original["id"]}   # else two figures would claim to be one fact
    used = {int(row["id"].rpartition("-")[2]) for row in rows if row["id"].startswith(copied["id"][:6])}
    copied["id"] = f"{copied['id'].rpartition('-')[0]}-{max(used) + 1:03}"
    write_rows(mill.reported / "figures.csv", [*rows, copied])
    return f"figures.csv {copied['county']}: a new row {copied['id']}"


def removed_row(mill: Mill) -> str:
    rows, claims = read_rows(mill.reported / "figures.csv"), (mill.reported / "claims.csv").read_text(encoding="utf-8")
    others = "".join(row["repeats"] + row["restates"] for row in rows)
    gone = mill.chance.choice([row for row in rows if row["id"] not in claims + others])
    write_rows(mill.reported / "figures.csv", [row for row in rows if row is not gone])
    return f"figures.csv {gone['county']}: row {gone['id']} removed"


def order_of_rows(mill: Mill) -> str:
    path = mill.reported / "claims.csv"
    rows = read_rows(path)
    mill.chance.shuffle(rows)
    write_rows(path, rows)
    return "claims.csv: rows in another order"


def county_name(mill: Mill) -> str:
    path = mill.register / "counties.csv"
    rows = read_rows(path)
    row = mill.chance.choice([row for row in rows if row["code"] in (*mill.counties, "110102")])
    row["name"] = f"新{row['name']}"
    write_rows(path, rows)
    return f"counties.csv: {row['code']} is {row['name']}"


def township_name(mill: Mill) -> str:
    path = mill.register / "townships.parquet"
    table = pd.read_parquet(path)
    number = mill.chance.randrange(len(table))
    table.loc[number, "name"] = f"新{table.loc[number, 'name']}"
    table.to_parquet(path, index=False)
    return f"townships.parquet: {table.loc[number, 'code']} is {table.loc[number, 'name']}"


def village_gone(mill: Mill) -> str:
    path = mill.register / "villages.parquet"
    table = pd.read_parquet(path)
    number = mill.chance.randrange(len(table))
    table.drop(index=number).to_parquet(path, index=False)
    return f"villages.parquet: {table.loc[number, 'code']} removed"


def notebook_cell(mill: Mill) -> str:
    name = mill.chance.choice(list(NOTEBOOKS))
    return _change_cell(mill, name, f"\nprint('edit {mill.count}')")


def notebook_fails(mill: Mill) -> str:
    return _change_cell(mill, "nothing", f"\nassert county != {mill.chance.choice(mill.counties)!r}")


def notebook_mended(mill: Mill) -> str:
    write_notebook(mill.root, "nothing", f"{NOTEBOOKS['nothing']}\n# {mill.count}")
    return "nothing.ipynb: mended"


def _change_cell(mill: Mill, name: str, more: str) -> str:
    path = mill.root / "notebooks" / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] += more
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return f"{path.name}: {more.strip()}"


def parameter_default(mill: Mill) -> str:
    path = mill.root / "notebooks" / "names.ipynb"
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    parameters = notebook["metadata"]["commlib"]["parameters"]
    parameters["limit"] = {"type": "integer", "default": mill.count, "zh": "上限", "en": "limit"}
    values = ", ".join(repr(each["default"]) for each in parameters.values())
    notebook["cells"][0]["source"] = f"{', '.join(parameters)} = {values}"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return f"names.ipynb: default of limit is {mill.count}"


def module(mill: Mill) -> str:
    name = mill.chance.choice(list(REACH))
    with (mill.root / "commlib" / name).open("a", encoding="utf-8") as stream:
        stream.write(f"\nEDITION = {mill.count}\n")
    return f"commlib/{name}: EDITION = {mill.count}"


def phrase(mill: Mill) -> str:
    path = mill.root / "commlib" / "phrases.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("生成 · ", f"生成{mill.count} · "), encoding="utf-8")
    return "phrases.toml: the foot of every page"


def lock(mill: Mill) -> str:
    with (mill.root / "requirements.lock").open("a", encoding="utf-8") as stream:
        stream.write(f"# {mill.count}\n")
    return "requirements.lock"


def touch(mill: Mill) -> str:
    for folder in (mill.root / "data", mill.root / "commlib", mill.root / "notebooks"):
        for path in folder.rglob("*"):
            path.touch()
    return "touch of every file"


def new_county(mill: Mill) -> str:
    """One county more in the plan; it stays there."""
    new = [each for each in ("zhengshan", REGISTER_ONLY, "roads-county") if each not in mill.counties]
    mill.counties += new[:1]
    return f"counties asked for: {','.join(mill.counties)}"


Edit: TypeAlias = Callable[[Mill], str]
EDITS: tuple[Edit, ...] = (
    figure_note, figure_value, claim, checklist_item, new_row, removed_row, order_of_rows, county_name, township_name,
    village_gone, notebook_cell, notebook_fails, notebook_mended, parameter_default, module, phrase, lock, touch, new_county)
