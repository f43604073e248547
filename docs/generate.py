"""Write the pages of docs/ that follow from declarations (`PAGES` below): `.venv/bin/python docs/generate.py`.

A test fails while these files differ from what stands here, so they are never edited by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import check_words
from commlib.declarations.columns import Column, range_words
from commlib.declarations.sources import source_title
from commlib.declarations.tables import TableDeclaration, tables
from commlib.home import Home
from commlib.indicators.registry import indicators
from commlib.intake.faults import Code
from commlib.listings import indicator_rows, measure_rows, rule_rows
from commlib.runner.notebooks import read_notebooks
from commlib.runner.options import parameter_rows

FOLDER = Path(__file__).parent
_ANY = {"county": "a code of the register, a slug, a retired code with one successor", "text": "any text",
        "period": "`2013`, `2013Q3`, `2013-09`, `2013-09-30`, `undated:<document>`", "integer": "", "number": ""}
_PARAMETERS_EN = """Each notebook declares its parameters once, in `metadata.commlib.parameters` of its `.ipynb`: type (`text`,
`county`, `period`, `language`, `integer`, `number`, `choice`), default, `minimum` and `maximum`, `choices`, labels in Chinese and
English. From that follow the check before any kernel starts, the options, this page, and a JSON schema (draft 2020-12):

```
commlib parameters                                    # this list
commlib parameters village_register --format schema
commlib run village_register --county 431024 -p townships=5
```

- County, period and language belong to the plan and have options of their own. Every other parameter is given by
  `-p name=value`, as with papermill, to those chosen notebooks that declare it; the last one of a name counts. A value is read
  by the form of its declared type and never evaluated.
- What is wrong is told at once, in Chinese and English, with the nearest valid value; nothing has run or been written then, and
  the exit code is 2.
- A page has one address for a county and a language: a run with another value of a parameter overwrites it. Keep both by `--out`.
- A retired county code means what followed it, and the reason is said: `run` and `plan` take all successors; where only one
  county can stand (`value`, `open_county`, a notebook run by papermill itself), several successors are refused with the list to
  choose from. In reported data a retired code is an error. The list is `data/register/retired_counties.csv`.
- The schema accepts what the check accepts; it lists all counties, because six digits alone would let unknown codes pass."""
_PARAMETERS_ZH = """每个笔记本的参数只在其 `.ipynb` 的 `metadata.commlib.parameters` 中声明一次：
类型、默认值、上下限、可选值和中英文名称。内核启动前的检查、命令行选项、本页和 JSON Schema（2020-12 版）都由此得出。

- 县、时期和语言属于计划，各有选项；其他参数用 `-p 名=值` 给出（与 papermill 相同），
  交给所选笔记本中声明了它的那些，同名的以最后一个为准。值只按所声明类型的写法读取，绝不当作代码执行。
- 有错时用中英文一次说全，并给出最接近的有效值；此时什么都没有运行，也没有写入，退出码为 2。
- 一县一种语言只有一个页面地址：换一个参数值再运行会覆盖它；要都保留，请用 `--out` 分开存放。
- 停用的县代码按其后继理解，并说明原因：`run` 和 `plan` 取全部后继；只能是一个县的地方
  （`value`、`open_county`、直接用 papermill 运行）若有多个后继，则报错并列出供选择。报告数据中出现停用代码是错误。
  清单见 `data/register/retired_counties.csv`。
- 检查接受什么，Schema 就接受什么；县代码逐个列出，因为只写“六位数字”会放过不存在的代码。"""
_RULES_EN = """What is due follows from rules that are data: `commlib rules` lists them, `commlib.statements` says what is due,
paid and in arrears at each place and period, with its reasons line by line. A county writes its own in `data/rules/<name>.yml`:

