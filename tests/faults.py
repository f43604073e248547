"""Cells that do harm, and how an item that runs one must end."""

from __future__ import annotations

# Name -> (source, a part of the first line of its error). Each writes `before` first, which must be kept.
FAULTS: dict[str, tuple[str, str]] = {
    "exits": ("import os\nos._exit(3)", "exit 3"),
    "exits_as_if_well": ("import os\nos._exit(0)", "no answer"),
    "segfaults": ("import ctypes\nctypes.string_at(0)", "signal 11"),
    "kills_itself": ("import os\nos.kill(os.getpid(), 9)", "signal 9"),
    "hangs_in_python": ("while True:\n    try:\n        while True:\n            pass\n    except:\n        pass", "LATE"),
    "hangs_in_c": ("sum(range(10**12))", "LATE"),
    "stops": ("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)", "LATE"),
    "hogs_memory": ("held = []\nwhile True:\n    held.append(bytearray(1 << 26))", "MemoryError"),
    "floods": ("while True:\n    print('x' * 1000)", "OutputFlood"),
    "floods_and_swallows": ("for i in range(50000):\n    try:\n        print('x' * 1000)\n    except Exception:\n        pass",
                            "OutputFlood"),
    "floods_by_descriptor": ("import os\nline = b'x' * 1000 + b'\\n'\nwhile True:\n    os.write(1, line)", "OutputFlood"),
    "leaves_by_exit": ("import sys\nsys.exit(4)", "SystemExit"),
    "raises": ("raise ValueError('no such township')", "ValueError"),
    "closes_all_files": ("import os\nos.closerange(3, 200)\nos._exit(0)", "意外终止"),
}
# These do what they should not, and the item still ends well.
HARMLESS: dict[str, str] = {
    "writes_garbage": "import os\nfor number in range(1, 40):\n    try:\n        os.write(number, b'garbage \\xff\\n')\n"
                      "    except OSError:\n        pass",
    "leaves_a_process": "import subprocess\nsubprocess.Popen(['sleep', '{marker}'], start_new_session=True)",
    "leaves_a_daemon": "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
                       "        os.execvp('sleep', ['sleep', '{marker}'])\n    os._exit(0)\nos.wait()",
    "leaves_a_fork": "import os\nif os.fork() == 0:\n    os.execvp('sleep', ['sleep', '{marker}'])",
}
BEFORE = "print('before')\n"
