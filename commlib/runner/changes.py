"""Why an item runs or does not: what the ledger knows of it against the keys and the data as they stand now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypeAlias

from commlib import phrases
from commlib.addresses import names_by_folder
from commlib.runner.keys import Key, Keys
from commlib.runner.ledger import UNFINISHED, Entry, Ledger
from commlib.runner.outcomes import Outcome, Status
from commlib.runner.pages import Workshop
from commlib.runner.plan import Item, Plan, Skipped
from commlib.store import Store

PLAN_COLUMNS = ("notebook", "county", "period", "language", "runs", "reason", "why")
RUN_COLUMNS = ("run", "started", "ended", "due", "unchanged", "skipped", "done", "failed")
FAILURE_COLUMNS = ("notebook", "county", "period", "language", "status", "reason", "engine", "first_line", "run")


State: TypeAlias = tuple[str, str, str]   # an item's status, key and reads, as the ledger keeps them


class Reason(StrEnum):
    """Why an item runs; `unchanged` alone says that it does not."""

    NEW = "new"
    UNFINISHED = "unfinished"
    FAILED = "failed_before"
    NOTEBOOK = "notebook_changed"
    PARAMETERS = "parameters_changed"
    CODE = "code_changed"
    DATA = "data_changed"
    PAGE = "page_missing"
    FORCED = "forced"
    UNCHANGED = "unchanged"


class Choice(StrEnum):
    """Which items a run takes: those that changed, all of them, or only those that failed or were left undone."""

    CHANGED = "changed"
    ALL = "all"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Weighed:
    """An item with its key as of now and the reason to run it or not."""

    item: Item
    key: Key
    reason: Reason


def weigh(workshop: Workshop, store: Store, work: Plan, states: Mapping[tuple[str, str, str], State]) -> list[Weighed]:
    """Every item of a plan with the reason why it has to run, or `unchanged`; `states` is what the ledger says of each."""
    keys, standing = Keys(workshop.home), names_by_folder(workshop.site, {item.county or "" for item in work.items})

    @cache
    def same_data(reads: str) -> bool:
        return all(now(name) == then for name, then in json.loads(reads).items())

    now = cache(store.slice_hash)
    weighed = []
    for item in work.items:
        key = keys.key(item)
        name = f"{item.notebook.id}.{item.language}.html"
        reason = _reason(states.get(_page(item)), key, same_data, name in standing[item.county or ""])
        weighed.append(Weighed(item, key, reason))
    return weighed


def due(weighed: Iterable[Weighed], choice: Choice) -> list[Weighed]:
    """Those of the items that a run takes."""
    if choice is Choice.ALL:
        return [each if each.reason is not Reason.UNCHANGED else Weighed(each.item, each.key, Reason.FORCED)
                for each in weighed]
    wanted = {Reason.FAILED, Reason.UNFINISHED} if choice is Choice.FAILED else set(Reason) - {Reason.UNCHANGED}
    return [each for each in weighed if each.reason in wanted]


def waiting(each: Weighed) -> Entry:
    """What the ledger says of an item until it is done."""
    return _entry(each, "", UNFINISHED)


def finished(each: Weighed, outcome: Outcome, store: Store, run: int) -> Entry:
    """What the ledger says of an item that is done."""
    reads = json.dumps({name: store.slice_hash(name) for name in sorted(outcome.reads)})
    return _entry(each, reads, outcome.status, engine=outcome.engine, seconds=outcome.seconds, memory=outcome.memory,
                  first_line=outcome.first_line, run=run)


def plan_rows(weighed: Iterable[Weighed], skipped: Iterable[Skipped], language: str) -> list[dict[str, str]]:
    """The work as rows of text in PLAN_COLUMNS: what runs and why, what does not, and what does not apply."""
    rows = [(each.item.notebook.id, each.item.county or "", each.item.period or "", each.item.language,
             "no" if each.reason is Reason.UNCHANGED else "yes", each.reason.value,
             phrases.phrase(f"reason.{each.reason}", language)) for each in weighed]
    rows += [(each.notebook.id, each.county, "", "", "no", "not_applicable", each.reason[language]) for each in skipped]
    return [dict(zip(PLAN_COLUMNS, row, strict=True)) for row in rows]


def run_rows(ledger: Ledger) -> list[dict[str, str]]:
    """Every run as a row of text in RUN_COLUMNS, the last one first."""
    return [{name: str(getattr(each, name)) for name in RUN_COLUMNS} for each in reversed(ledger.runs())]


def failure_rows(ledger: Ledger) -> list[dict[str, str]]:
    """Every item that failed when it last ran, or was left undone, as a row of text in FAILURE_COLUMNS."""
    return [{name: str(getattr(each, name)) for name in FAILURE_COLUMNS}
            for _, each in sorted(ledger.entries().items()) if each.status != Status.OK]


def _reason(state: State | None, key: Key, same_data: Callable[[str], bool], page_stands: bool) -> Reason:
    if state is None:
        return Reason.NEW
    status, then, reads = state
    if status == UNFINISHED:
        return Reason.UNFINISHED
    if status != Status.OK:
        return Reason.FAILED
    if then != str(key):
        before = Key.of(then)
        if before is None or before.notebook != key.notebook:
            return Reason.NOTEBOOK
        return Reason.PARAMETERS if before.parameters != key.parameters else Reason.CODE
    if not same_data(reads):
        return Reason.DATA
    return Reason.UNCHANGED if page_stands else Reason.PAGE


def _page(item: Item) -> tuple[str, str, str]:
    return item.notebook.id, item.county or "", item.language


def _entry(each: Weighed, reads: str, status: str, **more: object) -> Entry:
    notebook, county, language = _page(each.item)
    return Entry(notebook, county, language, each.item.period or "", str(each.key), reads, status, each.reason.value,
                 **more)  # type: ignore[arg-type]
