"""What runs again: exactly the items whose notebook, parameters, code or recorded data changed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from edits import EDITS, NOTEBOOKS, REACH, Edit, Mill, Round, cut_data, figure_value, module, read_rows, touch, write_rows
from runner_home import LANGUAGE, write_notebook
from typer.testing import CliRunner

from commlib import reads
from commlib.cli import app
from commlib.home import Home
from commlib.runner import keys
from commlib.runner.changes import Choice, Reason, waiting
from commlib.runner.keys import Keys, modules, notebook_modules, reached
from commlib.runner.lock import held
from commlib.runner.run import Summary, ledger_in, prepare, run
from commlib.store import open_store

DEQING, LIANGZHOU = "330521", "620602"
COUNTIES = f"{DEQING},{LIANGZHOU},zhengshan,roads-county,110101"
OWN = NOTEBOOKS["own"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A small project of its own, with data that can be edited and outputs of its own."""
    root = tmp_path / "home"
    (root / "notebooks").mkdir(parents=True)
    cut_data(root / "data")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    return Home(root)


def run_here(home: Home, choice: Choice = Choice.CHANGED, counties: str = COUNTIES, period: str | None = None) -> Summary:
    return run(home, [], counties, period, ["zh"], 2, choice=choice)


def ran(summary: Summary) -> set[tuple[str, str | None]]:
    return {(each.item.notebook.id, each.item.county) for each in summary.outcomes}


def reasons(home: Home, period: str | None = None) -> dict[tuple[str, str | None], Reason]:
    weighed = prepare(home, [], COUNTIES, period, ["zh"]).weighed()
    return {(each.item.notebook.id, each.item.county): each.reason for each in weighed}


def test_reads_are_noted_only_while_a_recording_runs() -> None:
    reads.note("before")
    with reads.recording() as outer:
        reads.note("facts/1")
        with reads.recording() as inner:
            reads.note("facts/2")
        reads.note("facts/1")
    reads.note("after")
    assert (outer, inner) == ({"facts/1", "facts/2"}, {"facts/2"})


def test_readers_note_what_they_read_and_slices_have_hashes(home: Home) -> None:
    store = open_store(home)
    with reads.recording() as found:
        store.county_facts(DEQING)
        store.county_figures("no-such-place")
        _ = store.county_totals
        store.reported_counties()
    assert found == {f"facts/{DEQING}", "figures/no-such-place", "county_totals", "reported"}
    assert store.slice_hash("figures/no-such-place") == "absent"
    hashes = {name: store.slice_hash(name) for name in (f"facts/{DEQING}", f"facts/{LIANGZHOU}", "facts/*", "*", "places",
                                                        f"townships/{DEQING}", "county_totals", "reported", "data/reported")}
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
    (first,) = prepare(home, [], DEQING, None, ["zh"]).planned.items
    key = Keys(home).key(first)
    path.touch()
    assert Keys(home).key(first) == key
    (other,) = prepare(home, [], LIANGZHOU, None, ["zh"]).planned.items
    assert Keys(home).key(other) == key   # whose page it is stands beside the key
    (dated,) = prepare(home, [], DEQING, "2023-06", ["zh"]).planned.items
    assert Keys(home).key(dated).parameters != key.parameters and Keys(home).key(dated).code == key.code
    (home.root / "requirements.lock").write_text("another==1\n")
    assert Keys(home).key(first).code != key.code


@pytest.mark.slow
def test_what_a_page_follows_from_is_kept_with_its_engine_and_cost(home: Home) -> None:
    for name in ("own", "everything", "nothing"):
        write_notebook(home.root, name, NOTEBOOKS[name])
    write_notebook(home.root, "once", NOTEBOOKS["everything"], scope="once", parameters={"lang": LANGUAGE})
    first = run_here(home, counties=DEQING)
    assert (len(first.outcomes), len(first.failures), first.unchanged) == (4, 0, 0)
    entries = ledger_in(home).entries()
    read = {name: set(json.loads(entry.reads)) for (name, _, _), entry in entries.items()}
    assert read == {"nothing": {"places"}, "own": {f"facts/{DEQING}", "places"}, "once": {"facts/*", "county_totals"},
                    "everything": {"facts/*", "county_totals", "places"}}
    assert {entry.engine for entry in entries.values()} == {"commlib"} and entries["own", DEQING, "zh"].memory > 50
    second = run_here(home, counties=DEQING)
    assert (len(second.outcomes), second.unchanged) == (0, 4)


