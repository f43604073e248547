"""Errors: what they say, and that they cross process borders whole."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from commlib.bilingual import Text
from commlib.errors import CommlibError, DataError, DeclarationError, Fault, ParameterError, PublishError, StoreError

MESSAGE = Text("数据有误", "the data are wrong")
FAULT = Fault("figures.csv", "7", "value", "五", Text("数字", "a number"), Text("改为数字", "give a number"))
SIMPLE = [CommlibError, DeclarationError, ParameterError, PublishError, StoreError]


def fail() -> None:
    raise DataError(MESSAGE, [FAULT])


@pytest.mark.parametrize("kind", SIMPLE)
def test_every_error_speaks_both_languages_and_survives_pickling(kind: type[CommlibError]) -> None:
    error = pickle.loads(pickle.dumps(kind(MESSAGE)))
    assert type(error) is kind and error.message == MESSAGE and error.exit_code == 2
    assert error.say("zh") == "数据有误" and error.say("en") == "the data are wrong" and "数据有误" in str(error)


def test_a_data_error_crosses_processes_with_its_faults() -> None:
    with (
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool,
        pytest.raises(DataError) as caught,
    ):
        pool.submit(fail).result()
    assert caught.value.message == MESSAGE and caught.value.faults == (FAULT,)
    assert caught.value.say("en").splitlines() == [
        "the data are wrong",
        '  figures.csv · 7 · value: found "五"; allowed: a number; remedy: give a number',
    ]
    assert "处理：改为数字" in caught.value.say("zh")


def test_a_notebook_shows_the_message_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell(colors="nocolor").run_cell("from test_errors import fail; fail()")
    said = capsys.readouterr().out
    assert said.startswith("DataError: 数据有误") and "处理：改为数字" in said and "remedy: give a number" in said
    assert "Traceback" not in said and "raise DataError" not in said