```yaml
own_grant:                                   # the id, which no other rule has
  label: {zh: 本县社区补助, en: county grant for communities}
  document: {zh: 县政发〔2014〕7号, en: County document 7 of 2014}   # or the id of a declared source
  kind: per_unit
  rate: {value: 50, unit: CNY/household}
  unit: CNY10k                               # of what is due, converted exactly
  base: {measure: households_in_community}
  conditions:
    - {table: acceptance, where: {passed: yes}, on: inspected_on}
    - {measure: households_in_community, at_least: 300}
  cap: {value: 20, unit: CNY10k}
  level: community
  paid:
    - {table: fund_flow, column: disbursed, where: {level: county}}
  valid_from: 2014-01-01
```

- `kind`: `per_unit` (rate × base), `fixed` (once a place and period), `match` (rate × what the rule `of` makes due), `every` (by
  time: an interval, a frequency or a rate per year), `principle` (people judge it). A duty is a rule like any other: two office
  days are due, one was held, one is missing.
- `rate` and `cap`: `value`, `unit`; `up_to` for a range, `at_least: yes`, `figures` of reports that state it.
- `base`, `conditions`, `paid`: a `measure`, or a `table` whose `column` is summed, whose rows are counted, or whose
  `distinct` values are; `where` a column holds a word (`*`: is filled in) or keeps to `{at_least: 8}`; `on` the date column that
  dates a row; `last: yes` of each thing its last row; `complete: yes` who is not named has none. A condition asks for `at_least`
  (1 if not said) or `at_most`.
- Of money, what `subsidy_statement` says was paid by the rule's id counts first, then each source of `paid` in turn.
- `per`: `month`, `year`, `to_date`; `level`: `county`, `township`, `community`, `any`; `deadline`: `{day: 11-30}`,
  `{column: …}` of the base, `{within: {value: 6, unit: months}}` after that day or after `valid_from`.
- `area`: the county, or the first digits of the codes, for which the rule holds; `"*"` for all. Without it a rule holds for
  the county of its document, and a rule whose document is of no one county for all.
- What is not reported is never taken as none, missed or unpaid: then nothing is said to be due, or in arrears, and a line says
  why.
- Every fault of every file is told at once, in both languages: file, field, what was found, what is allowed."""
_RULES_ZH = """规则是数据：`commlib rules` 列出全部规则，`commlib.statements` 据此逐处逐期给出应付、已付和欠额，并逐行说明理由。
本县自己的规则写在 `data/rules/任意名称.yml` 中，格式如上例，载入时检查，全部问题用中英文一次说全。

- `kind`：`per_unit`（标准 × 基数）、`fixed`（每处每期一次）、`match`（按 `of` 所指规则的应付额配套）、
  `every`（按时间：间隔、次数或每年标准）、`principle`（原则，由人判断）。办事要求同样是规则：应办公两天，办了一天，差一天。
