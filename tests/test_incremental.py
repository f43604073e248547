"""What runs again: exactly the items whose notebook, parameters, code or recorded data changed."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from runner_home import LANGUAGE, PROJECT, make_home, write_notebook
from typer.testing import CliRunner

from commlib import reads
from commlib.cli import app
from commlib.home import Home
from commlib.places import place_book
from commlib.runner import keys
from commlib.runner.changes import Choice, Reason, waiting
from commlib.runner.closure import modules, notebook_modules, reached
from commlib.runner.keys import Keys
from commlib.runner.lock import held
from commlib.runner.run import Summary, ledger_in, prepare, run
from commlib.store import open_store

COUNTIES = "370828,431024,430223,411325,330521"
OWN = "from commlib.store import open_store\nprint(len(open_store().county_facts(county)))"
TOTALS = "from commlib.store import open_store\nprint(len(open_store().county_totals))"
ALL = "from commlib.store import open_store\nprint(open_store().ask('select count(*) as n from facts').n[0])"
NOTHING = "print('no data')"


@pytest.fixture
def home(tmp_path: Path, shared_store: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A project of its own, with data that can be edited and outputs of its own."""
    root = make_home(tmp_path / "home")
    (root / "data").unlink()
    shutil.copytree(PROJECT / "data", root / "data")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    monkeypatch.delenv("COMMLIB_OUTPUTS")
    return Home(root)


def run_here(home: Home, choice: Choice = Choice.CHANGED, counties: str = COUNTIES, period: str | None = None) -> Summary:
    return run(home, [], counties, period, ["zh"], 2, choice=choice)


def ran(summary: Summary) -> set[tuple[str, str | None]]:
    return {(each.item.notebook.id, each.item.county) for each in summary.outcomes}


def reasons(home: Home, period: str | None = None) -> dict[tuple[str, str | None], Reason]:
    weighed = prepare(home, [], COUNTIES, period, ["zh"]).weighed()
    return {(each.item.notebook.id, each.item.county): each.reason for each in weighed}


def edit_figures(home: Home, change: Callable[[dict[str, str]], None], number: int) -> str:
    """Change one row of the reported figures; gives the report's county."""
    path = home.data / "reported" / "figures.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    change(rows[number])
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return rows[number]["county"]


def test_reads_are_noted_only_while_a_recording_runs() -> None:
    reads.note("before")
    with reads.recording() as outer:
        reads.note("facts/1")
        with reads.recording() as inner:
            reads.note("facts/2")
        reads.note("facts/1")
    reads.note("after")
    assert (outer, inner) == ({"facts/1", "facts/2"}, {"facts/2"})


@pytest.mark.usefixtures("shared_store")
def test_readers_note_what_they_read_and_slices_have_hashes() -> None:
    store = open_store()
    with reads.recording() as found:
        store.county_facts("431024")
        store.county_figures("no-such-place")
        _ = store.county_totals
        store.reported_counties()
    assert found == {"facts/431024", "figures/no-such-place", "county_totals", "reported"}
    assert store.slice_hash("figures/no-such-place") == "absent"
    hashes = {name: store.slice_hash(name) for name in ("facts/431024", "facts/411325", "facts/*", "*", "places",
                                                        "townships/431024", "county_totals", "reported", "data/reported")}
    assert "absent" not in hashes.values() and len(set(hashes.values())) == len(hashes)


def test_the_code_a_notebook_reaches_is_found_in_its_imports() -> None:
    def cells(*sources: str) -> str:
        return json.dumps({"cells": [{"cell_type": "code", "source": each} for each in sources]})

    direct = notebook_modules(cells("%matplotlib inline\nfrom commlib import open_county, phrases", "import json"))
    assert direct == {"commlib.view", "commlib.phrases"}
    found = reached(direct)
    assert {"commlib", "commlib.store", "commlib.store_build", "commlib.indicators.registry"} <= found
    assert "commlib.indicators.land" in found and "commlib.blocks.head" not in found and "commlib.cli" not in found
    assert notebook_modules(cells("import commlib")) == set(modules()) == notebook_modules(cells("def broken("))


