"""The benchmark's parts work on a tiny run, and its judgement is right; no time is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(autouse=True)
def _on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))


def test_a_row_is_judged_by_its_median() -> None:
    from results import Row

    assert Row("larger", 10, 18, [9.0, 12.0, 30.0], at_least=True).verdict == "must reached"
    assert Row("larger", 10, 18, [9.0, 19.0, 30.0], at_least=True).verdict == "aim reached"
    assert Row("smaller", 1.35, 1.15, [1.0, 1.36, 9.0]).missed
    assert not Row("shown", None, None, [1.0, 1.36, 9.0]).missed
    nothing = Row("not measured", 1.35, 1.15, [], why="no cluster")
    assert nothing.missed and "no cluster" in nothing.line()


def test_only_the_measured_part_of_the_page_is_written(tmp_path: Path) -> None:
    from results import BEGIN, END, PAGE, write

    copy = tmp_path / "page.md"
    copy.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    write("| new |", copy)
    before, after = (page.read_text(encoding="utf-8") for page in (PAGE, copy))
    assert after == before.partition(BEGIN)[0] + f"{BEGIN}\n| new |\n{END}" + before.partition(END)[2]
    write("| new |", copy)
    assert copy.read_text(encoding="utf-8") == after


def test_ratios_are_taken_within_a_round_and_a_start_is_taken_off() -> None:
    from contenders import BARE, OURS
    from course import Course, Leg, median, ratios
    from measuring import Spent

    many, few = Leg(BARE, "light", 30), Leg(BARE, "light", 2)
    course = Course(Path(), [], {many: [Spent(30.0, 40.0), Spent(60.0, 70.0)], few: [Spent(2.0, 3.0), Spent(4.0, 5.0)]})
    assert course.each(many) == [1.0, 2.0]
    assert course.further(many, few) == [1.0, 2.0]
    assert ratios(course.each(few), course.each(many)) == [1.0, 1.0]
    assert course.each(Leg(OURS, "light", 2)) == []
    course.failures["bare"] = "said why"
    assert str(median(course.each(many))) == "nan"


@pytest.mark.slow
def test_our_engine_draws_the_figures_of_the_bare_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import workload
    from contenders import BARE, OURS, drawn
    from course import Course, Leg
    from engine_runs import run_each

    from commlib.runner.notebooks import read_notebook

    home = tmp_path / "0"   # the folder in which the first notebook is executed
    county, = workload.make_home(home, 1)
    notebooks = [home / "notebooks" / f"{name}.ipynb" for name in workload.NOTEBOOKS]
    assert [read_notebook(path).id for path in notebooks] == list(workload.NOTEBOOKS)
    bare: list[str] = []
    Course(home, [county]).run(Leg(BARE, "light", 1), look=lambda out: bare.extend(drawn(BARE, out, "light", county)))
    for name, value in workload.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    kept = tmp_path / OURS.kept.format(county=county, notebook="light")
    answer, = run_each([("commlib", notebooks[0], {"county": county}, kept)], tmp_path)
    assert not answer.ended
    assert len(bare) == 4 and drawn(OURS, tmp_path, "light", county) == bare
