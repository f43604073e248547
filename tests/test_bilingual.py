"""Words in both languages."""

from __future__ import annotations

import pytest

from commlib.bilingual import Language, Text, listed


@pytest.mark.parametrize(("zh", "en"), [("", "words"), ("词", ""), ("词", "  "), ("\n", "words")])
def test_both_languages_are_required(zh: str, en: str) -> None:
    with pytest.raises(ValueError, match="both languages"):
        Text(zh=zh, en=en)


def test_a_text_gives_each_language_its_words() -> None:
    text = Text.of({"zh": "县", "en": "county"})
    assert (text["zh"], text["en"], text[Language.EN]) == ("县", "county", "county")
    assert Text.same("411325") == Text("411325", "411325")
    with pytest.raises(ValueError):
        text["fr"]
    with pytest.raises(KeyError, match="en"):
        Text.of({"zh": "县"})


def test_lists_follow_the_habit_of_the_language() -> None:
    assert listed(["甲", "乙"], "zh") == "甲、乙" and listed(["a", "b"], "en") == "a, b" and listed([], "zh") == ""
