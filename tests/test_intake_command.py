"""`commlib intake` and `commlib releases` from end to end: what is kept, what is said, and what nothing can break."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import Result
from intake_home import NEIXIANG, communities, housing, small_home
from openpyxl import load_workbook
from return_files import LIANGSHAN_MERGES, liangshan_rows, text_file, with_entry, workbook
from typer.testing import CliRunner

from commlib.cli import app
from commlib.formatting import FORMULA_STARTS
from commlib.home import Home
from commlib.intake.receiving import Intake, Said, Source
from commlib.intake.releases import Releases
from commlib.store import open_store

TABLE = "housing_progress"
SHEET_1 = "xl/worksheets/sheet1.xml"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("COMMLIB_OUTPUTS", raising=False)
    monkeypatch.setenv("COMMLIB_HOME", str(tmp_path / "home"))
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    return small_home(tmp_path / "home")


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def intake(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    result = invoke("intake", *arguments, "--format", "json")
    assert result.exit_code == code, result.output
    return list(json.loads(result.stdout))


def written(home: Home) -> set[str]:
    return {path.relative_to(home.root).as_posix() for path in home.outputs.rglob("*")} if home.outputs.exists() else set()


def completed(home: Home, county: str = NEIXIANG) -> dict[str, str]:
    rows = Releases(home).rows(TABLE, county)
    return dict(zip(rows["community_id"], rows["completed"], strict=True)) if len(rows) else {}


# ---- what is kept and said

def test_a_folder_is_taken_in_kept_and_passed_over_the_second_time(home: Home) -> None:
    workbook(Path("in/2013-09.xlsx"), {"进度": housing(4)})
    text_file(Path("in/2013-08.csv"), housing(4, "2013-08-31", completed=90), "gb18030")
    for name in ("~$2013-09.xlsx", ".hidden.csv", "2013-09.xlsx.mapping.yml.off", "faults.json", "readme.docx"):
        Path("in", name).write_bytes(b"no return")
    found = intake("in", "--county", NEIXIANG)
    assert [(each["file"], each["table"], each["accepted"], each["refused"]) for each in found] == [
        ("2013-08.csv", TABLE, 4, 0), ("2013-09.xlsx", TABLE, 4, 0)]
    assert set(found[0]) == {"file", "sheet", "table", "confidence", "why_zh", "why_en", "accepted", "refused", "faults"}
    codes = [code for code, *_ in communities()[:4]]
    assert completed(home) == dict(zip(codes, ("100", "101", "102", "103"), strict=True))
    before = written(home)
    again = invoke("intake", "in", "--county", NEIXIANG)
    assert again.exit_code == 0 and "与第1次入库相同" in again.stdout and "与第2次入库相同" in again.stdout
    assert written(home) == before and len(Releases(home).list()) == 2
    assert "not read: 2 other files" in again.stderr


def test_faults_are_told_marked_and_refuse_their_rows_alone(home: Home) -> None:
    rows = housing(4)
    rows[2][5], rows[3][1] = 850, "没有这个社区"
    workbook(Path("in/月报.xlsx"), {"进度": rows})
    found = intake("in/月报.xlsx", "--county", NEIXIANG, code=1)
    errors = [fault for fault in found[0]["faults"] if fault["severity"] == "error"]
    assert [(fault["cell"], fault["code"]) for fault in errors] == [("F3", "order"), ("B4", "place")]
    assert set(errors[0]) == {"file", "sheet", "cell", "severity", "code", "found", "allowed", "remedy_zh", "remedy_en"}
    assert found[0]["accepted"] == 2 and len(completed(home)) == 2
    marked, listed = home.outputs / "intake" / "月报.xlsx.faults.xlsx", home.outputs / "intake" / "月报.xlsx.faults.json"
    assert load_workbook(marked).sheetnames and json.loads(listed.read_text(encoding="utf-8")) == found
    said = invoke("intake", "in/月报.xlsx", "--county", NEIXIANG, "--lang", "en")
    assert said.exit_code == 1 and "F3" in said.stdout and str(marked) in said.stdout and "As in release 1" in said.stdout
    workbook(Path("in/月报.xlsx"), {"进度": housing(4)})
    assert intake("in/月报.xlsx", "--county", NEIXIANG)[0]["accepted"] == 4
    assert not marked.exists() and not listed.exists() and len(completed(home)) == 4


def test_sent_again_with_a_correction_and_without_a_row(home: Home) -> None:
    workbook(Path("in/月报.xlsx"), {"进度": housing(6)})
    intake("in", "--county", NEIXIANG)
    rows = housing(5)
    rows[1][5] = 160
    workbook(Path("in/月报.xlsx"), {"进度": rows})
    intake("in", "--county", NEIXIANG)
    assert len(completed(home)) == 5 and "160" in completed(home).values()
    listed = list(csv.DictReader(io.StringIO(invoke("releases", "--format", "csv").stdout)))
    assert [(row["number"], row["accepted"], row["counties"]) for row in listed] == [("1", "6", NEIXIANG), ("2", "5", NEIXIANG)]
    words = invoke("releases", "2").stdout
    assert "内乡县：住房建设进度月报：更正1行，撤回1行" in words and "竣工户数 615 → 570（-45户）" in words
    assert invoke("releases", "7").exit_code == 2


def test_a_return_of_a_prefecture_is_kept_for_each_of_its_counties_and_its_pages_run(home: Home) -> None:
    workbook(Path("in/凉山州.xlsx"), {"进度": liangshan_rows()}, merges={"进度": LIANGSHAN_MERGES})
    found = intake("in", code=0)
    assert found[0]["table"] == TABLE and Releases(home).counties() == ("513427", "513435")
    assert completed(home, "513427") == {"513427": "200"} and Releases(home).list()[0].received == "2016-10-08"
    store = open_store(home)
    assert store.reported_counties() == ["513427", "513435"]
    facts = store.county_facts("513435")
    assert facts.loc[facts["quantity"] == "households_completed", ["period", "value"]].values.tolist() == [["2016-09", 200.0]]


def test_a_dry_run_writes_nothing_at_all(home: Home) -> None:
    rows = housing(4)
    rows[2][5] = 850
    workbook(Path("in/月报.xlsx"), {"进度": rows})
    text_file(Path("in/花名册.csv"), [["人员编号", "姓名", "乡镇", "社区", "性别", "学历", "职务"],
                                   ["1", "张三", communities()[0][2], communities()[0][1], "女", "大专", "委员"]])
    before = {path: path.stat().st_mtime_ns for path in Path().rglob("*")}
    assert [each["accepted"] for each in intake("in", "--county", NEIXIANG, "--dry-run", code=1)] == [3, 1]
    assert not home.outputs.exists() and {path: path.stat().st_mtime_ns for path in Path().rglob("*")} == before


def test_a_confirmed_mapping_is_kept_beside_the_return(home: Home) -> None:
    rows = housing(3)
    rows[0][5] = "盖好的户"
    workbook(Path("in/月报.xlsx"), {"进度": rows})
    assert invoke("intake", "in/月报.xlsx", "--county", NEIXIANG, "--map", "盖好的户=completed").exit_code == 2
    result = invoke("intake", "in/月报.xlsx", "--county", NEIXIANG, "--table", TABLE, "--map", "盖好的户=completed")
    assert result.exit_code == 0 and "月报.xlsx.mapping.yml" in result.stderr
    assert list(completed(home).values()) == ["100", "101", "102"]


@pytest.mark.parametrize(("arguments", "words"), [
    (["--county", "999999"], "999999"), (["--county", "430122"], "430112"), (["--table", "housing"], "housing_task"),
    (["--period", "2013-13"], "2013-13"), (["--received", "2013-10"], "2013-10"),
])
def test_what_is_said_wrongly_is_refused_before_anything_is_read(home: Home, arguments: list[str], words: str) -> None:
    workbook(Path("in/月报.xlsx"), {"进度": housing(3)})
    result = invoke("intake", "in", *arguments)
    if arguments[1] == "430122":   # a retired code that one county follows means that county
        assert result.exit_code == 1 and not completed(home)
        return
    assert result.exit_code == 2 and words in result.stderr and not written(home)


def test_a_folder_without_a_return_and_a_file_that_is_not_there_are_told(home: Home) -> None:
    Path("in/readme.md").write_text("x")
    assert invoke("intake", "in").exit_code == 2
    found = intake("in/没有.xlsx", code=2)
    assert found[0]["faults"][0]["code"] == "unreadable" and not Releases(home).list()


# ---- databases

def _columns(rows: list[list[Any]]) -> str:
    return ", ".join(f'"{name}" text' for name in rows[0])


def test_a_sqlite_database_is_taken_in(home: Home) -> None:
    rows = housing(3)
    connection = sqlite3.connect("in/a.db")
    connection.execute(f'create table "housing_progress" ({_columns(rows)})')
    connection.executemany(f'insert into "housing_progress" values ({", ".join("?" * len(rows[0]))})', rows[1:])
    connection.commit()
    connection.close()
    assert intake("sqlite:///in/a.db", "--county", NEIXIANG)[0]["accepted"] == 3 and len(completed(home)) == 3
    again = invoke("intake", "sqlite:///in/a.db", "--county", NEIXIANG)
    assert "与第1次入库相同" in again.stdout and len(Releases(home).list()) == 1


def test_a_real_postgresql_server_is_taken_in_from(home: Home) -> None:
    pgserver = pytest.importorskip("pgserver", reason="pgserver starts the PostgreSQL server of this test")
    import sqlalchemy

    server, rows = pgserver.get_server(home.root / "pg", cleanup_mode="delete"), housing(3)
    try:
        engine = sqlalchemy.create_engine(server.get_uri())
        frame = pd.DataFrame(rows[1:], columns=rows[0])
        frame.to_sql("housing_progress", engine, index=False)
        engine.dispose()
        found = intake(f"{server.get_uri()}#housing_progress", "--county", NEIXIANG)
        assert (found[0]["table"], found[0]["accepted"]) == (TABLE, 3) and len(completed(home)) == 3
    finally:
        server.cleanup()


# ---- hostile files

def bomb(path: Path) -> None:
    workbook(path, {"进度": housing(3)})
    with_entry(path, SHEET_1, lambda data: data.replace(b"</sheetData>", b"</sheetData>" + b" " * 12_000_000))


def two_million(path: Path) -> None:
    workbook(path, {"进度": housing(3)})
    row = b'<row r="2000000"><c r="A2000000"><v>1</v></c></row>'
    with_entry(path, SHEET_1, lambda data: data.replace(b"</sheetData>", row + b"</sheetData>"))


@pytest.mark.parametrize("make", [bomb, two_million])
def test_a_bomb_is_refused_with_a_clear_error_and_nothing_is_kept(home: Home, make: Callable[[Path], None]) -> None:
    make(Path("in/月报.xlsx"))
    found = intake("in", "--county", NEIXIANG, code=2)
    assert [fault["code"] for fault in found[0]["faults"]] == ["oversize"] and found[0]["faults"][0]["remedy_zh"]
    assert not Releases(home).list()


def cells(folder: Path) -> list[Any]:
    sheets = [sheet for path in folder.rglob("*.xlsx") for sheet in load_workbook(path)]
    return [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_formulas_links_and_paths_are_neutralised_from_end_to_end(home: Home) -> None:
    rows = housing(4)
    rows[1][3], rows[2][1] = "=1+1", "=cmd|' /C calc'!A0"
    text_file(Path("in/命令.csv"), rows)
    path = workbook(Path("in/路径.xlsx"), {"进度": [*housing(3), ["x", "y", "2013-09-30", "=SUM(D2:D4)", 1, 1, 1, 1]]})
    with_entry(path, "xl/workbook.xml", lambda data: data.replace('name="进度"'.encode(), b'name="../../x"'))
    with_entry(path, "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    found = intake("in", "--county", NEIXIANG, code=1)
    assert [(each["file"], each["sheet"], each["accepted"]) for each in found if each["table"]] == [
        ("命令.csv", "", 2), ("路径.xlsx", "../../x", 3)]
    codes = {fault["code"] for each in found for fault in each["faults"]}
    assert {"ambiguous", "place", "formula", "external"} <= codes
    outside = {path.name for path in Path().iterdir()}
    assert outside == {"in", "home"} and not any(path.name == "x" for path in home.root.rglob("*"))
    shown = cells(home.outputs / "intake")
    assert "f" not in {cell.data_type for cell in shown}
    assert all(cell.quotePrefix for cell in shown if str(cell.value).startswith("=")) and len(shown) > 50   # text, and kept so
    printed = invoke("intake", "in", "--county", NEIXIANG, "--format", "csv").stdout
    values = [value for row in csv.reader(io.StringIO(printed)) for value in row]
    assert not [value for value in values if value.startswith(FORMULA_STARTS)]


# ---- kill -9

@contextmanager
def killed_at(step: int) -> Iterator[None]:
    """Kill this very process before its n-th change of the file system in `releases`."""
    left = [step]

    def counted(original: Any) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if ".building" in str(arguments[0]) or any(".building" in str(each) for each in arguments[1:2]):
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **named)
        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Path, "mkdir"), (Path, "write_text"), (Path, "replace"), (pd.DataFrame, "to_parquet")):
            patch.setattr(owner, name, counted(getattr(owner, name)))
        yield


def _take(root: Path, path: Path, step: int) -> None:
    with killed_at(step):
        Intake(Home(root), Said(NEIXIANG), Home(root).outputs / "intake").receive(Source(path, path.name))


def test_killed_at_every_step_of_a_release_the_old_or_the_new_one_is_there(home: Home) -> None:
    path = workbook(Path("in/月报.xlsx"), {"进度": housing(3)})
    intake("in", "--county", NEIXIANG)
    old, kills = completed(home), 0
    workbook(path, {"进度": housing(3, completed=200)})
    for step in range(9):
        child = get_context("fork").Process(target=_take, args=(home.root, path, step))
        child.start()
        child.join(60)
        kills += child.exitcode == -signal.SIGKILL
        assert completed(home) == old if child.exitcode else list(completed(home).values()) == ["200", "201", "202"]
        assert len(open_store(home).county_rows(TABLE, NEIXIANG)) == 3
        if not child.exitcode:
            break
    assert kills == 6 and {path.name for path in (home.outputs / "releases").iterdir()} == {"00001", "00002"}


def killed(home: Home, count: int) -> tuple[int, int, int]:
    """Kill so many intakes at random moments: how many were killed, left the old rows and left the new ones."""
    chance, path, environment = random.Random(4), Path("in/月报.xlsx"), {**os.environ, "COMMLIB_HOME": str(home.root)}
    command = [sys.executable, "-m", "commlib", "intake", "in", "--county", NEIXIANG]
    workbook(path, {"进度": housing(6)})
    start = time.monotonic()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    lasted, kills, old, new = time.monotonic() - start, 0, 0, 0
    for number in range(count):
        before = completed(home)
        workbook(path, {"进度": housing(6, completed=200 + 10 * number)})
        after = [str(200 + 10 * number + row) for row in range(6)]
        running = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.5, 1.1) * lasted)
        running.kill()
        kills += running.wait(60) == -signal.SIGKILL
        found = completed(home)
        assert found == before or list(found.values()) == after
        assert open_store(home).county_rows(TABLE, NEIXIANG)["completed"].tolist() == list(found.values())
        old, new = old + (found == before), new + (found != before)
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert list(completed(home).values()) == after and not list((home.outputs / "releases").glob(".building*"))
    return kills, old, new


def test_killed_at_a_few_random_moments_the_store_opens(home: Home) -> None:
    kills, old, new = killed(home, 4)
    assert kills >= 1 and old + new == 4


@pytest.mark.torture
@pytest.mark.slow
def test_killed_at_fifty_random_moments_the_store_opens(home: Home) -> None:
    kills, old, new = killed(home, 50)
    print(f"\nintakes killed: {kills} of 50; the old rows held after {old}, the new ones after {new}; store opened: 50 of 50")
    assert kills >= 10 and old + new == 50
