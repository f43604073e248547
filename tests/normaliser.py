"""What may differ between two executions of one notebook, masked: this list is all that the proof of equality forgives.

Addresses of objects, process and thread ids, clock times, names of temporary files, and the ids that IPython draws at random.
"""

from __future__ import annotations

import re
from typing import Any

MASKS = (
    (re.compile(r"\b0x[0-9a-f]{6,16}\b"), "0xADDRESS"),
    (re.compile(r"ipykernel_\d+|ipykernel_launcher\.py|(?<=/)\d{6,}(?=\.py)"), "KERNEL"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)?"), "TIME"),
    (re.compile(r"/tmp/[\w./-]*"), "TEMPORARY"),
    (re.compile(r"\b(Thread-)\d+"), r"\1N"),
)
DRAWN_ID = re.compile(r"^[0-9a-f]{8}$")   # of cells that papermill adds
TIMES = ("start_time", "end_time", "duration", "iopub.execute_input", "iopub.status.busy", "iopub.status.idle",
         "shell.execute_reply")
PATHS = ("input_path", "output_path")


def normalised(value: Any) -> Any:
    """The same nested lists, tables and texts with what may differ masked; keys are kept."""
    if isinstance(value, dict):
        return {key: "MASKED" if key in (*TIMES, *PATHS) and each is not None else normalised(each)
                for key, each in value.items()}
    if isinstance(value, list):
        return [normalised(each) for each in value]
    if isinstance(value, str):
        value = DRAWN_ID.sub("ID", value)
        for pattern, mask in MASKS:
            value = pattern.sub(mask, value)
    return value
