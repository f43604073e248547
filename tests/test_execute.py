from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from runner_home import LANGUAGE, make_home, write_notebook
from typer.testing import CliRunner

from commlib.cli import app
from commlib.errors import ParameterError
from commlib.home import Home
from commlib.runner.children import Limits
from commlib.runner.execute import Outcome, Status, execute
from commlib.runner.notebooks import read_notebooks
from commlib.runner.pages import Workshop
from commlib.runner.plan import plan
from commlib.store import open_store

COUNTY = "431024"
LIMITS = Limits()


@pytest.fixture
def home(tmp_path: Path, shared_store: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = make_home(tmp_path / "home")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    return root


def run_all(home: Path, out: Path, languages: tuple[str, ...] = ("zh", "en"), limits: Limits = LIMITS,
            ) -> dict[tuple[str, str], Outcome]:
    known = Home(home)
    work = plan(known, read_notebooks(known), COUNTY, None, languages)
    told: list[Outcome] = []
    outcomes = execute(Workshop(known, out, open_store(known).vintage), work, 2, told.append, limits=limits)
    assert [each.item for each in outcomes] == list(work.items)
    assert len(told) == len(outcomes)
    return {(each.item.notebook.id, each.item.language): each for each in outcomes}


def test_good_pages_are_published_and_bad_ones_are_withheld(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_notebook(home, "good")
    write_notebook(home, "bad", "print('before')\nraise ValueError('no such township')")
    page, stale = (out / "site" / COUNTY / f"{name}.zh.html" for name in ("good", "bad"))
    stale.parent.mkdir(parents=True)
    stale.write_text("an old page")

    result = CliRunner().invoke(app, ["run", "--county", COUNTY, "--out", str(out), "--jobs", "2"])

    assert result.exit_code == 1, (result.output, result.exception)
    lines = result.stdout.splitlines()
    assert sum("no such township" in line for line in lines) == 2
    assert "2 done, 2 failed, 0 not applicable" in lines[-2]
    assert lines[-1].endswith(str(out / "site" / "index.html"))
    assert f"<p>{COUNTY} None zh</p>" in page.read_text(encoding="utf-8")
    assert not stale.exists()
    kept = json.loads((out / "runs" / COUNTY / "bad.zh.ipynb").read_text(encoding="utf-8"))
    assert any(output.get("ename") == "ValueError" for cell in kept["cells"] for output in cell.get("outputs", []))
    index = (out / "site" / "index.en.html").read_text(encoding="utf-8")
    assert f"{COUNTY}/good.en.html" in index and f"{COUNTY}/bad.en.html" not in index
    assert "no such township" in index
    assert not list(out.rglob(".*"))

    before = page.read_bytes()
    again = CliRunner().invoke(app, ["run", "good", "--county", COUNTY, "--out", str(out), "--lang", "zh"])
    assert (again.exit_code, page.read_bytes()) == (0, before)


def test_a_dead_kernel_or_worker_fails_only_its_own_item(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "a_good")
    write_notebook(home, "b_kernel", "import os\nos._exit(3)")
    write_notebook(home, "c_worker", "import os\nos.kill(os.getppid(), 9)")
    write_notebook(home, "d_good")
    outcomes = run_all(home, tmp_path, ("zh",))
    assert {name: each.status for (name, _), each in outcomes.items()} == {
        "a_good": Status.OK, "b_kernel": Status.FAILED, "c_worker": Status.FAILED, "d_good": Status.OK}
    assert all(each.first_line for each in outcomes.values() if each.status is Status.FAILED)
    assert {path.name for path in (tmp_path / "site" / COUNTY).iterdir()} == {"a_good.zh.html", "d_good.zh.html"}


def test_the_stock_engine_in_a_pool_gives_the_same_pages_and_says_so(
        home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(home, "a_good")
    write_notebook(home, "b_figure", "import matplotlib.pyplot as plt\nplt.figure(figsize=(1, 1)); None")
    write_notebook(home, "c_kernel", "import os\nos._exit(3)")
    write_notebook(home, "d_worker", "import os\nos.kill(os.getppid(), 9)")
    write_notebook(home, "e_late", "while lang == 'zh':\n    pass")
    runs = {}
    for engine in ("commlib", "nbclient"):
        monkeypatch.setenv("COMMLIB_ENGINE", engine)
        outcomes = run_all(home, tmp_path / engine, limits=Limits(cell=10.0))
        assert {each.engine for each in outcomes.values()} == {engine}
        pages = {path.name: path.read_bytes() for path in (tmp_path / engine / "site" / COUNTY).iterdir()}
        runs[engine] = {key: each.status for key, each in outcomes.items()}, pages
        assert outcomes["e_late", "zh"].first_line == "第4个单元运行超过10秒，已被终止"
        kept = json.loads((tmp_path / engine / "runs" / COUNTY / "e_late.zh.ipynb").read_text(encoding="utf-8"))
        assert kept["cells"][0]["execution_count"] == 1
    assert runs["commlib"] == runs["nbclient"]
    assert runs["commlib"][1].keys() == {f"{name}.{language}.html" for name in ("a_good", "b_figure") for language in ("zh", "en")
                                         } | {"e_late.en.html"}


def test_an_engine_that_is_not_there_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(home, "good")
    monkeypatch.setenv("COMMLIB_ENGINE", "fast")
    with pytest.raises(ParameterError, match=r"fast[\s\S]*allowed: commlib, nbclient"):
        run_all(home, tmp_path, ("zh",))


def test_the_switch_between_languages_never_leads_nowhere(home: Path, tmp_path: Path) -> None:
    write_notebook(home, "page", "assert lang == 'zh'")
    chinese = tmp_path / "site" / COUNTY / "page.zh.html"
    assert {each.status for each in run_all(home, tmp_path).values()} == {Status.OK, Status.FAILED}
    assert "page.en.html" not in chinese.read_text(encoding="utf-8")
    write_notebook(home, "page")
    run_all(home, tmp_path, ("en",))
    assert 'href="page.en.html"' in chinese.read_text(encoding="utf-8")


def test_the_kernel_is_this_interpreter_even_beside_another_kernelspec(
        home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "jupyter" / "kernels" / "python3"
    other.mkdir(parents=True)
    (other / "kernel.json").write_text(json.dumps(
        {"argv": ["/nowhere/python", "-f", "{connection_file}"], "display_name": "other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    write_notebook(home, "where", "import os, sys\nprint(sys.executable, os.environ['COMMLIB_HOME'])", scope="once",
                   parameters={"lang": LANGUAGE})
    outcome = run_all(home, tmp_path, ("en",))["where", "en"]
    assert outcome.status is Status.OK, outcome.first_line
    assert f"{sys.executable} {home}" in (tmp_path / "site" / "where.en.html").read_text(encoding="utf-8")


def test_where_a_needed_library_fails_to_load_the_run_says_so_at_once(home: Path, tmp_path: Path,
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "pypinyin.py").write_text("raise RuntimeError('half installed')")
    for number in range(9):
        write_notebook(home, f"plain{number}")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    result = CliRunner().invoke(app, ["run", "--county", COUNTY, "--out", str(tmp_path / "out"), "--jobs", "2"])
    assert result.exit_code != 0 and "does not start" in result.stderr and "启动不了" in result.stderr
    assert "Traceback" not in result.output
