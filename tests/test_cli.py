from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from runner_home import PROJECT
from typer.testing import CliRunner

from commlib.answer import FIELDS
from commlib.cli import app
from commlib.listings import VERDICT_COLUMNS, plain_decimal

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


@pytest.mark.parametrize(("exact", "printed"), [
    (None, ""), (Fraction(0), "0"), (Fraction(90), "90"), (Fraction(1849, 2945) * 100, "62.78438"),
    (Fraction(-1, 3), "-0.333333"), (Fraction(1, 300000), "0.00000333333"), (Fraction(10**9), "1000000000"),
])
def test_recomputed_values_are_plain_decimals(exact: Fraction | None, printed: str) -> None:
    assert plain_decimal(exact) == printed
