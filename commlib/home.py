"""Where things are: the project folder that holds `data/` and `outputs/`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from commlib import phrases
from commlib.errors import StoreError


@dataclass(frozen=True, slots=True)
class Home:
    """The project folder and the folders inside it."""

    root: Path

    @property
    def data(self) -> Path:
        """What was put in: reported figures, the register, returns."""
        return self.root / "data"

    @property
    def notebooks(self) -> Path:
        """The analyses."""
        return self.root / "notebooks"

    @property
    def outputs(self) -> Path:
        """All that is generated; `$COMMLIB_OUTPUTS` moves it elsewhere."""
        return Path(os.environ.get("COMMLIB_OUTPUTS") or self.root / "outputs")

    @property
    def store(self) -> Path:
        """The built store."""
        return self.outputs / "store"


def find_home() -> Home:
    """Find the project: `$COMMLIB_HOME`, else the nearest parent of the working directory with `data/register`.

    Raises StoreError naming what was looked for where neither is there.
    """
    named = os.environ.get("COMMLIB_HOME")
    candidates = [Path(named)] if named else [Path.cwd(), *Path.cwd().parents]
    for folder in candidates:
        if (folder / "data" / "register").is_dir():
            return Home(folder.resolve())
    raise StoreError(phrases.text("error.no_home", looked=str(candidates[0])))
