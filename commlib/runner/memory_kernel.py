"""A real IPython kernel without sockets: requests and messages pass through memory.

This module alone touches private parts of ipykernel and nbclient (`dispatch_shell`, `_topic`, the client's polling
interface, its map of displays). `engine.supported()` says whether the installed versions are ones it was tested with;
elsewhere papermill's stock engine runs.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty
from types import FrameType
from typing import Any

import ipykernel
from ipykernel import iostream, ipkernel
from ipykernel.inprocess.socket import DummySocket
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp, ioloop  # type: ignore[attr-defined]
from jupyter_client.session import Session
from papermill.clientwrap import PapermillNotebookClient
from traitlets.config import Config

from commlib import phrases

MOST_OUTPUT = 8 << 20   # characters that one cell may put out; nbclient takes 0.4 s for a million
_OUTPUTS = ("stream", "display_data", "execute_result", "update_display_data")
_STOP = signal.SIGUSR2
_PIPE = 1 << 16   # bytes that a pipe holds


class OutputFlood(RuntimeError):
    """A cell put out more than a notebook can hold."""


def _texts(content: dict[str, Any]) -> list[str]:
    """The texts that an output other than a stream's brings."""
    return [value if isinstance(value, str) else json.dumps(value) for value in content["data"].values()]


class MemorySession(Session):
    """A session whose `send` hands the message over in memory, packed and unpacked as the wire would do it."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.channels: dict[str, Channel] = {"shell": Channel(), "iopub": Channel()}
        self.flood, self._written = "", 0

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, ident: Any = None,
             buffers: Any = None, track: bool = False, header: Any = None, metadata: Any = None) -> Any:
        """Build the message as a session does and put it into the channel of its stream."""
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(
            msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        wire = {part: self.unpack(self.pack(message[part])) for part in ("header", "parent_header", "metadata", "content")}
        wire.update(msg_id=message["msg_id"], msg_type=message["msg_type"], buffers=list(buffers or []))
        if self._is_too_much(wire):
            return message
        if message["msg_type"] == "execute_reply" and self.flood and wire["content"]["status"] == "ok":
            self._fail(wire, parent)
        self.channels["iopub" if stream is not None else "shell"].put(wire)   # a kernel without sockets replies to None
        return message

    def _is_too_much(self, wire: dict[str, Any]) -> bool:
        """Whether a message is an output to be dropped; what streams bring was counted when it was written."""
        if wire["msg_type"] == "execute_input":
            self._written, self.flood = 0, ""
        if wire["msg_type"] not in _OUTPUTS:
            return False
        return bool(self.flood) if wire["msg_type"] == "stream" else self.count(sum(map(len, _texts(wire["content"]))))

    def count(self, characters: int) -> bool:
        """Count what the running cell puts out; whether that is too much now, and its code was stopped."""
        self._written += characters
        if self._written > MOST_OUTPUT and not self.flood:
            said = phrases.text("run.flood", megabytes=MOST_OUTPUT >> 20)
            self.flood = f"{said.en} / {said.zh}"
            signal.pthread_kill(threading.main_thread().ident or 0, _STOP)
        return bool(self.flood)

    def limit(self, stream: OutStream) -> OutStream:
        """The same stream, which takes no text beyond what a cell may put out: else it outruns the thread that sends it."""
        whole = stream.write

        def write(string: str) -> int | None:
            return len(string) if isinstance(string, str) and self.count(len(string)) else whole(string)

        stream.write = write  # type: ignore[method-assign]
        return stream

    def _fail(self, wire: dict[str, Any], parent: Any) -> None:
        """Make an error of the reply of a cell that swallowed the error of too much output, or had ended before it."""
        error = {"ename": OutputFlood.__name__, "evalue": self.flood, "traceback": [f"{OutputFlood.__name__}: {self.flood}"]}
        self.send(True, "error", error, parent=parent)
        wire["content"].update(error, status="error")

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        """Requests in memory carry no identities."""
        return [], msg_list

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> Any:
        """Requests in memory are messages already."""
        return msg_list[0]


class Channel:
    """A queue of messages that any thread may fill and the client's event loop waits on."""

    def __init__(self) -> None:
        self._messages: deque[dict[str, Any]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._filled: asyncio.Event | None = None

    def put(self, message: dict[str, Any]) -> None:
        """Add a message and wake who waits for one."""
        self._messages.append(message)
        if self._loop and self._filled and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._filled.set)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message; raises queue.Empty after `timeout` seconds."""
        self._loop, self._filled = asyncio.get_running_loop(), asyncio.Event()
        while not self._messages:
            self._filled.clear()
            try:
                await asyncio.wait_for(self._filled.wait(), timeout)
            except TimeoutError:
                raise Empty from None
        return self._messages.popleft()


class MemoryClient:
    """What nbclient asks of a kernel client, answered by a kernel in the same process."""

    def __init__(self, kernel: IPythonKernel, session: MemorySession) -> None:
        self._kernel, self.session = kernel, session
        self.shell_channel, self.iopub_channel = session.channels["shell"], session.channels["iopub"]
        self.allow_stdin = False
        self._running: set[asyncio.Task[None]] = set()

    def execute(self, code: str, silent: bool = False, store_history: bool = True, user_expressions: Any = None,
                allow_stdin: bool | None = None, stop_on_error: bool = True) -> str:
        """Ask for code to be executed; gives the id of the request."""
        return self._request("execute_request", {
            "code": code, "silent": silent, "store_history": store_history, "user_expressions": user_expressions or {},
            "allow_stdin": self.allow_stdin if allow_stdin is None else allow_stdin, "stop_on_error": stop_on_error})

    def kernel_info(self) -> str:
        """Ask for what the kernel is; gives the id of the request."""
        return self._request("kernel_info_request", {})

    def _request(self, kind: str, content: dict[str, Any]) -> str:
        request = self.session.msg(kind, content)
        task = asyncio.get_event_loop().create_task(self._kernel.dispatch_shell([request, None]))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return str(request["header"]["msg_id"])

    async def is_alive(self) -> bool:
        """A kernel in this very process is alive."""
        return True

    def start_channels(self) -> None:
        """Nothing to connect."""

    def stop_channels(self) -> None:
        """Nothing to disconnect."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Ready at once."""


