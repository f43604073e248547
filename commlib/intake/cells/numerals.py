"""Numbers as words: 一百二十, 1.2万, 3亿5000万 and 二〇一三, exactly; what has two readings (三百四, 三五) has none here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from commlib.intake.cells.readings import decimal_text

# No library: the one that reads such numerals makes 12345 of 1.23456万 and floats of decimals, and takes 三五 for 35.
_DIGITS = {**{sign: value for value, sign in enumerate("零一二三四五六七八九")},
           **{sign: value for value, sign in enumerate("〇壹贰叁肆伍陆柒捌玖")},
           **{sign: value for value, sign in enumerate("○壹貳參肆伍陸柒捌玖")}, "两": 2, "兩": 2, "叄": 3}
_STEPS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_MYRIADS = {"万": 10 ** 4, "萬": 10 ** 4, "亿": 10 ** 8, "億": 10 ** 8}
_PLAIN = "零一二三四五六七八九"
_FEWEST_POSITIONAL = 3   # 三五 may be 3 to 5
HAN = "".join([*_DIGITS, *_STEPS, *_MYRIADS])
ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:[.·・‧•∙⋅][0-9]+)?|\.[0-9]+"
SCALE = "[百千佰仟]?[万亿萬億]亿?|[百千佰仟]"
_PARTS = re.compile(r"([0-9]+(?:\.[0-9]+)?)([亿億万萬千百]|$)")
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as it is printed: its digits in ASCII, and what they are multiplied by (1.2 and 10,000)."""

    digits: str
    scale: Fraction = Fraction(1)

    @property
    def value(self) -> Fraction:
        """The number, exactly."""
        return Fraction(self.digits) * self.scale


def scale_of(words: str) -> Fraction:
    """What 万, 百万 or 万亿 multiplies by; 1 for no word."""
    product = Fraction(1)
    for word in words:
        product *= _STEPS.get(word) or _MYRIADS[word]
    return product


def numeral(text: str) -> Numeral | None:
    """Read digits, Chinese numerals or a mixture such as 3亿5000万; None where it is none or has two readings."""
    if len(text) > 2 * _MOST_DIGITS:
        return None
    if re.fullmatch(ARABIC, text):
        digits = re.sub("[·・‧•∙⋅]", ".", text.replace(",", ""))
        whole, point, part = digits.partition(".")
        return Numeral((whole.lstrip("0") or "0") + point + part) if len(whole) <= _MOST_DIGITS else None
    mixed = _mixed(text)
    if mixed is not None:
        return mixed
    whole, point, part = text.partition("点")
    value = chinese(whole)
    if value is None or (point and not (part and set(part) <= _DIGITS.keys())):
        return None
    return Numeral(str(value) + ("." + "".join(str(_DIGITS[sign]) for sign in part) if point else ""))


def chinese(text: str) -> int | None:
    """A whole number in Chinese numerals, complete (一千零二十) or digit by digit (二〇一三); None for anything else."""
    if not text or not set(text) <= set(HAN):
        return None
    if set(text) <= _DIGITS.keys():
        return int("".join(str(_DIGITS[sign]) for sign in text)) if len(text) >= _FEWEST_POSITIONAL or len(text) == 1 else None
    total = section = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in _STEPS:
            section, digit = section + (digit or 1) * _STEPS[sign], 0
        else:
            total, section, digit = (total + section + digit) * _MYRIADS[sign] if sign in "亿億" else \
                total + (section + digit) * _MYRIADS[sign], 0, 0
    value = total + section + digit
    plain = "".join(_PLAIN[_DIGITS[sign]] if sign in _DIGITS else sign for sign in text).translate(
        str.maketrans("拾佰仟萬億", "十百千万亿"))
    # Only what is written as such a number is written in full: 三百四, 百十 and 二十二十 are not.
    return value if _bare(plain) == _bare(written(value)) else None


def written(value: int) -> str:
    """A whole number below 10^16 in full Chinese numerals."""
    high, rest = divmod(value, 10 ** 8)
    if high:
        return written(high) + "亿" + (("零" if rest < 10 ** 7 else "") + written(rest) if rest else "")
    high, rest = divmod(value, 10 ** 4)
    if high:
        return written(high) + "万" + (("零" if rest < 10 ** 3 else "") + written(rest) if rest else "")
    text = ""
    for sign, step in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit = value // step % 10
        text += _PLAIN[digit] + sign if digit else "零"
    return re.sub("零+", "零", text).strip("零") or "零"


def _bare(text: str) -> str:
    """Without what writers vary in: 十五 and 一十五, 三万零五千 and 三万五千."""
    return re.sub("(?<=[万亿])零(?=.千)", "", text).replace("一十", "十")


def _mixed(text: str) -> Numeral | None:
    """Digits and words in turn, from large to small: 3亿5000万, 1万2千; a bare last digit (3万5) has two readings."""
    parts = _PARTS.findall(text.replace(",", ""))
    if len(parts) < 2 or "".join(digits + word for digits, word in parts) != text:
        return None
    total, scale, before = Fraction(0), Fraction(1), None
    for place, (digits, word) in enumerate(parts):
        scale, last = scale_of(word), place == len(parts) - 1
        if ("." in digits and not (last and word)) or (last and not word and len(digits) == 1):
            return None
        if before is not None and Fraction(digits) * scale >= before:
            return None
        total, before = total + Fraction(digits) * scale, scale
    return Numeral(decimal_text(total / scale), scale)