def test_a_key_follows_from_content_alone(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook(home.root, "own", OWN)
    (first,) = prepare(home, [], "431024", None, ["zh"]).planned.items
    key = Keys(home).key(first)
    path.touch()
    assert Keys(home).key(first) == key
    (other,) = prepare(home, [], "411325", None, ["zh"]).planned.items
    assert Keys(home).key(other).parameters != key.parameters and Keys(home).key(other).code == key.code
    (home.root / "requirements.lock").write_text("another==1\n")
    assert Keys(home).key(first).code != key.code


@pytest.mark.slow
def test_random_edits_run_exactly_what_read_them(home: Home) -> None:
    for name, source in (("own", OWN), ("totals", TOTALS), ("all", ALL), ("nothing", NOTHING)):
        write_notebook(home.root, name, source)
    write_notebook(home.root, "once", ALL, scope="once", parameters={"lang": LANGUAGE})
    first = run_here(home)
    assert (len(first.outcomes), len(first.failures), first.unchanged) == (21, 0, 0)
    entries = ledger_in(home).entries()
    assert set(json.loads(entries["own", "431024", "zh"].reads)) == {"facts/431024"}
    assert set(json.loads(entries["all", "431024", "zh"].reads)) == {"facts/*", "county_totals"}
    assert entries["own", "431024", "zh"].engine == "commlib" and entries["own", "431024", "zh"].memory > 50
    second = run_here(home)
    assert (len(second.outcomes), second.unchanged) == (0, 21)

    book, chance = prepare(home, [], COUNTIES, None, ["zh"]), random.Random(5)
    keys_of = {each.item.county for each in book.weighed()} - {None}
    reported = set(open_store(home).reported_counties())
    for _ in range(4):
        before = {each: open_store(home).county_facts(each) for each in place_book(home).all_keys() if each in reported}
        county = edit_figures(home, lambda row: row.update(note=f"{row['note']}."), chance.randrange(600))
        key = place_book(home).county_of_report(county).key
        changed = {each for each in before if not open_store(home).county_facts(each).equals(before[each])}
        assert changed <= {key}   # a figure that is printed again is no fact: then nothing has changed
        everywhere = {("all", each) for each in keys_of} | {("once", None)} if changed else set()
        assert ran(run_here(home)) == everywhere | {("own", each) for each in changed & keys_of}


@pytest.mark.slow
def test_each_reason_is_named_and_only_what_it_touches_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(home.root, "own", OWN)
    fragile = "from pathlib import Path\nassert county != '411325' or Path('mended').exists()"
    write_notebook(home.root, "fragile", fragile)
    assert set(reasons(home).values()) == {Reason.NEW}
    first = run_here(home)
    assert {(each.item.notebook.id, each.item.county) for each in first.failures} == {("fragile", "411325")}
    assert {page for page, each in reasons(home).items() if each is not Reason.UNCHANGED} == {("fragile", "411325")}
    assert reasons(home)["fragile", "411325"] is Reason.FAILED

    (home.root / "mended").touch()
    write_notebook(home.root, "own", OWN + "\n")
    page = home.outputs / "site" / "431024" / "fragile.zh.html"
    page.unlink()
    now = reasons(home)
    assert {each for name, each in now.items() if name[0] == "own"} == {Reason.NOTEBOOK}
    assert now["fragile", "431024"] is Reason.PAGE
    assert ran(run_here(home, Choice.FAILED)) == {("fragile", "411325")}
    assert len(run_here(home).outcomes) == 6 and page.is_file()
    assert set(reasons(home).values()) == {Reason.UNCHANGED}

    with (home.data / "reported" / "figures.csv").open(encoding="utf-8", newline="") as stream:
        number = [row["county"] for row in csv.DictReader(stream)].index("neixiang")
    edit_figures(home, lambda row: row.update(note="another"), number)
    assert set(reasons(home).values()) == {Reason.UNCHANGED, Reason.DATA}
    assert Reason.PARAMETERS in set(reasons(home, "2023-06").values())
    monkeypatch.setattr(keys, "package_version", lambda: "another")
    assert set(reasons(home).values()) == {Reason.CODE}
    monkeypatch.undo()


@pytest.mark.slow
def test_the_command_line_tells_what_ran_and_what_did_not(home: Home) -> None:
    def invoke(*arguments: str) -> str:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exit_code in (0, 1), (result.output, result.exception)
        return result.stdout

    asked = ["--county", "431024,411325", "--lang", "zh"]
    write_notebook(home.root, "own", OWN)
    write_notebook(home.root, "bad", "raise ValueError('no such township')")
    planned = json.loads(invoke("plan", *asked, "--format", "json"))
    assert [row["reason"] for row in planned] == ["new"] * 4 and {row["runs"] for row in planned} == {"yes"}
    assert json.loads(invoke("runs", "--format", "json")) == json.loads(invoke("failures", "--format", "json")) == []
    assert "2 done, 2 failed, 0 not applicable, 0 unchanged" in invoke("run", *asked)
    told = invoke("run", *asked, "--resume")
    assert "0 done, 2 failed, 0 not applicable, 2 unchanged" in told and "2 done, 2 failed, 0 left undone" in told
    assert "2 done, 0 failed" in invoke("run", "own", *asked, "--force")
    failed = json.loads(invoke("failures", "--format", "json"))
    assert {row["county"] for row in failed} == {"431024", "411325"}
    assert all("no such township" in row["first_line"] and row["run"] == "2" for row in failed)
    listed = json.loads(invoke("runs", "--format", "json"))
    assert [(row["run"], row["done"], row["failed"]) for row in listed] == [("3", "2", "0"), ("2", "0", "2"), ("1", "2", "2")]
    with held(home.outputs / "runs", "commlib run --county all"):
        refused = CliRunner().invoke(app, ["run", *asked])
    assert refused.exit_code == 2 and refused.stderr.count("commlib run --county all") == 2


@pytest.mark.slow
def test_what_a_killed_run_left_undone_is_done_by_the_next(home: Home) -> None:
    write_notebook(home.root, "own", OWN)
    assert len(run_here(home).outcomes) == 5
    work = prepare(home, [], COUNTIES, None, ["zh"])
    work.ledger.begin([waiting(each) for each in work.weighed()[:2]], 3, 0, "now")   # and then it is killed
    assert sorted(reasons(home).values()) == [Reason.UNCHANGED] * 3 + [Reason.UNFINISHED] * 2
    assert len(run_here(home).outcomes) == 2