class MemoryNotebookClient(PapermillNotebookClient):   # type: ignore[misc]
    """Papermill's client, which also tells `on_update` the places of the cells whose displays another cell updates."""

    def __init__(self, nb_man: Any, on_update: Callable[[set[int]], None], **options: Any) -> None:
        super().__init__(nb_man, **options)
        self._on_update = on_update

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        super()._update_display_id(display_id, msg)
        self._on_update(set(self._display_id_map.get(display_id, ())))


class _NoShellThread:
    """Stands where a kernel has the thread of its shell channel: there is none, yet it is asked for its parent thread."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class _NoModules:
    """Stands for `sys` while a kernel is made: it looks at every module for its debugger, and each look copies a page."""

    modules: dict[str, Any] = {}   # noqa: RUF012  # nothing is written to it

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class MemoryKernel(IPythonKernel):
    """A kernel whose requests are awaited in the client's own event loop."""

    shell_channel_thread = _NoShellThread()
    _supports_kernel_subshells = False
    _execute_sleep = 0.0   # after each cell, for a thread that flushes by itself: here all is flushed already

    def __init__(self, **options: Any) -> None:
        namespace: Any = vars(ipkernel)
        namespace["sys"] = _NoModules()
        try:
            super().__init__(**options)  # type: ignore[no-untyped-call]
        finally:
            namespace["sys"] = sys

    @property
    def io_loop(self) -> Any:  # type: ignore[override]
        """The loop that runs now: the client's."""
        return ioloop.IOLoop.current()


class MemoryKernelManager:
    """What nbclient asks of a kernel manager; the kernel starts with it and ends with the process."""

    has_kernel = True
    ipykernel = True

    def __init__(self) -> None:
        self._session = MemorySession(username="commlib")
        self._kernel = start_kernel(self._session)

    def client(self) -> MemoryClient:
        """The client of the one kernel."""
        return MemoryClient(self._kernel, self._session)

    async def is_alive(self) -> bool:
        """Whether there is a process to shut down: there is none of its own."""
        return False

    def cleanup_resources(self) -> None:
        """Flush what the kernel wrote last."""
        sys.stdout.flush()
        sys.stderr.flush()

    async def interrupt_kernel(self) -> None:
        """A kernel in this process cannot be interrupted from within; the parent keeps the deadlines."""


def start_kernel(session: MemorySession) -> IPythonKernel:
    """Start the kernel of this process as its application would: streams, display hook, inline figures, arguments."""
    application: Any = IPKernelApp.instance(config=Config({
        "IPKernelApp": {"connection_file": "kernel.json"}, "HistoryManager": {"hist_file": ":memory:"}}))   # as nbclient has it
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()   # else every child drew the numbers of its parent
    application.configure_tornado_logger()
    application.init_pdb()
    thread = IOPubThread(DummySocket(), session=session)  # type: ignore[no-untyped-call]
    thread.start()  # type: ignore[no-untyped-call]
    iostream.PIPE_BUFFER_SIZE = _PIPE   # by its 1,000 bytes a busy machine changes threads 10,000 times for 10 MB
    # The client's queue holds a stream's text as it comes; echoes to the real streams are left out.
    sys.stdout, sys.stderr = (session.limit(OutStream(session, thread, name))  # type: ignore[no-untyped-call]
                              for name in ("stdout", "stderr"))
    for stream in (sys.stdout, sys.stderr):   # what is written to the descriptors is captured, and not passed on as well
        if copy := getattr(stream, "_original_stdstream_copy", None):
            os.dup2(0, copy)
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    sys.argv = [str(Path(ipykernel.__file__).parent.with_name("ipykernel_launcher.py")), "-f", "kernel.json"]
    application.init_path()
    signal.signal(_STOP, partial(_stop_flood, session))
    log = logging.getLogger("commlib.kernel")
    log.propagate = False   # notebooks that set up logging would find it in their output
    MemoryKernel.clear_instance()
    kernel = MemoryKernel.instance(parent=application, session=session, iopub_thread=thread, user_ns=None,
                                   iopub_socket=thread.background_socket, log=log)
    kernel.shell_stream = None
    application.kernel = kernel   # libraries ask the application for it
    application.init_shell()
    return kernel


def _stop_flood(session: MemorySession, number: int, frame: FrameType | None) -> None:
    """Raise the error of too much output, but only within a cell's own code."""
    while frame:
        if frame.f_code.co_name == "run_code":
            raise OutputFlood(session.flood)
        frame = frame.f_back
