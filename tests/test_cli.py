from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from runner_home import PROJECT, make_home, write_notebook
from typer.testing import CliRunner

from commlib.answer import FIELDS
from commlib.cli import app
from commlib.commands.shared import Format, show
from commlib.home import Home
from commlib.listings import VERDICT_COLUMNS, plain_decimal
from commlib.runner.notebooks import read_notebooks
from commlib.runner.outcomes import Outcome, Status
from commlib.runner.plan import Item
from commlib.runner.progress import Mode, watching

pytestmark = pytest.mark.usefixtures("shared_store")
REPORTED = PROJECT / "data" / "reported"


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def value(*arguments: str) -> dict[str, Any]:
    result = invoke("value", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def rows(*arguments: str) -> list[dict[str, str]]:
    result = invoke(*arguments, "--format", "csv")
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_help_is_quick() -> None:
    start = time.monotonic()
    command_line = [sys.executable, "-m", "commlib", "--help"]
    done = subprocess.run(command_line, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert time.monotonic() - start < 1.5   # 0.5 s on a quiet machine
    for command in ("run", "audit", "value", "indicators", "measures", "tables", "places"):
        assert f"\n  {command} " in done.stdout


@pytest.mark.parametrize("command", ["indicators", "measures", "tables", "places"])
def test_listings_in_all_formats(command: str) -> None:
    listed = rows(command)
    assert json.loads(invoke(command, "--format", "json").stdout) == listed
    assert next(iter(listed[0].values())) in invoke(command).stdout


def test_places_lists_register_and_slugs() -> None:
    listed = {row["key"]: row for row in rows("places")}
    assert sum(row["county"] == "yes" for row in listed.values()) == 2847
    assert listed["431024"]["name_zh"] == "嘉禾县" and listed["nanchang-wuxi"]["kind"]


def test_a_measure_of_the_register() -> None:
    found = value("villagers_committees", "--county", "431024")
    assert tuple(found) == FIELDS
    assert [found[name] for name in ("value", "low", "high", "status", "unit")] == [167, 167, 167, "ok", "count"]
    assert value("residents_committees", "--county", "431024")["value"] == 31


def test_a_place_by_code_and_by_name() -> None:
    by_code = value("villagers_committees", "--county", "431024", "--place", "431024100")
    assert by_code["place"] == "431024100" and by_code["n_expected"] == 1
    assert value("villagers_committees", "--county", "431024", "--place", "珠泉镇") == by_code


def test_a_composition_answers_by_member() -> None:
    found = value("township_kind_share", "--county", "431024")
    assert (found["value"], found["status"]) == (None, "not_applicable")
    assert sum(each["value"] for each in found["members"].values()) == pytest.approx(100)
    assert value("township_kind_share__towns", "--county", "431024") == found["members"]["towns"]
    breakdown = value("township_units__kind", "--county", "431024")["members"]
    total = value("township_units", "--county", "431024")["value"]
    assert sum(each["value"] for each in breakdown.values()) == total


def test_what_nobody_reports_says_so() -> None:
    found = value("population_total", "--county", "110101", "--period", "1999")
    assert (found["value"], found["status"], found["n"], found["period"]) == (None, "not_reported", 0, "1999")
    assert found["sources"] == []


@pytest.mark.parametrize(("arguments", "nearest"), [
    (["villagers_committee", "--county", "431024"], "villagers_committees"),
    (["villagers_committees", "--county", "43102"], "431021"),
    (["villagers_committees", "--county", "431024", "--period", "2013/9"], "2013-09"),
    (["villagers_committees", "--county", "431024", "--place", "珠泉"], "珠泉镇"),
    (["villagers_committees", "--county", "431024", "--place", "431024999"], "431024"),
])
def test_bad_questions_exit_2_with_the_nearest(arguments: list[str], nearest: str) -> None:
    result = invoke("value", *arguments, "--format", "json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count(nearest) >= 2   # in Chinese and in English


def test_audit_in_all_formats() -> None:
    found = rows("audit")
    assert tuple(found[0]) == VERDICT_COLUMNS
    claims = list(csv.DictReader((REPORTED / "claims.csv").open(encoding="utf-8")))
    assert [row["id"] for row in found[:len(claims)]] == [claim["id"] for claim in claims]
    assert json.loads(invoke("audit", "--format", "json").stdout) == found
    assert found[0]["why"] != rows("audit", "--lang", "en")[0]["why"]
    assert found[0]["id"] in invoke("audit").stdout


def test_audit_of_a_folder_without_optional_columns_and_key(tmp_path: Path) -> None:
    for name, dropped in (("figures.csv", {"repeats", "restates"}),
                          ("claims.csv", {"recomputed_value", "abs_diff", "tolerance", "verdict", "explanation"})):
        target_path = tmp_path / name
        with (REPORTED / name).open(encoding="utf-8") as source, target_path.open("w", encoding="utf-8") as target:
            reader = csv.DictReader(source)
            kept = [column for column in reader.fieldnames or [] if column not in dropped]
            writer = csv.DictWriter(target, kept, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(reader)
    verdicts = {row["id"]: row["verdict"] for row in rows("audit", "--data", str(tmp_path))}
    assert {one: verdicts[one] for one in ("c001", "c004")} == {"c001": "consistent", "c004": "unverifiable"}


def test_audit_of_damaged_data_lists_every_fault(tmp_path: Path) -> None:
    for name in ("figures.csv", "claims.csv"):
        shutil.copy(REPORTED / name, tmp_path)
    damaged = (tmp_path / "claims.csv").read_text(encoding="utf-8").replace(",000-1-008,", ",no-such-id,")
    (tmp_path / "claims.csv").write_text(damaged, encoding="utf-8")
    result = invoke("audit", "--data", str(tmp_path), "--format", "csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("no-such-id") >= 2 and "claims.csv" in result.stderr


def test_audit_of_a_missing_folder(tmp_path: Path) -> None:
    result = invoke("audit", "--data", str(tmp_path / "nowhere"))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "figures.csv" in result.stderr and "claims.csv" in result.stderr


@pytest.mark.parametrize("arguments", [
    ["--county", "43102"], ["--county", "431024", "--lang", "zh,fr"], ["--county", "431024", "--period", "2013-13"],
    ["county_overvieww"], ["--county", "431024", "--jobs", "0"], ["--jobs", "many"], ["--county", "431024,"],
])
def test_a_run_on_bad_input_exits_2_and_writes_nothing(tmp_path: Path, arguments: list[str]) -> None:
    out = tmp_path / "out"
    result = invoke("run", *arguments, "--out", str(out))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
    assert not out.exists()


@pytest.mark.parametrize(("arguments", "said"), [
    (["rum"], "rum"), (["run", "--counties", "all"], "--counties"), (["run", "--jobs", "many"], "--jobs"), (["value"], "ID"),
    (["value", "population_total"], "--county"), (["run", "--progress", "loud"], "--progress"), (["run", "--out"], "--out"),
    (["run", "--deadline", "0"], "--deadline"), (["run", "--cell-deadline", "-1"], "--cell-deadline"),
    (["run", "--memory", "0"], "--memory"),
])
def test_a_command_line_that_is_wrong_is_told_in_both_languages(arguments: list[str], said: str) -> None:
    result = invoke(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    chinese, english = result.stderr.splitlines()
    assert said in chinese and said in english
    assert re.search(r"[\u4e00-\u9fff]", chinese) and not re.search(r"[\u4e00-\u9fff]", english)


def outcomes() -> list[Outcome]:
    declared = next(each for each in read_notebooks(Home(PROJECT)) if each.id == "village_register")
    items = [Item(declared, county, None, "zh", ()) for county in ("431024", "411325")]
    return [Outcome(items[0], Status.OK, "", 0.25, "commlib", memory=210.04),
            Outcome(items[1], Status.FAILED, "cell 4: ValueError: 村", 1.5, "nbclient")]


@pytest.mark.parametrize("mode", ["lines", "json", "none", "auto", "bar"])
def test_progress_in_each_manner(mode: str, capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    with watching(2, Mode(mode), "en", said.append) as on_done:
        for outcome in outcomes():
            on_done(outcome)
    drawn = capsys.readouterr()
    assert drawn.out == "" and ("1 failed" in drawn.err and "2/2" in drawn.err and "a second" in drawn.err) == (mode == "bar")
    if mode == "lines":
        assert said == ["[1/2] village_register 431024 zh 0.2 s done",
                        "[2/2] village_register 411325 zh 1.5 s failed: cell 4: ValueError: 村"]
    elif mode == "json":
        assert [json.loads(line) for line in said] == [
            {"number": 1, "total": 2, "notebook": "village_register", "county": "431024", "period": None, "language": "zh",
             "status": "ok", "first_line": "", "engine": "commlib", "seconds": 0.25, "memory": 210.0},
            {"number": 2, "total": 2, "notebook": "village_register", "county": "411325", "period": None, "language": "zh",
             "status": "failed", "first_line": "cell 4: ValueError: 村", "engine": "nbclient", "seconds": 1.5, "memory": 0.0}]
    else:
        assert said == []


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_home(tmp_path / "home")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    return root


def test_what_is_asked_for_and_does_not_apply_says_why(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "register_only", needs="register")
    out = ("--out", str(tmp_path / "out"))
    asked = invoke("run", "register_only", "--county", "nanchang-wuxi", *out)
    assert asked.exit_code == 0
    (line,) = [line for line in asked.stdout.splitlines() if "nanchang-wuxi" in line]
    assert "register_only" in line and "不在全国村居名录中" in line and "not in the national register" in line
    quiet = invoke("run", "register_only", "--county", "nanchang-wuxi", "--quiet", *out)
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_of_many_that_do_not_apply_ten_are_named(home: Path, tmp_path: Path) -> None:
    for number in range(12):
        write_notebook(home, f"register_only{number:02d}", needs="register")
    asked = invoke("run", "--county", "nanchang-wuxi", "--out", str(tmp_path / "out"))
    assert sum("not in the national register" in line for line in asked.stdout.splitlines()) == 10
    assert "2 more" in asked.stdout and "另有 2 项" in asked.stdout


@pytest.mark.parametrize(("exact", "printed"), [
    (None, ""), (Fraction(0), "0"), (Fraction(90), "90"), (Fraction(1849, 2945) * 100, "62.78438"),
    (Fraction(-1, 3), "-0.333333"), (Fraction(1, 300000), "0.00000333333"), (Fraction(10**9), "1000000000"),
])
def test_recomputed_values_are_plain_decimals(exact: Fraction | None, printed: str) -> None:
    assert plain_decimal(exact) == printed


def test_a_list_as_csv_never_starts_a_cell_as_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"label": each} for each in ("=1+1", "@SUM(A1)", "+x", "-x", "-5.25", "平安")], ["label"], Format.CSV)
    assert capsys.readouterr().out.splitlines()[1:] == ["'=1+1", "'@SUM(A1)", "'+x", "'-x", "-5.25", "平安"]
