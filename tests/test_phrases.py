"""Every sentence stands in phrases.toml in both languages; none is missing where it is said, none is said nowhere."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from enum import StrEnum
from functools import cache

import pytest
from source_code import PACKAGE, modules

from commlib import phrases
from commlib.audit import Outcome
from commlib.bilingual import Text
from commlib.blocks.head import GRADES, STATUSES
from commlib.declarations.checks import CheckKind, Severity
from commlib.declarations.columns import Blank, ColumnType, Personal
from commlib.declarations.measures import YEARS_BACK, Nature, Time, measures
from commlib.declarations.standards import standards
from commlib.declarations.systems import systems
from commlib.declarations.tables import OWN_THEME, Cycle, tables
from commlib.indicators.registry import Direction, indicators
from commlib.intake.faults import Code
from commlib.runner.changes import Reason
from commlib.runner.notebooks import ParameterType

HAN = re.compile(r"[\u3400-\u9fff]")
KEY = re.compile(r"[a-z_]+\.[a-z0-9_]+")
FILE_ENDINGS = {"html", "toml", "csv", "parquet", "json", "ipynb", "py", "js", "css"}   # `index.html` is no phrase
SAYS = {"phrases.phrase", "phrases.text", "both", "say"}
# What one language needs and the other does not: English ordinals have endings; 等n个 counts all, "n more" the rest.
ONE_LANGUAGE_ONLY = {"number.rank_of": {"ending"}, "chart.and_more": {"n", "more"}}
OTHER_LANGUAGE_MEANT = {"page.other_language"}   # the link to the page in the other language, named in that language


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def words_only(template: str) -> str:
    """A phrase without its placeholders."""
    return "".join(literal for literal, *_ in string.Formatter().parse(template))


def templates() -> list[tuple[str, str]]:
    """Name and text of the Jinja templates of the pages."""
    return [(path.name, path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.jinja"))]


# ---- what the code says

def strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that stand alone: not the pieces of f-strings or of sums of strings."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node
        elif isinstance(node, ast.JoinedStr):
            for part in node.values:
                yield from strings(part) if isinstance(part, ast.FormattedValue) else ()
        elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
            yield from strings(node.right)
        else:
            yield from strings(node)


@cache
def literal_keys() -> dict[str, str]:
    """Every key that the code writes out, with a place where it does."""
    groups = {key.partition(".")[0] for key in phrases.catalogue()}
    found = {node.value: module.at(node) for module in modules() for node in strings(module.tree)
             if KEY.fullmatch(node.value) and node.value.partition(".")[0] in groups
             and node.value.rpartition(".")[2] not in FILE_ENDINGS}
    return found | {key: name for name, text in templates() for key in re.findall(r"""say\(["']([\w.]+)["']""", text)}


@cache
def families() -> dict[str, str]:
    """Every computed key as a pattern, with a place where it is computed: `theme\\.(.+)` for f"theme.{…}"."""
    groups = {key.partition(".")[0] for key in phrases.catalogue()}
    found = {}
    for module in modules():
        for node in ast.walk(module.tree):
            pattern = family_pattern(node)
            if pattern.partition("\\.")[0] in groups or pattern.startswith("(.+)"):
                found[pattern] = f"{module.shown}:{getattr(node, 'lineno', 0)}"
    return found


def family_pattern(node: ast.AST) -> str:
    """The pattern of a computed key: an f-string, a sum that begins with `group.`, or a test `startswith("group.")`."""
    if isinstance(node, ast.Call) and node.args:
        first = node.args[0]
        if ast.unparse(node.func) in SAYS and isinstance(first, ast.JoinedStr):
            return pattern_of(first)   # of whatever group, as in f"{kind}_meaning.{each}"
        return group_pattern(first) if ast.unparse(node.func).endswith(".startswith") else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return group_pattern(node.left)
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and \
            re.match(r"[a-z_]+\.", str(node.values[0].value)):
        return pattern_of(node)
    return ""


def pattern_of(node: ast.JoinedStr) -> str:
    """An f-string as a pattern."""
    return "".join(re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)" for part in node.values)


def group_pattern(node: ast.AST) -> str:
    """All of a group, for the string `group.`; "" for anything else."""
    is_group = isinstance(node, ast.Constant) and re.fullmatch(r"[a-z_]+\.", str(node.value))
    return re.escape(str(node.value)) + "(.+)" if is_group and isinstance(node, ast.Constant) else ""


@cache
def known_words() -> set[str]:
    """What may stand in a computed key: every string and name of the code, every word of the declarations."""
    words = {node.value for module in modules() for node in strings(module.tree)}
    words |= {node.id for module in modules() for node in ast.walk(module.tree) if isinstance(node, ast.Name)}
    declarations = [path for path in PACKAGE.joinpath("declarations").rglob("*") if path.suffix in (".toml", ".csv")]
    for path in declarations:
        words |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return words


# Members of `words` come from the data, and `audit_rule` is gone through as a whole: these have no closed words.
OPEN_FAMILIES = {r"words\.(.+)", r"audit_rule\.(.+)"}


def said_by(key: str) -> bool:
    """Whether some code says a phrase: by its whole key, or by a family whose variable part is a word that it knows."""
    if key in literal_keys():
        return True
    for pattern in families():
        match = re.fullmatch(pattern, key)
        if match and (pattern in OPEN_FAMILIES or known_words().issuperset(match.groups())):
            return True
    return False


def test_every_phrase_is_said_somewhere() -> None:
    idle = [key for key in phrases.catalogue() if not said_by(key)]
    assert not idle, f"in phrases.toml, but never said: {idle}"


def test_every_key_that_is_said_exists() -> None:
    missing = {key: where for key, where in literal_keys().items() if key not in phrases.catalogue()}
    assert not missing


def test_every_family_has_members() -> None:
    empty = {pattern: where for pattern, where in families().items()
             if not any(re.fullmatch(pattern, key) for key in phrases.catalogue())}
    assert not empty


# ---- families over closed vocabularies have a phrase for each member

def of(vocabulary: type[StrEnum]) -> set[str]:
    return {each.value for each in vocabulary}


@pytest.mark.parametrize(("prefix", "members"), [
    ("theme.", {each.theme for family in (indicators(), measures()) for each in family.values()}
     | {each.theme for each in tables()} | {OWN_THEME}),
    ("type.", of(ColumnType)), ("blank.", of(Blank)), ("personal.", of(Personal) - {""}),
    ("severity.", of(Severity)), ("code.", of(Code)), ("check.", of(CheckKind)),
    ("direction.", of(Direction)),
    ("nature.", of(Nature) | set(YEARS_BACK)),
    ("time.", of(Time)),
    ("holds.", {each.holds for each in measures().values() if not each.holds.isdigit()} | {"months"}),
    ("status.", set(STATUSES)), ("status_meaning.", set(STATUSES)),
    ("grade.", set(GRADES)), ("grade_meaning.", set(GRADES)),
    ("chart.verdict_", of(Outcome)), ("reason.", of(Reason)),
    ("parameter.kind_", of(ParameterType)),
    ("list_kind.", {each.kind for each in standards().values()}),
    ("cycle.", {each.cycle for system in systems().values() for each in system.cycles} | of(Cycle)),
    ("fault.allowed_", of(ColumnType) - {"text", "unit"}), ("fault.remedy_", of(ColumnType) - {"text", "unit"}),
    ("table.allowed_", {"str", "bool", "list", "dict"}),
    ("number.", {"rank", "year", "class"}),
])
def test_a_family_has_a_phrase_for_every_member(prefix: str, members: set[str]) -> None:
    missing = {prefix + member for member in members} - set(phrases.catalogue())
    assert members and not missing


# ---- what a phrase must be

@pytest.mark.parametrize(("key", "words"), phrases.catalogue().items(), ids=list(phrases.catalogue()))
def test_both_languages_say_the_same_thing_in_their_own_script(key: str, words: Text) -> None:
    only_one = ONE_LANGUAGE_ONLY.get(key, set())
    assert placeholders(words.zh) | only_one == placeholders(words.en) | only_one
    if key in OTHER_LANGUAGE_MEANT:
        return
    assert not HAN.search(words.en), "Chinese in the English words"
    assert HAN.search(words.zh) or not re.search(r"[^\W\d_]", words_only(words.zh)), "no Chinese in the Chinese words"


def calls_with_a_key() -> Iterator[tuple[str, str, set[str]]]:
    """Every call that says a phrase by its whole key: key, place, and the placeholders that it fills."""
    ours = {"phrases.phrase", "phrases.text", "both"}
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ours and node.args \
                    and isinstance(node.args[0], ast.Constant) and all(each.arg for each in node.keywords):
                yield str(node.args[0].value), module.at(node), {str(each.arg) for each in node.keywords}
    for name, text in templates():
        for key, filled in re.findall(r"""say\(["']([\w.]+)["']((?:[^()]|\([^()]*\))*)\)""", text):
            yield key, name, set(re.findall(r"(\w+)=", filled))


def test_a_phrase_gets_just_the_placeholders_it_has() -> None:
    wrong = []
    for key, where, filled in calls_with_a_key():
        template = phrases.catalogue().get(key)
        wanted = placeholders(template.zh) | placeholders(template.en) if template else set()
        if template and filled != wanted:
            wrong.append(f"{where} {key}: filled {sorted(filled)}, wanted {sorted(wanted)}")
    assert not wrong, "\n".join(wrong)