- `base`、`conditions`、`paid` 取自数据项（`measure`）或表（`table`）：某列求和、行数或不同取值数；`where` 限定某列的取值或范围。
- 资金先看《补助资金结算表》中该规则标识的已补金额，再依次看 `paid` 所列来源。
- `area` 写明规则适用的县或代码开头几位，`"*"` 为各县；不写的，适用于其文件所属的县，文件不属于某一县的适用于各县。
- 未报不等于没有、不符合或未付：此时不下结论，并写明缺什么。"""
_GENERATED = "<!-- Generated by docs/generate.py; do not edit. 由 docs/generate.py 生成，请勿手改。 -->"


def catalogue() -> str:
    """The catalogue of indicators, by theme."""
    rows = indicator_rows()
    parts = [_GENERATED, "# Catalogue of indicators 指标目录", (
        f"{len(rows)} indicators. Each is one function in `commlib/indicators/<theme>.py`; its needs are the names of "
        "its arguments, which are measures of the [data dictionary](data_dictionary.md) (`__target`, `__plan`: another "
        "nature; `__last_year`, `__two_years_ago`: before; `__<member>` or `__<breakdown>`: parts).\n\n"
        f"共 {len(rows)} 项。每项是 `commlib/indicators/` 中的一个函数，"
        "参数名就是[数据字典](data_dictionary.md)中的数据。")]
    for theme, of_theme in groupby(rows, lambda row: row["theme"]):
        parts.append(_theme_heading(theme))
        parts += [_indicator(row) for row in of_theme]
    return _page(parts)


def _indicator(row: Mapping[str, str]) -> str:
    families = indicators()[row["id"]].arguments
    needs = {argument.name: argument.measure.id for family in families.values() for argument in family}
    if "" not in families:
        needs = {measure: measure for measure in row["measures"].split(";")}
    direction = _both(f"direction.{row['direction']}")
    lines = [
        f"### `{row['id']}`", "", f"{row['label_zh']} · {row['label_en']}", "",
        f"- definition: {row['definition_zh']} · {row['definition_en']}",
        f"- unit: `{row['unit']}`; direction: {direction}",
        "- needs: " + ", ".join(f"[`{name}`](data_dictionary.md#{measure})" for name, measure in needs.items()),
    ]
    if row["members"]:
        lines.append("- one value for each of: " + ", ".join(f"`{each}`" for each in row["members"].split(";")))
    source = row["defined_by"]
    return "\n".join([*lines, f"- defined by: {source} {source_title(source, 'zh')} · {source_title(source, 'en')}"])


def data_dictionary() -> str:
    """The tables by theme with their columns, checks and measures, then the measures by theme."""
    declared = tables(Home(FOLDER.parent))
    parts = [_GENERATED, "# Data dictionary 数据字典", (
        f"First the {len(declared)} tables, as they are read and checked, then the measures that they are turned into. "
        "`commlib form TABLE` writes the empty form of a table; a file in `data/tables/` [declares one of your "
        "own](tables.md).\n\n"
        f"先是 {len(declared)} 张表的栏目，再是由它们得到的数据项。`commlib form 表名` 生成空白报表；"
        "在 `data/tables/` 中放一个[声明文件](tables.md)，就是自设的表。"), "## Tables 数据表"]
    for theme, of_theme in groupby(declared, lambda each: each.theme):
        parts.append(_theme_heading(theme, "###"))
        for one in of_theme:
            parts += _declared_table(one)
    parts.append("## Measures 数据项")
    rows = sorted(measure_rows(), key=lambda row: row["theme"])
    for theme, of_measures in groupby(rows, lambda row: row["theme"]):
        parts += [_theme_heading(theme, "###"), _measures(list(of_measures))]
    return _page(parts)


def _declared_table(one: TableDeclaration) -> list[str]:
    words = f"{one.label.zh} · {one.label.en}. One row: {one.row.zh} · {one.row.en}."
    words += f" File: `data/{one.file}`." if one.file else ""
    words += f" Sent: {_both(f'cycle.{one.cycle}')}." if one.cycle else ""
    words += "".join(f" {_said(each)}" for each in (one.note,) if each)
    parts = [f'#### <a id="table-{one.id}"></a>`{one.id}`', words, _columns(one)]
    by_name = {column.name: column for column in one.columns}
    checks = [f"- {_said(check_words(each, by_name))} ({_both(f'severity.{each.severity}')})" for each in one.checks]
    measures = ", ".join(f"[`{name}`](data_dictionary.md#{name.partition('__')[0]})" for name in one.measures)
    return [*parts, *(["\n".join(["Checks 核对:", "", *checks])] if checks else []),
            *([f"Feeds 提供的数据项: {measures}"] if measures else [])]


def _columns(one: TableDeclaration) -> str:
    return _table(
        ("column", "label", "type", "blank", "allowed or refers to", "also called", "remarks"),
        ((f"`{each.name}`{' (key)' if each.name in one.key else ''}", _said(each.label), _type(each),
          each.blank.replace("_", " ") if each.required or each.blank != "missing" else "may be absent", _allowed(each),
          "、".join(each.aliases), _remarks(each)) for each in one.columns))


def _type(column: Column) -> str:
    unit = f", `{column.unit}`" if column.unit else f", in `{column.unit_from}`" if column.unit_from else ""
    return f"{column.type}{unit}{f', {column.kind}' if column.kind else ''}"


def _allowed(column: Column) -> str:
    words = range_words(column)
    choices = (f"`{each.id}`" if each.label.zh == each.id else f"`{each.id}` {each.label.zh}" for each in column.choices)
    level = f"level: {column.level}" if column.type == "place" else ""
    return ", ".join([*choices, *([f"`{column.references}`"] if column.references else []),
                      *([_said(words)] if words else []), *([level] if level else [])])


def _remarks(column: Column) -> str:
    personal = phrases.text(f"personal.{column.personal}") if column.personal else None
    return " ".join(_said(each) for each in (column.note, column.caveat, personal) if each)


def _measures(rows: list[dict[str, str]]) -> str:
    return _table(
        ("measure", "label", "unit", "may be summed", "time", "holds", "members"),
        ((f'<a id="{row["id"]}"></a>`{row["id"]}`', f"{row['label_zh']} · {row['label_en']}", f"`{row['unit']}`",
          row["additive"], row["time"], f"{row['holds']} months" if row["holds"].isdigit() else row["holds"],
          ", ".join(f"`{each}`" for each in row["members"].split(";") if each)) for row in rows))


def parameters() -> str:
    """The parameters of every notebook, how they are given and what is done with a retired county code."""
    notebooks = read_notebooks(Home(FOLDER.parent))
    rows = parameter_rows(notebooks)
    parts = [_GENERATED, "# Parameters 参数", _PARAMETERS_EN, _PARAMETERS_ZH]
    for notebook in notebooks:
        parts += [f"## `{notebook.id}`", f"{notebook.title.zh} · {notebook.title.en}", _table(
            ("parameter", "given by", "type", "default", "allowed", "meaning"),
            ((f"`{row['parameter']}`", f"`{row['option']}`", row["type"], f"`{row['default'] or 'None'}`",
              ", ".join(f"`{each}`" for each in row["allowed"].split(";") if each) or _ANY[row["type"]],
              f"{row['label_zh']} · {row['label_en']}") for row in rows if row["notebook"] == notebook.id))]
    return _page(parts)


def fault_codes() -> str:
    """Every code of a fault of a return, with its words."""
    rows = ((f"`{each}`", *(phrases.phrase(f"code.{each}", language) for language in ("zh", "en"))) for each in Code)
    return _page([_GENERATED, "# Fault codes 问题代码", (
        f"The {len(Code)} codes of faults that `commlib intake` tells, in JSON and in the [fault workbook](returns.md): first "
        "those of files and layouts, then of cells, places and periods, then of checks. The severity (`error`, `warning`, "
        "`note`) stands with each fault; a row with an error is not taken.\n\n"
        f"`commlib intake` 报出的 {len(Code)} 种问题，用于 JSON 和[标注问题的工作簿](returns.md)：先是文件和版式，"
        "再是单元格、地名和时期，最后是核对。每个问题另注程度（错误、警告、提示）；有错误的行不采用。"),
        _table(("code", "中文", "English"), rows)])


def rules_page() -> str:
    """Every rule of the reports by its number in the catalogue, and how a county writes its own."""
    rows = sorted(rule_rows(), key=lambda row: int(row["number"]))
    return _page([_GENERATED, "# Rules 规则", _RULES_EN, _RULES_ZH, "## Rules of the reports 报告所述规则", _table(
        ("no.", "rule", "label", "formula", "period", "level", "document", "figures"),
        ((row["number"], f"`{row['rule']}`", *(f"{row[f'{name}_zh']} · {row[f'{name}_en']}" for name in ("label", "formula")),
          row["per"], row["level"], f"{row['document_zh']} · {row['document_en']}", row["figures"].replace(";", ", "))
         for row in rows))])


def _theme_heading(theme: str, mark: str = "##") -> str:
    words = phrases.text(f"theme.{theme}")
    return f"{mark} {words.en} {words.zh}"


def _both(key: str) -> str:
    return _said(phrases.text(key))


def _said(words: Text) -> str:
    return f"{words.zh} · {words.en}"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _page(parts: Iterable[str]) -> str:
    return "\n\n".join(parts) + "\n"


PAGES = {"catalogue.md": catalogue, "data_dictionary.md": data_dictionary, "fault_codes.md": fault_codes,
         "parameters.md": parameters, "rules.md": rules_page}


def main() -> None:
    """Write the generated pages."""
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
