"""County analyses of community building: from returns to indicators, findings, notebooks and pages.

`from commlib import open_county; view = open_county("431024")`. Names load on first use, so importing costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commlib.bilingual import Text as Text
    from commlib.blocks.head import head as head
    from commlib.blocks.head import method_box as method_box
    from commlib.blocks.head import sources as sources
    from commlib.blocks.overview import indicator_table as indicator_table
    from commlib.blocks.overview import key_figures as key_figures
    from commlib.blocks.register import ranking_chart as ranking_chart
    from commlib.blocks.theme import theme_figures as theme_figures
    from commlib.narratives import narrative as narrative
    from commlib.view import open_county as open_county

_WHERE = {
    "Text": "commlib.bilingual", "head": "commlib.blocks.head", "indicator_table": "commlib.blocks.overview",
    "key_figures": "commlib.blocks.overview", "method_box": "commlib.blocks.head", "narrative": "commlib.narratives",
    "open_county": "commlib.view", "ranking_chart": "commlib.blocks.register", "sources": "commlib.blocks.head",
    "theme_figures": "commlib.blocks.theme",
}
__all__ = ["Text", "head", "indicator_table", "key_figures", "method_box", "narrative", "open_county", "ranking_chart", "sources",
           "theme_figures"]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'commlib' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
