"""CONTRIBUTING is true: its examples of an indicator, a rule and a standard work in a copy of the project, each in ten lines."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from intake_home import communities, small_home
from return_files import workbook
from source_code import PROJECT

MOST_LINES = 10
SCRIPT = """
import json, sys
from pathlib import Path
import commlib
from commlib import open_county, standards
from commlib.declarations.rule_files import rules
from commlib.home import Home
from commlib.intake.receiving import Intake, Said, sources
from commlib.listings import standard_rows
from commlib.statements import statements

home, county = Home(Path(sys.argv[1])), "411325"
intake = Intake(home, Said(county=county), home.root / "faults")
for source in sources([str(home.root / "in")]):
    intake.receive(source)
view = open_county(county, home=home)
rule = rules(home)["own_grant"]
rows = {each: view.store.county_rows(each, county) for each in rule.tables}
found = view.results[(view.results["id"] == "inhabited_of_all_communities") & (view.results["place"] == county)]
scores = standards.scores(view, "own_three").set_index("place")
print(json.dumps({
    "package": commlib.__file__, "value": found["value"].tolist(),
    "due": sorted(float(each.due) for each in statements([rule], view.facts, rows) if each.due is not None),
    "listed": [row["label_en"] for row in standard_rows(home) if row["standard"] == "own_three"],
    "score": [int(scores.loc[county, name]) for name in ("met", "not_met", "not_reported", "items")],
    "version": scores.loc[county, "version"]}))
"""


def example(heading: str, language: str) -> str:
    """The fenced block of a language under a heading of CONTRIBUTING."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.split(f"\n## {heading}\n")[1], maxsplit=1, flags=re.MULTILINE)[0]
    return re.findall(rf"^```{language}\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)[0]


EXAMPLES = (("Add an indicator", "python"), ("Add an indicator", "toml"), ("Add a rule", "yaml"), ("Add a standard", "yaml"))


@pytest.mark.parametrize(("heading", "language"), EXAMPLES)
def test_an_example_has_at_most_ten_lines(heading: str, language: str) -> None:
    assert 0 < len(example(heading, language).splitlines()) <= MOST_LINES


def returns(folder: Path) -> None:
    """Four communities, one of them with residents, each with 200 households; two of them are held against the standard."""
    places = communities()[:4]
    listed = [[town, name, "入住" if number == 0 else "在建", 200] for number, (_, name, town) in enumerate(places)]
    answers = [(0, 1, "是", None, None), (0, 2, None, 350, "平方米"), (0, 3, None, 0, "个"),
               (1, 1, "否", None, None), (1, 2, None, 250, "平方米")]   # the second says nothing of its notice board
    results = [[places[at][2], places[at][1], "own_three", item, "2013-09-30", *told] for at, item, *told in answers]
    folder.mkdir()
    workbook(folder / "1社区台账.xlsx", {"社区台账": [["社区基本情况台账"], ["乡镇", "社区", "建设状态", "户数"], *listed]})
    workbook(folder / "2达标情况表.xlsx", {"达标情况表": [["达标情况表"], [
        "乡镇", "单位名称", "标准标识", "项号", "截至日期", "是否达标", "数值", "数值单位"], *results]})


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package and its golden lines, a small register, and the examples written where they belong."""
    folder = tmp_path_factory.mktemp("copy")
    small_home(folder)
    shutil.copytree(PROJECT / "commlib", folder / "commlib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(PROJECT / "tests" / "golden", folder / "tests" / "golden", ignore=shutil.ignore_patterns("__pycache__"))
    for path, text in ((folder / "commlib/indicators/housing_progress.py", example(*EXAMPLES[0])),
                       (folder / "tests/golden/indicators.toml", example(*EXAMPLES[1])),
                       (folder / "data/rules/own.yml", example(*EXAMPLES[2])),
                       (folder / "data/standards/own.yml", example(*EXAMPLES[3]))):
        path.parent.mkdir(exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"\n\n{text}")
    returns(folder / "in")
    return folder


def in_copy(folder: Path, *arguments: str) -> str:
    environment = {name: each for name, each in os.environ.items() if not name.startswith("COMMLIB_")}
    done = subprocess.run([sys.executable, *arguments], cwd=folder, env=environment | {"PYTHONPATH": str(folder)}, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def test_the_three_examples_work_in_a_copy_of_the_project(copy: Path) -> None:
    said = json.loads(in_copy(copy, "-c", SCRIPT, str(copy)).splitlines()[-1])
    assert Path(said["package"]).is_relative_to(copy)
    assert said["value"] == [25]                                    # one of four communities
    assert said["due"] == [1, 1, 1, 1]                              # 200 households × CNY 50, in CNY 10,000
    assert said["listed"] == ["our three haves"] and said["version"] == "本县2013年第8号文件，自2013-01-01起施行"
    assert said["score"] == [2, 3, 1, 6]                            # 350 of 300 m² is met; no notice board counted is not


def test_the_golden_line_of_the_example_holds(copy: Path) -> None:
    told = in_copy(copy, "-m", "pytest", "tests/golden/test_golden.py", "-q", "-p", "no:cacheprovider", "-k",
                   "inhabited_of_all_communities and expected")
    assert "1 passed" in told
