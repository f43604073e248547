"""Pages and index: self-contained, in one language, escaped, deterministic, and never from a failed notebook."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat.v4 as notebooks
import pytest
from nbformat import NotebookNode

from commlib.addresses import remove, write_whole
from commlib.bilingual import Text
from commlib.blocks.block import Block
from commlib.charts.style import css_variables, style
from commlib.errors import CommlibError, PublishError, StoreError
from commlib.publish import outputs, rendering, site
from commlib.publish.page import PageHead, render_page

HOSTILE = '</title><script>alert(1)</script>"\'&<b>县'
SVG = (
    '<svg role="img" aria-label="finding" viewBox="0 0 9 9"><defs><clipPath id="clip"><rect/></clipPath></defs>'
    '<g id="axes_1" clip-path="url(#clip)"><use xlink:href="#clip"/></g></svg>'
)
HEAD = PageHead(
    title="县情概览", place="嘉禾县 431024", language="zh", other_language_href="county_overview.en.html",
    index_href="../index.html", fictional=False, style=":root{--color-good:#176b35}", version="0.1.0",
    vintage="2026-11",
)
VOID = {"meta", "link", "br", "img", "hr", "input"}


class Balance(HTMLParser):
    """Collects elements and complains about tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Balance()
    parser.feed(html)
    parser.close()
    assert not parser.open
    return parser.found


