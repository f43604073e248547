"""What is about persons: found in cells where it has no place, never told, and where it is declared kept as a pseudonym only."""

from __future__ import annotations

import hmac
import os
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

from commlib import phrases
from commlib.bilingual import Text
from commlib.declarations.checks import Severity
from commlib.declarations.columns import DATES, NUMBERS, Column, ColumnType
from commlib.home import Home
from commlib.intake.faults import Code, ReturnFault, explained

KEY_FILE = "private/pseudonym.key"
_KEY_BYTES, _PSEUDONYM_DIGITS = 32, 20
# \d takes full-width digits too: what is found is narrowed before it is judged.
_IDENTITY = re.compile(r"(?<![\dA-Za-z])[1-9]\d{5}[-\s]?(?:18|19|20|１８|１９|２０)\d{6}[-\s]?\d{3}[\dXxＸｘ](?![\dA-Za-z])")
_OLD_IDENTITY = re.compile(r"(?<![\dA-Za-z.])[1-8]\d{14}(?![\dA-Za-z.])")
_MOBILE = re.compile(r"(?<!\d)(?<!\d[.-])(?:(?:\+|00)?86[-\s]?)?[1１][3-9３-９]\d[-\s]?\d{4}[-\s]?\d{4}(?![\d.])")
_LANDLINE = re.compile(r"(?<![\d.])(?:[(（][0０]\d{2,3}[)）]\s*|[0０]\d{2,3}[-－—–\s]{0,2})[2-9２-９]\d{6,7}(?![\d.])")
_PLACE_CODE = re.compile(r"\[1-9\](?:\[0-9\]\{(?:5|8|11)\})")
_MAYBE = re.compile(r"\d[\d\-－—–\s()（）]{8,}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_PROVINCE = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def _is_checked_identity(found: str) -> bool:
    """Whether 18 signs are an identity number with its check digit."""
    plain = _bare(found)
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, plain[:17], strict=True))
    return _is_identity(found) and plain[17] == _CHECK_SIGNS[total % 11]


def _is_identity(found: str) -> bool:
    """Whether 18 or, of the old form, 15 signs begin as an identity number does: with a province and a day of birth."""
    plain = _bare(found)
    day = plain[10:14] if len(plain) == 18 else plain[8:12]
    return bool(_PROVINCE.fullmatch(plain[:2])) and 1 <= int(day[:2]) <= 12 and 1 <= int(day[2:]) <= 31


def _bare(found: str) -> str:
    return re.sub(r"[-\s]", "", unicodedata.normalize("NFKC", found)).upper()


_KINDS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "identity": (_IDENTITY, _is_checked_identity), "mistyped": (_IDENTITY, _is_identity),
    "old": (_OLD_IDENTITY, _is_identity), "mobile": (_MOBILE, bool), "landline": (_LANDLINE, bool),
}


def masked(text: str, kinds: Sequence[str] = tuple(_KINDS)) -> str:
    """A text with every identity number and telephone in it as asterisks; the same text where there is none."""
    if not _MAYBE.search(text):
        return text
    for kind in kinds:
        pattern, judged = _KINDS[kind]
        text = pattern.sub(lambda match, judge=judged: "*" * len(match[0]) if judge(match[0]) else match[0], text)  # type: ignore[misc]
    return text


def suspicious(texts: Sequence[str], column: Column) -> frozenset[str]:
    """The texts of a column that hold an identity number or a telephone.

    Numbers are looked through for identity numbers alone, and codes for all but the old ones of 15 digits and those with a
    wrong check digit: those a code of place, day and number resembles.
    """
    if column.type in DATES or column.type in (ColumnType.BOOLEAN, ColumnType.UNIT) or _PLACE_CODE.fullmatch(column.pattern):
        return frozenset()   # a code of a place with another form is refused, and never told unmasked
    if not _MAYBE.search("\n".join(texts)):
        return frozenset()
    kinds = ["identity"] if column.type in NUMBERS else [
        kind for kind in _KINDS if kind not in ("old", "mistyped") or column.type is not ColumnType.CODE]
    return frozenset(each for each in texts if len(each) >= 10 and masked(each, kinds) != each)


def personal_fault(found: str, column: Column, fault: ReturnFault | None = None) -> ReturnFault:
    """The error of a cell that holds what is personal, or another fault of such a cell without what was found."""
    if fault is not None:
        return replace(fault, found=found, remedy=phrases.text("taking.remedy_pseudonym", label=column.label))
    return ReturnFault("", "", "", Severity.ERROR, Code.PERSONAL, masked(found), *explained("taking", "personal"))


def without_personal(fault: ReturnFault) -> ReturnFault:
    """A fault whose words hold nothing personal: the last gate before anybody reads it."""
    def plain(text: Text) -> Text:
        return Text(zh=masked(text.zh), en=masked(text.en))

    words = (fault.found, fault.allowed.zh, fault.allowed.en, fault.remedy.zh, fault.remedy.en)
    if not any(masked(each) != each for each in words):
        return fault
    return replace(fault, found=masked(fault.found), allowed=plain(fault.allowed), remedy=plain(fault.remedy))


def pseudonyms(home: Home, dry: bool = False) -> Callable[[str], str]:
    """The pseudonym of a value: a keyed hash, so that the same person has the same one in every return of this project.

    Identity numbers are few enough to be tried out one by one, so a bare hash would hide nobody: the key makes the
    pseudonym useless to whoever does not hold it. It is made once, of the system's randomness, lies under `outputs/` for
    its owner alone and is never published; without it the pseudonyms begin anew. Where `dry`, one that is not there yet is
    not kept.
    """
    key: list[bytes] = []

    def pseudonym(value: str) -> str:
        if not key:
            key.append(os.urandom(_KEY_BYTES) if dry and not (home.outputs / KEY_FILE).is_file() else _key(home))
        plain = unicodedata.normalize("NFKC", value).strip().upper()
        return "p-" + hmac.new(key[0], plain.encode(), sha256).hexdigest()[:_PSEUDONYM_DIGITS]

    return pseudonym


def _key(home: Home) -> bytes:
    """The project's key, made where there is none; of two processes that make it at once both get the first one's."""
    path = home.outputs / KEY_FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = path.with_name(f".{path.name}.{os.getpid()}")
        made.touch(mode=0o600)
        made.write_bytes(os.urandom(_KEY_BYTES))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_bytes()
