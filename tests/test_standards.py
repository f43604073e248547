"""Standards as data: all 132 with their items, scores counted by hand at three levels, and every fault of a file at once."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from source_code import PROJECT
from standards_home import COUNTY, RESULT_HEADS, Opener, communities, opener, towns
from typer.testing import CliRunner

from commlib import standards
from commlib.cli import app
from commlib.declarations import standards as declared
from commlib.declarations.columns import Level
from commlib.declarations.sources import sources
from commlib.errors import DeclarationError, ParameterError
from commlib.home import Home
from commlib.units import conversion

HAN = re.compile(r"[\u3400-\u9fff]")
OWN = """own_five:
  label: {zh: 本县五有, en: our five haves}
  document: {zh: 本县文件, en: our document}
  level: community
  valid_from: 2014-01-01
  items:
    - {label: {zh: 有场地, en: has premises}}
    - {label: {zh: 服务用房, en: service rooms}, type: amount, at_least: 300, unit: m2}
"""


@pytest.fixture(scope="module")
def open_in(built_outputs: Path, tmp_path_factory: pytest.TempPathFactory) -> Opener:
    return opener(tmp_path_factory.mktemp("standards"), built_outputs)


def own_home(folder: Path, text: str) -> Home:
    (folder / "data" / "standards").mkdir(parents=True)
    (folder / "data" / "standards" / "own.yml").write_text(text, encoding="utf-8")
    return Home(folder)


# ---- what is declared

def test_every_checklist_of_the_reports_is_declared_item_by_item() -> None:
    with (PROJECT / "data" / "reported" / "standards.csv").open(encoding="utf-8") as stream:
        listed = [(row["standard"], f"{row['doc']}-{row['article']}", row["item_no"], row["item_zh"], row["item_en"])
                  for row in csv.DictReader(stream)]
    found = [(each.id, each.document, item.number, item.label.zh, item.label.en)
             for each in declared.standards().values() for item in each.items]
    assert sorted(found) == sorted(listed) and len(declared.standards()) == 132


@pytest.mark.parametrize("standard", declared.standards().values(), ids=list(declared.standards()))
def test_a_standard_has_items_names_and_a_document_in_both_languages(standard: declared.Standard) -> None:
    assert standard.items and standard.document in sources()
    for words in (standard.name, standard.version, *(each.label for each in standard.items)):
        assert words.zh and words.en and HAN.search(words.zh) and not HAN.search(words.en)


def test_a_target_is_one_where_the_report_states_it() -> None:
    with (PROJECT / "data" / "reported" / "standards.csv").open(encoding="utf-8") as stream:
        stated = {(row["standard"], row["item_no"]): found[1] for row in csv.DictReader(stream)
                  if (found := re.search(r"(?:target|minimum) (\d+)", row["measurable"]))}
    targets = {(each.id, item.number): str(item.target.amount.value) for each in declared.standards().values()
               for item in each.items if item.target}
    assert targets == stated and len(targets) == 16


def test_a_county_adds_its_own_by_one_entry(tmp_path: Path) -> None:
    own = declared.standards(own_home(tmp_path, OWN))["own_five"]
    assert (own.level, own.measurable, own.version.zh) == (Level.COMMUNITY, 2, "本县文件，自2014-01-01起施行")
    target = own.items[1].target
    assert target and target.least and target.amount.value == 300 and conversion(target.amount.unit, "m2") == 1
    assert len(declared.standards(Home(tmp_path))) == 133


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    bad = OWN.replace("en: our five haves", "e: our five haves").replace("level: community", "level: hamlet").replace(
        "valid_from: 2014-01-01", "valid_from: soon").replace("type: amount", "type: text").replace("zh: 有场地, ", "") \
        + "shi_you:\n  label: {zh: 又一个, en: again}\n  document: nowhere\n  items: []\n  colour: red\n"
    with pytest.raises(DeclarationError) as found:
        declared.standards(own_home(tmp_path, bad))
    for language in ("zh", "en"):
        said = found.value.say(language)
        for place in ("own.yml", "own_five.label", "own_five.level", "hamlet", "own_five.valid_from", "soon",
                      "own_five.items[1].label", "own_five.items[2].type", "shi_you"):
            assert place in said, place
    assert "community" in found.value.say("en") and "count, share or amount" in found.value.say("en")


def test_no_file_and_no_mapping_are_told(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"own\.yml"):
        declared.standards(own_home(tmp_path, "own_five: [1, 2"))


# ---- scores, by hand

def test_scores_keep_what_was_not_reported_apart(open_in: Opener) -> None:
    view = open_in()
    found = standards.scores(view, "shi_you").set_index("place")
    one, two, three = (key for key, _, _ in communities())
    counts = ["met", "not_met", "not_reported", "items"]
    assert found.loc[one, counts].tolist() == [6, 3, 1, 10] and found.loc[one, "score"] == 60
    assert found.loc[two, counts].tolist() == [10, 0, 0, 10] and found.loc[three, counts].tolist() == [2, 8, 0, 10]


def test_places_above_are_pooled_never_a_mean_of_scores(open_in: Opener) -> None:
    found = standards.scores(open_in(), "shi_you").set_index("place")
    first, second = towns()[0][0], towns()[1][0]
    assert found.loc[[first, second], "score"].tolist() == [80, 20]        # 16 of 20, 2 of 10
    assert found.loc[COUNTY, ["met", "not_met", "not_reported", "items"]].tolist() == [18, 11, 1, 30]
    assert found.loc[COUNTY, "score"] == 60 and found.loc[COUNTY, "n"] == 3      # the mean of the townships were 50
    assert found["level"].tolist() == ["community"] * 3 + ["township"] * 2 + ["county"]
    assert set(found["version"]) == {"嘉禾县农村社区建设全覆盖工作汇报（001-3）"} and set(found["as_of"]) == {"2013-09-30"}


def test_a_standard_of_townships_is_counted_by_townships(open_in: Opener) -> None:
    found = standards.scores(open_in(), "ba_ge_yi").set_index("place")
    assert found.loc[towns()[0][0], ["met", "not_met", "not_reported", "items"]].tolist() == [4, 3, 1, 8]
    assert found.loc[COUNTY, ["score", "n", "n_expected"]].tolist() == [50, 1, len(towns())] and len(found) == 2


def test_numbers_are_judged_against_their_target_in_its_unit(open_in: Opener) -> None:
    found = standards.item_states(open_in(), "lian_he_ban_gong").set_index("item_no")["state"]
    assert found["1"] == "met"            # 48 hours are two days
    assert found["2"] == "missed"         # 7 of 8 hours
    assert found["3"] == "met" and set(found["4":]) == {"not_reported"}   # a share without a target says nothing


def test_the_last_result_up_to_the_period_counts(open_in: Opener) -> None:
    early = standards.scores(open_in("2013-06"), "shi_you").set_index("place")
    assert early.loc[COUNTY, ["met", "not_met", "n"]].tolist() == [0, 10, 1] and early.loc[COUNTY, "as_of"] == "2013-06-30"
    assert standards.scores(open_in("2013-12"), "shi_you").set_index("place").loc[COUNTY, "met"] == 18
    assert standards.standards_in_use(open_in("2013-06")) == ["shi_you"]


def test_what_is_in_use_and_what_is_unknown(open_in: Opener) -> None:
    view = open_in()
    assert standards.standards_in_use(view) == ["shi_you", "ba_ge_yi", "lian_he_ban_gong"]
    assert standards.unknown_results(view) == []
    assert standards.scores(view, "gong_gong_fu_wu_quan")["score"].isna().all()   # a share without a target: no zero
    with pytest.raises(ParameterError, match="shi_you"):
        standards.scores(view, "shi_yo")


def test_a_returned_standard_scores_with_its_version(built_outputs: Path, tmp_path: Path) -> None:
    one, _, _ = communities()
    rows = [[one[2], one[1], "xian_san", number, "2013-09-30", met, value, unit] for number, met, value, unit in (
        (1, "是", None, None), (2, None, 0.5, "公顷"), (3, None, 40, "%"))]
    view = opener(tmp_path, built_outputs, {
        "标准目录": [["标准目录"], ["标准标识", "标准名称", "发布单位", "施行时间"],
                 ["xian_san", "县三有", "县政府", "2013-01-01"]],
        "标准条目": [["标准条目"], ["标准标识", "项号", "条目", "记录方式", "达标值", "达标值单位"],
                 ["xian_san", 1, "有场地", "有或无", None, None], ["xian_san", 2, "活动场地", "个数", 8, "亩"],
                 ["xian_san", 3, "绿化率", "占比", 30, "%"]],
        "达标情况表2": [["达标情况表"], RESULT_HEADS, *rows]})()
    found = standards.scores(view, "xian_san").set_index("place")
    assert found.loc[one[0], ["met", "not_met", "items"]].tolist() == [2, 1, 3]   # half a hectare is 7.5 of 8 mu
    assert found.loc[COUNTY, "version"] == "县政府，自2013-01-01起施行"


# ---- the list

def test_the_command_lists_standards_and_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMLIB_HOME", str(PROJECT))
    listed = CliRunner().invoke(app, ["standards", "--format", "csv"])
    assert listed.exit_code == 0 and len(listed.stdout.splitlines()) == 133 and "十有标准,the ten haves" in listed.stdout
    items = CliRunner().invoke(app, ["standards", "lian_he_ban_gong", "--format", "csv"])
    assert items.exit_code == 0 and "不少于8小时" in items.stdout and len(items.stdout.splitlines()) == 9
    wrong = CliRunner().invoke(app, ["standards", "lian_he_bangong"])
    assert wrong.exit_code == 2 and "lian_he_ban_gong" in wrong.stderr
