"""Schedules: what is printed is understood by a shell and by systemd, and the page about them is true."""

from __future__ import annotations

import ast
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import Result
from runner_home import PROJECT
from typer.testing import CliRunner

from commlib.cli import app
from commlib.commands.schedule import Job, this_job, times

AWKWARD = ["good", "--summary", "of $HOME/100%/it's \"here\" \\n.json", "--county", "431024"]
pytestmark = pytest.mark.usefixtures("shared_store")


def schedule(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["schedule", *arguments])


def units(printed: str) -> dict[str, str]:
    """The units that were printed, by file name."""
    parts = re.split(r"^# systemd.*?(commlib-run\.\w+)$", printed, flags=re.MULTILINE)
    return {name: text.partition("\n\n# ")[0].strip() + "\n" for name, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize(("asked", "cron", "calendar"), [
    (["--monthly", "6", "--at", "07:00"], "0 7 6 * *", "*-*-06 07:00:00"),
    (["--weekly", "mon", "--at", "23:05"], "5 23 * * mon", "Mon *-*-* 23:05:00"),
    (["--daily", "--at", "00:30"], "30 0 * * *", "*-*-* 00:30:00"),
])
def test_times_are_those_asked_for(asked: list[str], cron: str, calendar: str) -> None:
    printed = schedule(*asked, "--quiet").stdout
    (line,) = [line for line in printed.splitlines() if "&&" in line]
    assert line.startswith(f"{cron} cd ")
    assert f"\nOnCalendar={calendar}\n" in printed
    if shutil.which("systemd-analyze"):
        said = subprocess.run(["systemd-analyze", "calendar", calendar], capture_output=True, text=True, check=True).stdout
        assert calendar in said


def test_cron_runs_the_very_command(tmp_path: Path) -> None:
    """As cron does it: an escaped percent sign is one, then a shell runs the rest of the line."""
    folder = tmp_path / "a 100% $odd 'folder'"
    folder.mkdir()
    shown = "import json, os, sys; print(json.dumps([sys.argv[1:], os.getcwd(), os.environ['COMMLIB_HOME']]))"
    job = Job((sys.executable, "-c", shown, *AWKWARD), str(folder), (("COMMLIB_HOME", "/srv/100% of $it"),))
    times_and_line = job.cron("0 7 6 * *").replace(r"\%", "%")
    assert "%" not in job.cron("0 7 6 * *").replace(r"\%", "")
    line = times_and_line.split(" ", 5)[5]
    said = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [AWKWARD, str(folder), "/srv/100% of $it"]


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    printed = schedule("--monthly", "6", "--at", "07:00", *AWKWARD).stdout
    made = units(printed)
    assert set(made) == {"commlib-run.service", "commlib-run.timer"}
    (start,) = [line for line in made["commlib-run.service"].splitlines() if line.startswith("ExecStart=")]
    undone = start.removeprefix("ExecStart=").replace("%%", "%").replace("$$", "$")
    assert shlex.split(undone) == [sys.executable, "-m", "commlib", "run", *AWKWARD]
    if shutil.which("systemd-analyze"):
        for name, text in made.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        told = subprocess.run(["systemd-analyze", "verify", "--man=no", str(tmp_path / "commlib-run.timer"),
                               str(tmp_path / "commlib-run.service")], capture_output=True, text=True)
        assert "commlib-run" not in told.stderr, told.stderr


def test_what_is_scheduled_goes_on_from_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMLIB_OUTPUTS", "mine")
    job = this_job(["--county", "all"])
    assert job.folder == str(tmp_path)
    assert dict(job.environment) == {"COMMLIB_HOME": str(PROJECT), "COMMLIB_OUTPUTS": str(tmp_path / "mine")}


@pytest.mark.parametrize(("asked", "said"), [
    (["--daily"], "--at"), (["--at", "07:00"], "--monthly"), (["--at", "07:00", "--daily", "--weekly", "mon"], "--monthly"),
    (["--at", "7:00", "--daily"], "7:00"), (["--at", "24:00", "--daily"], "24:00"), (["--at", "07:00", "--monthly", "29"], "29"),
    (["--at", "07:00", "--monthly", "0"], "28"), (["--at", "07:00", "--weekly", "monday"], "monday"),
    (["--at", "07:00", "--daily", "--no-such-option"], "--no-such-option"),
    (["--at", "07:00", "--daily", "--jobs", "two"], "--jobs"),
    (["--at", "07:00", "--daily", "--out", "a\nb"], "\\n"),
])
def test_what_cannot_be_scheduled_is_refused_in_both_languages(asked: list[str], said: str) -> None:
    result = schedule(*asked)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count(said) >= 2
    assert re.search(r"[\u4e00-\u9fff]", result.stderr)


@pytest.mark.parametrize(("at", "monthly"), [("07:00", 1), ("07:00", 28)])
def test_the_first_and_the_last_day_that_every_month_has(at: str, monthly: int) -> None:
    assert times(at, monthly)[0].split()[2] == str(monthly)


# ---- the page

def page() -> str:
    return (PROJECT / "docs" / "schedules.md").read_text(encoding="utf-8")


def test_the_airflow_example_gives_the_notebook_what_it_declares() -> None:
    (source,) = re.findall(r"```python\n(.*?)```", page(), flags=re.DOTALL)
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    (operator,) = [node for node in calls if ast.unparse(node.func) == "PapermillOperator"]
    given = {each.arg: each.value for each in operator.keywords}
    # What the provider's operator takes (release 3.13), besides what every operator does.
    assert set(given) <= {"input_nb", "output_nb", "parameters", "kernel_name", "language_name", "kernel_conn_id",
                          "log_output", "nbconvert", "nbconvert_args", "task_id"}
    (name,) = re.findall(r"notebooks/\w+\.ipynb", ast.unparse(given["input_nb"]))
    notebook = json.loads((PROJECT / name).read_text(encoding="utf-8"))
    parameters = given["parameters"]
    assert isinstance(parameters, ast.Dict)
    named = {ast.literal_eval(key) for key in parameters.keys if key}
    assert named and named <= set(notebook["metadata"]["commlib"]["parameters"])
    assert ast.literal_eval(given["kernel_name"]) == notebook["metadata"]["kernelspec"]["name"]
    (bash,) = [node for node in calls if ast.unparse(node.func) == "BashOperator"]
    command = next(ast.literal_eval(each.value) for each in bash.keywords if each.arg == "bash_command")
    assert understood(command.partition("commlib ")[2])


def test_the_commands_of_the_page_are_understood() -> None:
    (command,) = re.findall(r"```\ncommlib (.*)\n```", page())
    assert understood(command)


def understood(command: str) -> bool:
    """Whether the command line takes a command with its options: as the schedule of a run, which is not run."""
    words = shlex.split(command)
    asked = words[1:] if words[0] == "schedule" else ["--at", "07:00", "--daily", *words[1:]]
    return schedule(*asked).exit_code == 0
