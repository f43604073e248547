from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from runner_home import PROJECT

from commlib.errors import StoreError
from commlib.runner.keys import Key
from commlib.runner.ledger import UNFINISHED, Entry, Ledger
from commlib.runner.lock import held


def entry(notebook: str, status: str = "ok", **more: object) -> Entry:
    return Entry(notebook, "411325", "zh", "", "a.b.c", json.dumps({"facts/411325": "1"}), status, "new", **more)  # type: ignore[arg-type]


def test_a_ledger_that_is_not_there_is_empty_and_stays_unmade(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "runs")
    assert (ledger.entries(), ledger.runs(), ledger.note("index")) == ({}, [], "")
    assert not list(tmp_path.iterdir())


def test_outcomes_replace_what_was_waiting_and_count_in_their_run(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    run = ledger.begin([entry("a", UNFINISHED), entry("b", UNFINISHED), entry("c", UNFINISHED)], 4, 5, "2026-01-01")
    with ledger.writing() as record:
        record(entry("a", engine="commlib", seconds=0.5, memory=200.0, run=run), failed=False)
        record(entry("b", "failed", first_line="ValueError: 村", run=run), failed=True)
    known = ledger.entries()
    assert {page[0]: each.status for page, each in known.items()} == {"a": "ok", "b": "failed", "c": UNFINISHED}
    assert known["a", "411325", "zh"].memory == 200.0 and known["b", "411325", "zh"].first_line == "ValueError: 村"
    (only,) = ledger.runs()
    assert (only.run, only.due, only.unchanged, only.skipped, only.done, only.failed, only.ended) == (run, 3, 4, 5, 1, 1, "")
    ledger.end(run, "2026-01-02")
    assert ledger.runs()[0].ended == "2026-01-02"
    assert ledger.begin([], 0, 0, "2026-01-03") == run + 1


def test_notes_are_kept(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.keep_note("index", "1")
    ledger.keep_note("index", "2")
    assert ledger.note("index") == "2"


def test_what_was_recorded_survives_a_kill(tmp_path: Path) -> None:
    script = ("import pathlib, sys, time\nfrom commlib.runner.ledger import *\n"
              "ledger = Ledger(pathlib.Path(sys.argv[1]))\n"
              "rows = [Entry(f'n{i}', '', 'zh', '', 'k', '{}', UNFINISHED, 'new') for i in range(1000)]\n"
              "run = ledger.begin(rows, 0, 0, 'now')\n"
              "with ledger.writing() as record:\n"
              "    for i in range(1000):\n"
              "        record(Entry(f'n{i}', '', 'zh', '', 'k', '{}', 'ok', 'new', run=run), False)\n"
              "        print(i, flush=True)\n        time.sleep(0.001)\n")
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    said = [process.stdout.readline() for _ in range(50)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    known = Ledger(tmp_path).entries()
    done = sum(each.status == "ok" for each in known.values())
    assert len(known) == 1000 and done >= len(said) == 50
    assert Ledger(tmp_path).runs()[0].done == done
    process.stdout.close()


@pytest.mark.parametrize("damage", [b"no database at all, but some text that is long enough", b"SQLite format 3\x00 torn" * 60])
def test_a_damaged_ledger_is_told_with_its_remedy(tmp_path: Path, damage: bytes) -> None:
    ledger = Ledger(tmp_path)
    ledger.path.write_bytes(damage)
    for look in (ledger.entries, ledger.runs, lambda: ledger.begin([], 0, 0, "")):
        with pytest.raises(StoreError) as told:
            look()
        assert "ledger.sqlite" in told.value.message.en and "Delete" in told.value.message.en
        assert "删除" in told.value.message.zh


def test_keys_are_read_back_as_they_were_written() -> None:
    key = Key("n", "p", "c")
    assert Key.of(str(key)) == key
    assert Key.of("") is None


def test_a_second_run_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with held(tmp_path, "commlib run --county all"):
        with pytest.raises(StoreError) as told, held(tmp_path, "commlib run"):
            raise AssertionError
        said = json.loads((tmp_path / "held.json").read_text(encoding="utf-8"))
        assert said["pid"] == os.getpid()
        for words in (str(os.getpid()), said["host"], said["since"], "commlib run --county all"):
            assert words in told.value.message.zh and words in told.value.message.en
        assert told.value.exit_code == 2
    assert not (tmp_path / "held.json").exists()
    with held(tmp_path, "again"):
        assert (tmp_path / "held.json").exists()


def test_a_killed_run_holds_nothing(tmp_path: Path) -> None:
    script = ("import pathlib, sys, time\nfrom commlib.runner.lock import held\n"
              "with held(pathlib.Path(sys.argv[1]), 'killed'):\n    print('held', flush=True)\n    time.sleep(60)\n")
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match="killed"), held(tmp_path, "second"):
        raise AssertionError
    process.kill()
    process.wait()
    process.stdout.close()
    start = time.monotonic()
    with held(tmp_path, "third"):
        assert time.monotonic() - start < 5
