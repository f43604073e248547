"""Laying what was executed in a folder of this machine where it belongs: at an address, or where all machines look."""

from __future__ import annotations

from dataclasses import replace

from commlib.addresses import write_whole
from commlib.errors import StoreError
from commlib.publish.site import withdraw
from commlib.runner.children import Answer
from commlib.runner.engine import keep_what_was_executed
from commlib.runner.outcomes import Status
from commlib.runner.pages import Workshop
from commlib.runner.plan import Item


def deliver(answer: Answer, item: Item, here: Workshop, there: Workshop) -> Answer:
    """Lay an item's copy and then its page where they belong, or withdraw the page; gives the answer.

    Where that fails, the item failed, and the answer says so.
    """
    if answer.ended:
        keep_what_was_executed(here.kept(item))
    made = [(mine, place) for mine, place in ((here.kept(item), there.kept(item)), (here.page(item), there.page(item)))
            if mine.is_file()]
    try:
        for mine, place in made:
            write_whole(place, mine.read_bytes())
        if len(made) < 2:
            withdraw(there.page(item))
    except StoreError as error:
        if answer.result:
            fault = error.say(item.language).splitlines()[0]
            return replace(answer, result=replace(answer.result, status=Status.FAILED, first_line=fault))
    finally:
        for mine, _ in made:
            mine.unlink()
    return answer
