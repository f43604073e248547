"""The Jinja2 templates of pages and the one style sheet that is written into each of them."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from commlib import phrases
from commlib.bilingual import Language

if TYPE_CHECKING:
    from jinja2 import Environment

LANGUAGE_TAGS = {Language.ZH: "zh-CN", Language.EN: "en"}


def render(template: str, language: str, **values: Any) -> str:
    """Fill a template of `templates/` in one language; every value is escaped unless it is Markup."""
    spoken = Language(language)
    return templates().get_template(template).render(
        say=lambda key, **filled: phrases.phrase(key, spoken, **filled),
        language=spoken.value,
        language_tag=LANGUAGE_TAGS[spoken],
        other_language_tag=LANGUAGE_TAGS[other_language(spoken)],
        page_css=_page_css(),
        **values,
    )


def other_language(language: str) -> Language:
    """Give the language that a page's language switch leads to."""
    return Language.EN if Language(language) is Language.ZH else Language.ZH


@cache
def templates() -> Environment:
    """The templates, each compiled once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("commlib.publish"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )


@cache
def _page_css() -> str:
    """Give page.css without comments and indentation: it is written into every one of thousands of pages."""
    source = files("commlib.publish").joinpath("templates/page.css").read_text(encoding="utf-8")
    bare = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())