def code(*results: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    return notebooks.new_code_cell("secret_code()", outputs=list(results), metadata={"tags": list(tags)})


def shown(**data: str) -> NotebookNode:
    kinds = {"html": "text/html", "svg": "image/svg+xml", "png": "image/png", "plain": "text/plain"}
    return notebooks.new_output("display_data", data={kinds[kind]: value for kind, value in data.items()})


def prose(words: str, *tags: str) -> NotebookNode:
    return notebooks.new_markdown_cell(words, metadata={"tags": list(tags)})


def page(*cells: NotebookNode, **changes: Any) -> str:
    return render_page(notebooks.new_notebook(cells=list(cells)), head=replace(HEAD, **changes))


def stream(words: str) -> NotebookNode:
    return notebooks.new_output("stream", name="stdout", text=words)


def test_page_keeps_outputs_and_hides_code_and_silent_cells() -> None:
    html = page(
        code(stream("period = 'x'"), tags=("parameters",)), code(stream("injected"), tags=("injected-parameters",)),
        code(stream("vanished"), tags=("hide",)), code(shown(html='<p class="finding">结论</p>', plain="no")),
        code(stream("\x1b[31ma < b\x1b[0m\n")), code(shown(svg='<?xml version="1.0"?>\n<!DOCTYPE svg>' + SVG)),
        code(shown(png=base64.b64encode(b"png").decode() + "\n", plain="<Figure>")),
    )
    assert '<p class="finding">结论</p>' in html
    assert "<pre>a &lt; b</pre>" in html
    assert '<img src="data:image/png;base64,cG5n" alt="图：没有文字说明">' in html
    for absent in ("secret_code", "injected", "vanished", "period =", "<?xml", "<Figure", "\x1b"):
        assert absent not in html
    parsed(html)


@pytest.mark.parametrize(
    ("language", "tag", "kept", "dropped"), [("zh", "zh-CN", "正文", "prose"), ("en", "en", "prose", "正文")]
)
def test_page_speaks_one_language(language: str, tag: str, kept: str, dropped: str) -> None:
    html = page(prose("## 正文", "lang-zh"), prose("## prose", "lang-en"), language=language)
    elements = parsed(html)
    assert elements[0] == ("html", {"lang": tag})
    assert f'<h2 id="s1">{kept}</h2>' in html and dropped not in html
    switch = next(attributes for name, attributes in elements if "hreflang" in attributes)
    assert switch["hreflang"] != tag and switch["href"] == "county_overview.en.html"


def test_page_leaves_out_the_sheet_that_blocks_carry_into_notebooks() -> None:
    block = Block("<p>kept</p>")._repr_html_()
    assert "dl.key-figures > div" in block
    html = page(code(shown(html=block)))
    assert "<p>kept</p>" in html and "data-for" not in html


def test_page_without_other_language_has_no_switch() -> None:
    assert "hreflang" not in page(prose("x"), other_language_href=None)


def test_page_has_one_title_and_escapes_raw_html_in_markdown() -> None:
    html = page(prose("# 标题\n\n<b onclick=x>加粗</b>\n\n| a |\n|--|\n| 1 |"))
    assert html.count("<h1>") == 1 and "<h1>县情概览</h1>" in html
    assert "&lt;b onclick=x&gt;" in html
    assert '<div class="scroll" tabindex="0"><table>' in html


def test_page_loads_nothing_from_outside() -> None:
    html = page(prose("[来源](https://example.org)"), code(shown(html=f"<figure>{SVG}</figure>")))
    assert not list(outputs.outside_loads(html.replace("<meta ", "<x-meta ")))
    for name, attributes in parsed(html):
        assert name not in {"script", "link", "iframe"}
        assert "src" not in attributes or str(attributes["src"]).startswith("data:")
        assert name == "a" or not re.match(r"(?:https?:)?//", attributes.get("href") or "")
    assert "default-src 'none'" in html and "@import" not in html and "url(http" not in html


@pytest.mark.parametrize("fragment", [
    '<img src="https://example.org/a.png">', "<img alt='>' src=//cdn/a.png>", '<img src="local.png">',
    '<script>1</script>', '<link rel="stylesheet" href="x.css">', '<iframe src="data:x"></iframe>',
    '<svg><image xlink:href="http://example.org/a.png"/></svg>', "<style>p{background:url(http://a/b)}</style>",
    "<style>@import 'x.css';</style>", '<p style="background:url(//a/b)">x</p>', '<img srcset="a.png 2x">',
])
def test_page_refuses_outside_loads_and_scripts(fragment: str) -> None:
    with pytest.raises(PublishError, match="2"):
        page(prose("x"), code(shown(html=fragment)))


@pytest.mark.parametrize("fragment", [
    '<img src="data:image/png;base64,eA==">', "<p>src=https://example.org url(http://x)</p>",
    '<a href="https://example.org">x</a>', '<table data-src="a"><tr><td title="src=x">1</td></tr></table>', SVG,
])
def test_page_accepts_what_loads_nothing(fragment: str) -> None:
    assert not list(outputs.outside_loads(fragment))


def test_failed_or_unfinished_notebook_is_refused() -> None:
    error = notebooks.new_output("error", ename="ValueError", evalue="bad", traceback=[])
    with pytest.raises(PublishError, match="ValueError: bad") as caught:
        page(prose("x"), code(error, tags=("hide",)))
    assert isinstance(caught.value, CommlibError) and "第 2 个单元" in caught.value.say("zh")
    unfinished = code()
    unfinished.metadata["papermill"] = {"status": "pending", "exception": None}
    with pytest.raises(PublishError):
        page(unfinished)


def test_svg_ids_are_unique_to_the_page_and_unused_ones_dropped() -> None:
    html = page(code(shown(html=SVG + SVG)), code(shown(svg=SVG)))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert "axes_1" not in html
    for number in (1, 2, 3):
        assert f'id="c{number}-clip"' in html and f"url(#c{number}-clip)" in html and f'href="#c{number}-clip"' in html


def test_hostile_names_are_escaped() -> None:
    html = page(prose("x"), title=HOSTILE, place=HOSTILE, version=HOSTILE, vintage=HOSTILE, index_href='"><script>')
    assert "<script" not in html and "alert(1)" in html
    parsed(html)


def test_same_notebook_gives_same_page() -> None:
    cells = [prose("## 一"), code(shown(html=SVG)), code(stream("x"))]
    assert page(*cells) == page(*cells)


def test_fictional_data_is_said_in_words() -> None:
    assert "虚构数据" in page(prose("x"), fictional=True)
    assert "虚构数据" not in page(prose("x"))


def test_page_path_and_relative_links(tmp_path: Path) -> None:
    county = site.page_path(tmp_path, "county_overview", "431024", "zh")
    once = site.page_path(tmp_path, "methods_and_sources", None, "en")
    assert county == tmp_path / "431024" / "county_overview.zh.html"
    assert once == tmp_path / "methods_and_sources.en.html"
    assert site.relative_href(county, site.index_path(tmp_path, "zh")) == "../index.html"
    assert site.relative_href(county, once) == "../methods_and_sources.en.html"
    assert site.relative_href(tmp_path / "index.html", tmp_path / "南" / "a b.html") == "%E5%8D%97/a%20b.html"


@pytest.mark.parametrize("name", ["..", "../x", "a/b", "", ".hidden", "a b", "a\n"])
def test_page_path_refuses_names_that_leave_the_site(tmp_path: Path, name: str) -> None:
    with pytest.raises(PublishError):
        site.page_path(tmp_path, "county_overview", name, "zh")
    with pytest.raises(PublishError):
        site.page_path(tmp_path, name, None, "zh")


def test_a_page_is_replaced_whole_and_removed_once(tmp_path: Path) -> None:
    path = tmp_path / "431024" / "a.zh.html"
    write_whole(path, b"old")
    write_whole(path, "新\n".encode())
    assert path.read_bytes() == "新\n".encode() and [entry.name for entry in path.parent.iterdir()] == ["a.zh.html"]
    remove(path)
    remove(path)
    assert not path.exists()


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        write_whole(tmp_path / "file" / "a.html", b"x")


def rows() -> list[site.IndexRow]:
    link, reason, failure = site.Link("431024/a.zh.html"), site.Reason("没有报告"), site.Reason(HOSTILE, failed=True)
    return [
        site.IndexRow("431024", "嘉禾县", "Jiāhé Xiàn", "湖南省", "名册", 3, {"county_overview": link}),
        site.IndexRow("bad", HOSTILE, HOSTILE, HOSTILE, HOSTILE, None, {"county_overview": reason}),
        site.IndexRow("130102", "长安区", "Chang'an", "河北省", "名册", 0, {"county_overview": failure}),
    ]


def index(folder: Path, language: str = "zh") -> str:
    path = site.write_index(
        folder, rows(), [(Text(zh="方法", en="Methods"), site.Link("methods.zh.html"))],
        [("county_overview", Text(zh="县情概览", en="Overview")), ("report_audit", Text(zh="核对", en="Audit"))],
        language, style="", version="0.1.0", vintage="2026-11",
    )
    return path.read_text(encoding="utf-8")


def test_index_lists_counties_reasons_and_counts(tmp_path: Path) -> None:
    html = index(tmp_path)
    assert (tmp_path / "index.html").is_file()
    assert "3 个县，2 个页面，1 项失败" in html
    assert '<a href="431024/a.zh.html">查看</a>' in html and '<a href="methods.zh.html">方法</a>' in html
    assert '<td class="no" title="没有报告">无数据<sup>1</sup></td>' in html and "<li>没有报告</li>" in html
    assert '<td class="no failed"' in html and '<td class="no">—</td>' in html
    assert 'data-s="431024' not in html and 'data-s="嘉禾县 431024 湖南省 jiahe xian jiahexian"' in html
    assert 'href="index.en.html" hreflang="en"' in html
    assert html.index('type="search"') < html.index("方法") < html.index("<table")


def test_index_escapes_names_and_runs_only_its_own_script(tmp_path: Path) -> None:
    html = index(tmp_path)
    elements = parsed(html)
    assert sum(name == "script" for name, _ in elements) == 1 and "script-src 'sha256-" in html
    assert all(not re.match(r"(?:https?:)?//", attributes.get("href") or "") for _, attributes in elements)
    assert not any("src" in attributes for _, attributes in elements)


def test_index_in_english_and_same_bytes_twice(tmp_path: Path) -> None:
    html = index(tmp_path, "en")
    assert (tmp_path / "index.en.html").is_file() and html.startswith('<!doctype html>\n<html lang="en">')
    assert "Jiāhé Xiàn" in html and 'href="index.html" hreflang="zh-CN"' in html
    assert html == index(tmp_path, "en")


def luminance(colour: str) -> float:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [style().light, style().dark], ids=["light", "dark"])
def test_text_colours_have_contrast(scheme: dict[str, str]) -> None:
    for ground in ("paper", "tint"):
        for name in ("ink", "muted", "link", "good", "warn", "bad", "missing"):
            high, low = sorted((luminance(scheme[name]), luminance(scheme[ground])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ground)


def test_page_sheet_uses_only_declared_variables() -> None:
    used = set(re.findall(r"var\(--([\w-]+)", rendering.render("page.html.jinja", "zh", head=HEAD, style="", body="")))
    declared = set(re.findall(r"--([\w-]+):", css_variables()))
    assert used and used <= declared
