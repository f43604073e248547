"""The cells of a notebook as they were executed, one line of a file each, for where its process does not live to save it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class CellLog:
    """Notes in a file, by appending, each cell as it begins and ends; a line that a kill cut off is not read."""

    def __init__(self, path: Path, notebook: dict[str, Any]) -> None:
        self._path, self._notebook = path.absolute(), notebook   # cells may change the working folder
        self._at = 0
        self._changed: set[int] = set()   # cells before this one whose outputs it updated
        self._path.write_bytes(_line({"notebook": notebook}))

    def beside(self, save: Callable[..., None]) -> Callable[..., None]:
        """A manager's `save`, which papermill calls around each cell in order, with a note of that cell."""
        def save_and_note(**arguments: Any) -> None:
            save(**arguments)
            self._note()

        return save_and_note

    def changed(self, cells: set[int]) -> None:
        """Take note that these cells, by their places, have other outputs than before."""
        self._changed |= cells

    def _note(self) -> None:
        cells = self._notebook["cells"]
        status = cells[self._at]["metadata"]["papermill"]["status"] if self._at < len(cells) else "pending"
        if status == "pending":
            return
        # Opened for each line: a cell may close every file of its process, or write into it.
        with self._path.open("ab") as stream:
            stream.write(_line({"cells": {index: cells[index] for index in sorted({*self._changed, self._at})},
                                "papermill": self._notebook["metadata"]["papermill"]}))
        self._changed.clear()
        self._at += status != "running"


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry).encode("ascii") + b"\n"


def read_cells(path: Path) -> dict[str, Any] | None:
    """The notebook as far as a log tells of it, None where not even its beginning is whole; raises FileNotFoundError."""
    notebook: dict[str, Any] | None = None
    for line in path.read_bytes().split(b"\n")[:-1]:
        entry = json.loads(line)
        if notebook is None:
            notebook = entry["notebook"]
            continue
        for index, cell in entry["cells"].items():
            notebook["cells"][int(index)] = cell
        notebook["metadata"]["papermill"] = entry["papermill"]
    return notebook
