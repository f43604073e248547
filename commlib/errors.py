"""The one small tree of errors. Every message speaks both languages; a command exits with `exit_code`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from commlib.bilingual import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault in the data: where it stands, what was found, what is allowed and what to do."""

    file: str
    row: str
    column: str
    found: str
    allowed: Text
    remedy: Text

    def line(self, language: str) -> str:
        """Say the fault in one line of the given language."""
        place = " · ".join(part for part in (self.file, self.row, self.column) if part)
        if language == "zh":
            return f"{place}：发现“{self.found}”；允许：{self.allowed.zh}；处理：{self.remedy.zh}"
        return f'{place}: found "{self.found}"; allowed: {self.allowed.en}; remedy: {self.remedy.en}'


class CommlibError(Exception):
    """Something the user can mend; its message is a Text."""

    exit_code = 2

    def __init__(self, message: Text) -> None:
        super().__init__(f"{message.zh}\n{message.en}")
        self.message = message

    def say(self, language: str) -> str:
        """Give the whole message in one language."""
        return self.message[language]

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in a notebook: the message with all its faults, as the command line does, and no traceback."""
        return [f"{type(self).__name__}: {self.say('zh')}", self.say("en")]

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message,))   # crosses process borders whole


class DeclarationError(CommlibError):
    """A declaration of the package or of an analyst is wrong: raised when it is loaded."""


class ParameterError(CommlibError):
    """A parameter, county, period or name was not understood; the nearest valid value is offered."""


class StoreError(CommlibError):
    """The store or the output folder cannot be read or written."""


class PublishError(CommlibError):
    """An executed notebook cannot become a page: it failed, never ran, or would load something from outside."""


class DataError(CommlibError):
    """The data hold faults; all of them are collected and raised once."""

    def __init__(self, message: Text, faults: Sequence[Fault] = ()) -> None:
        super().__init__(message)
        self.faults = tuple(faults)

    def say(self, language: str) -> str:
        """Give the message and then every fault, one a line."""
        return "\n".join([self.message[language], *(f"  {fault.line(language)}" for fault in self.faults)])

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.faults))