def edited(folder: Path, seed: int, edits: Iterable[Edit]) -> list[Round]:
    """Make these edits of a small project one after the other; the last round is stale where any page is."""
    mill = Mill(folder, random.Random(seed))
    rounds = [mill.round(edit) for edit in edits]
    assert not mill.differing()
    return rounds


def test_the_edits_are_of_every_kind_and_know_what_they_do() -> None:
    assert len(EDITS) >= 18 and set().union(*REACH.values()) == {*NOTEBOOKS, "once"}


@pytest.mark.slow
def test_random_edits_run_again_exactly_what_they_touch(tmp_path: Path) -> None:
    chance = random.Random(3)
    rounds = edited(tmp_path, 3, [figure_value, module, touch, chance.choice(EDITS)])
    assert [each for each in rounds if each.wrong] == []
    assert rounds[0].again and not rounds[2].again


@pytest.mark.torture
def test_a_hundred_random_edits_run_again_exactly_what_they_touch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chances = [random.Random(seed) for seed in (1, 2)]
    with ThreadPoolExecutor(len(chances)) as pool:   # two projects side by side, one process each at a time
        halves = [pool.submit(edited, tmp_path / str(seed), seed, [*EDITS, *chance.choices(EDITS, k=50 - len(EDITS))])
                  for seed, chance in enumerate(chances)]
    rounds = [each for half in halves for each in half.result()]
    with capsys.disabled():
        print(f"\nrandom edits: {len(rounds)}, pages run again: {sum(len(each.again) for each in rounds)}, "
              f"missed: {sum(len(each.missed) for each in rounds)}, needless: {sum(len(each.needless) for each in rounds)}, "
              f"stale: {sum(len(each.stale) for each in rounds)}")
    assert [each for each in rounds if each.wrong] == []


@pytest.mark.slow
def test_each_reason_is_named_and_only_what_it_touches_runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(home.root, "own", OWN)
    fragile = f"from pathlib import Path\nassert county != {LIANGZHOU!r} or Path('mended').exists()"
    write_notebook(home.root, "fragile", fragile)
    assert set(reasons(home).values()) == {Reason.NEW}
    first = run_here(home)
    assert {(each.item.notebook.id, each.item.county) for each in first.failures} == {("fragile", LIANGZHOU)}
    assert {page for page, each in reasons(home).items() if each is not Reason.UNCHANGED} == {("fragile", LIANGZHOU)}
    assert reasons(home)["fragile", LIANGZHOU] is Reason.FAILED

    (home.root / "mended").touch()
    write_notebook(home.root, "own", OWN + "\n")
    page = home.outputs / "site" / DEQING / "fragile.zh.html"
    page.unlink()
    now = reasons(home)
    assert {each for name, each in now.items() if name[0] == "own"} == {Reason.NOTEBOOK}
    assert now["fragile", DEQING] is Reason.PAGE
    assert ran(run_here(home, Choice.FAILED)) == {("fragile", LIANGZHOU)}
    assert len(run_here(home).outcomes) == 6 and page.is_file()
    assert set(reasons(home).values()) == {Reason.UNCHANGED}

    rows = read_rows(home.data / "reported" / "figures.csv")
    next(row for row in rows if row["county"] == "deqing").update(note="another")
    write_rows(home.data / "reported" / "figures.csv", rows)
    assert {page for page, each in reasons(home).items() if each is Reason.DATA} == {("own", DEQING)}
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

    asked = ["--county", f"{DEQING},{LIANGZHOU}", "--lang", "zh"]
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
    assert {row["county"] for row in failed} == {DEQING, LIANGZHOU}
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
