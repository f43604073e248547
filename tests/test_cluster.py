"""Many machines and far folders: a Dask cluster of processes of its own, one of them killed, and a server that speaks S3."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from runner_home import make_home, write_notebook
from typer.testing import CliRunner

from commlib import addresses
from commlib.addresses import located, names_by_folder, write_whole
from commlib.cli import app
from commlib.errors import ParameterError, StoreError
from commlib.home import Home
from commlib.runner import cluster as clusters
from commlib.runner.children import Limits, Task
from commlib.runner.cluster import Cluster
from commlib.runner.outcomes import Outcome
from commlib.runner.parcel import needed, pack, unpack
from commlib.runner.run import Summary, ledger_in, run
from commlib.store import open_store

COUNTIES = "411325,431024,110101,110102,110105"
TWO = "411325,431024"
SLOW = "import time\nfrom IPython.display import HTML, display\ntime.sleep(0.2)\ndisplay(HTML(f'<p>{county} {lang}</p>'))"


@pytest.fixture(scope="module")
def s3() -> Iterator[None]:
    """A server on loopback that speaks S3, with the bucket `pages`, as the environment of the module."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("ENDPOINT_URL", f"http://{host}:{port}"), ("ACCESS_KEY_ID", "of-a-test"),
                            ("SECRET_ACCESS_KEY", "of-a-test"), ("DEFAULT_REGION", "us-east-1")):
            patch.setenv(f"AWS_{name}", value)
        boto3.client("s3").create_bucket(Bucket="pages")
        yield
    server.stop()


@pytest.fixture(scope="module")
def workers(s3: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Dask cluster of two worker processes with one thread each, which know nothing of this project's folders."""
    from distributed import LocalCluster

    with pytest.MonkeyPatch.context() as patch:
        for name in ("COMMLIB_HOME", "COMMLIB_OUTPUTS"):
            patch.delenv(name, raising=False)
        with LocalCluster(n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None,
                          silence_logs=logging.CRITICAL, local_directory=str(tmp_path_factory.mktemp("scratch"))) as place:
            yield place


@pytest.fixture
def home(tmp_path: Path, shared_store: None, monkeypatch: pytest.MonkeyPatch) -> Home:
    root = make_home(tmp_path / "home")
    monkeypatch.setenv("COMMLIB_HOME", str(root))
    return Home(root)


def watching(on_done: Callable[[Outcome], None]) -> Callable[[int], Any]:
    @contextmanager
    def watch(_: int) -> Iterator[Callable[[Outcome], None]]:
        yield on_done

    return watch


def files(folder: Path) -> dict[str, bytes]:
    return {f"{part}/{name}": (folder / part / name).read_bytes() for part, names in names_by_folder(folder).items()
            for name in names if name.endswith(".html")}


# ---- the cluster

@pytest.mark.slow
def test_what_an_interrupt_and_a_killed_worker_leave_undone_is_done_once(home: Home, tmp_path: Path, workers: Any) -> None:
    write_notebook(home.root, "good")
    write_notebook(home.root, "slow", SLOW)
    local, far = tmp_path / "local", tmp_path / "far"
    place = Cluster(workers.scheduler_address, home, tmp_path / "exchange")
    told: list[str] = []

    def tell(stop_at: int, stop: Callable[[], None]) -> Callable[[int], Any]:
        def on_done(outcome: Outcome) -> None:
            told.append(outcome.name)
            if len(told) == stop_at:
                stop()

        return watching(on_done)

    def interrupt() -> None:
        raise KeyboardInterrupt

    def go(watch: Callable[[int], Any]) -> Summary:
        return run(home, [], COUNTIES, None, ["zh", "en"], 1, far, watch=watch, cluster=place)

    with pytest.raises(KeyboardInterrupt):
        go(tell(4, interrupt))
    assert len(told) == 4
    victim = next(iter(workers.workers.values())).process.pid
    summary = go(tell(9, lambda: os.kill(victim, signal.SIGKILL)))

    assert not summary.failures and len(told) == len(set(told)) == 20
    entries = ledger_in(home, far).entries().values()
    assert len(entries) == 20 and {each.status for each in entries} == {"ok"} and {each.engine for each in entries} == {"commlib"}
    assert [(each.due, each.done, each.failed) for each in ledger_in(home, far).runs()] == [(20, 4, 0), (16, 16, 0)]
    assert all(each.item.notebook.path.parent == home.notebooks for each in summary.outcomes)
    assert not list(far.rglob(".*"))

    run(home, [], COUNTIES, None, ["zh", "en"], 2, local)
    assert files(far / "site") == files(local / "site")
    assert len(files(far / "site")) == 20 + 2


@pytest.mark.slow
def test_a_cluster_with_store_and_site_on_s3(home: Home, tmp_path: Path, workers: Any) -> None:
    write_notebook(home.root, "good")
    write_notebook(home.root, "bad", "raise ValueError('no such township')")
    write_notebook(home.root, "dead", "import os\nos._exit(3)")
    command = ["run", "--county", TWO, "--out"]
    here = CliRunner().invoke(app, [*command, str(tmp_path / "local")])
    far = CliRunner().invoke(app, [*command, "s3://pages/cluster", "--cluster", workers.scheduler_address,
                                   "--store", "s3://pages/exchange"])
    assert (here.exit_code, far.exit_code) == (1, 1), (far.output, far.exception)
    assert sorted(here.output.splitlines()[:-1]) == sorted(far.output.splitlines()[:-1])
    assert far.output.splitlines()[-1].endswith("s3://pages/cluster/site/index.html")
    assert files(located("s3://pages/cluster/site")) == files(tmp_path / "local" / "site")
    assert names_by_folder(located("s3://pages/cluster/runs"))["411325"] == {
        f"{name}.{language}.ipynb" for name in ("good", "bad", "dead") for language in ("zh", "en")}
    assert len(names_by_folder(located("s3://pages/exchange"))[""]) == 1


@pytest.mark.slow
def test_a_machine_with_other_code_or_other_folders_is_refused(
    home: Home, tmp_path: Path, workers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_notebook(home.root, "good")
    place = Cluster(workers.scheduler_address, home, tmp_path / "exchange")
    monkeypatch.setattr(clusters, "needed", lambda home: {**needed(home), "matplotlib": "1.0"})
    with pytest.raises(StoreError) as caught:
        run(home, [], "411325", None, ["zh"], 1, tmp_path / "out", cluster=place)
    assert "≠ 1.0" in caught.value.say("zh") and "requirements.lock" in caught.value.say("en")
    with pytest.raises(StoreError) as caught:
        clusters._work(clusters.Job("", tmp_path, {}, {}, tmp_path / "not shared" / "sign"), Task(0, print, Limits()))
    assert "not shared" in caught.value.say("zh") and "--out" in caught.value.say("en")


def test_no_scheduler_is_said(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_notebook(home.root, "good")
    monkeypatch.setattr(clusters, "_PATIENCE", 0.2)
    found = CliRunner().invoke(app, ["run", "--county", "411325", "--out", str(tmp_path), "--cluster", "tcp://127.0.0.1:9"])
    assert found.exit_code == 2 and "没有 Dask 调度器应答" in found.output and "dask scheduler" in found.output


def test_what_dask_says_of_a_task_is_told_as_ours() -> None:
    from distributed import KilledWorker

    def told(status: str, problem: BaseException | None = None) -> Any:
        return clusters._answer(SimpleNamespace(status=status, exception=lambda: problem), None, 7)

    answer = told("error", KilledWorker("key", SimpleNamespace(), 3))
    assert (answer.number, answer.result, answer.ended) == (7, None, "worker")
    wrapped = RuntimeError("Error during deserialization of the task graph.")
    wrapped.__cause__ = ModuleNotFoundError("No module named 'commlib'")
    for status, problem, word in (("error", wrapped, "No module named 'commlib'"), ("lost", None, "lost"),
                                  ("error", wrapped.__cause__, "No module named 'commlib'")):
        with pytest.raises(StoreError, match=word):
            told(status, problem)
    with pytest.raises(ZeroDivisionError):
        told("error", ZeroDivisionError())


def test_the_project_travels_whole_and_once(home: Home, tmp_path: Path) -> None:
    notebook = write_notebook(home.root, "good")
    (home.notebooks / ".ipynb_checkpoints").mkdir()
    (home.notebooks / ".ipynb_checkpoints" / "good.ipynb").write_text("{}")
    archive = pack(home, tmp_path / "exchange")
    written = archive.stat().st_mtime_ns
    assert pack(home, tmp_path / "exchange") == archive and archive.stat().st_mtime_ns == written
    there = unpack(archive, tmp_path / "machine")
    assert unpack(archive, tmp_path / "machine") == there and needed(there) == needed(home)
    with pytest.MonkeyPatch.context() as patch:
        store = open_store(home)
        patch.setenv("COMMLIB_OUTPUTS", str(there.root / "outputs"))
        patch.setattr("commlib.store.fingerprint_of", lambda _: pytest.fail("hashed again"))
        moved = open_store(there)
    left = tmp_path / "machine" / "old" / ".ready"
    left.parent.mkdir()
    left.touch()
    os.utime(left, (1, 1))
    assert unpack(archive, tmp_path / "machine") == there and not left.parent.exists()
    assert moved.root.is_relative_to(there.root) and moved.vintage == store.vintage
    assert moved.county_facts("411325").equals(store.county_facts("411325"))
    assert not (there.notebooks / ".ipynb_checkpoints").exists()
    notebook.write_text(notebook.read_text().replace("county", "county "))
    assert pack(home, tmp_path / "exchange") != archive


# ---- far folders

@pytest.mark.slow
def test_a_site_on_s3_has_the_bytes_of_a_local_one(home: Home, tmp_path: Path, s3: None) -> None:
    write_notebook(home.root, "good")
    for out in (str(tmp_path / "local"), "s3://pages/alone"):
        found = CliRunner().invoke(app, ["run", "--county", TWO, "--out", out])
        assert found.exit_code == 0 and "4 done" in found.output, (found.output, found.exception)
    far = located("s3://pages/alone/site")
    assert files(far) == files(tmp_path / "local" / "site") and len(files(far)) == 6
    assert (far / "index.html").stat().as_info()["ContentType"] == "text/html"   # a browser shows it
    assert "4 unchanged" in CliRunner().invoke(app, ["run", "--county", TWO, "--out", "s3://pages/alone"]).output

    (far / "411325" / "good.en.html").unlink()
    write_notebook(home.root, "good", "if lang == 'en':\n    raise ValueError(lang)\nprint(county)")
    found = CliRunner().invoke(app, ["run", "--county", "411325", "--out", "s3://pages/alone"])
    assert "1 done, 1 failed" in found.output
    assert names_by_folder(far, ["411325"]) == {"411325": {"good.zh.html"}}
    assert "good.en.html" not in (far / "411325" / "good.zh.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_cannot_be_laid_at_an_address_failed(home: Home, s3: None, tmp_path: Path) -> None:
    write_notebook(home.root, "good")
    found = CliRunner().invoke(app, ["run", "--county", "411325", "--out", "s3://no-such-bucket/site"])
    assert found.exit_code != 0 and "s3://no-such-bucket/site" in found.output
    assert "Traceback" not in found.output


def test_addresses_are_used_like_folders() -> None:
    root = located("memory://bucket/site")
    write_whole(root / "a" / "x.html", b"1")
    write_whole(root / "x.html", b"2")
    assert names_by_folder(root) == {"": {"x.html"}, "a": {"x.html"}}
    assert names_by_folder(root, ["a", "b"]) == {"a": {"x.html"}, "b": set()}
    addresses.remove(root / "a" / "x.html")
    addresses.remove(root / "a" / "x.html")
    assert names_by_folder(root, ["a"]) == {"a": set()} and (root / "x.html").read_bytes() == b"2"


def test_folders_here_stay_paths(tmp_path: Path) -> None:
    (tmp_path / "site" / "a").mkdir(parents=True)
    (tmp_path / "site" / "a" / "x").touch()
    assert located(f"file://{tmp_path}/site") == located(f"{tmp_path}/site") == tmp_path / "site"
    assert names_by_folder(located(f"file://{tmp_path}/site")) == {"": {"a"}, "a": {"x"}}
    assert names_by_folder(tmp_path / "site", ["a", "b"]) == {"a": {"x"}, "b": set()}
    assert names_by_folder(tmp_path / "nothing") == {"": set()}


@pytest.mark.parametrize("text", ["nosuch://bucket/site", "s3x://bucket"])
def test_an_unknown_address_is_refused(text: str) -> None:
    with pytest.raises(ParameterError) as caught:
        located(text)
    assert text in caught.value.say("zh") and "s3://bucket/prefix" in caught.value.say("en")


def test_a_missing_library_is_named_in_both_languages(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "upath", None)
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    for act in (lambda: located("s3://bucket/site"), lambda: Cluster("tcp://a:1", home, tmp_path).dispatch([], 1, {}, print)):
        with pytest.raises(ParameterError) as caught:
            act()
        assert all('pip install "county-community-analyses[cluster]"' in caught.value.say(each) for each in ("zh", "en"))
