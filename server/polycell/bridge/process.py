"""A child process on pipes: started in a group of its own, its errors in the log, and gone when we are."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

_RUNNING: set[Child] = set()
_LIMIT = 1 << 16
_IDLE = frozenset("STtI")  # sleeping, or stopped
_LONGEST = 2000  # characters of a line of standard error that go to the log


class Child:
    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.name = name
        self.pid = process.pid
        self.reader: asyncio.StreamReader = process.stdout
        self.writer: asyncio.StreamWriter = process.stdin
        self._process = process
        self._errors = asyncio.get_running_loop().create_task(self._log(), name=f"polycell logs {name}")
        _RUNNING.add(self)

    @property
    def code(self) -> int | None:
        """The exit code; None while it runs."""
        return self._process.returncode

    @property
    def is_idle(self) -> bool:
        """Whether it does nothing at this moment, for certain: none of its threads runs, or wants to, or waits for a
        disk. False where the system does not tell."""
        try:
            states = [
                (task / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
                for task in Path(f"/proc/{self.pid}/task").iterdir()
            ]
        except (OSError, IndexError):
            return False
        return bool(states) and all(state in _IDLE for state in states)

    async def wait(self, seconds: float) -> bool:
        """Whether it has ended within that time."""
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True

    def kill(self) -> None:
        """End it, and whatever it started and left behind, at once. Later calls do nothing."""
        if self not in _RUNNING:
            return
        _RUNNING.discard(self)
        self._errors.cancel()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform != "win32":
                os.killpg(self.pid, signal.SIGKILL)
            elif self._process.returncode is None:
                self._process.kill()
        # A child of the child may hold the pipes: close our ends, or they live as long as the loop. Not the transport
        # as a whole: it would ask for the exit code, and whoever waits for it on the loop could no longer have it.
        transport = getattr(self._process, "_transport", None)
        for descriptor in (0, 1, 2):
            pipe = transport.get_pipe_transport(descriptor) if transport is not None else None
            if pipe is not None:
                pipe.close()

    async def _log(self) -> None:
        stream = self._process.stderr
        while stream is not None:
            try:
                line = await stream.readline()
            except (ValueError, OSError):
                continue  # a line longer than the buffer: what is left of it comes next
            if not line:
                return
            log.info("%s: %s", self.name, line.decode("utf-8", "replace").rstrip()[:_LONGEST])


async def spawn(name: str, command: Sequence[str], environment: Mapping[str, str], folder: str | None = None) -> Child:
    """Raises OSError where it cannot be started. A child that outlives a killed parent sees the end of its input."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
        cwd=folder,
        limit=_LIMIT,
        start_new_session=sys.platform != "win32",
    )
    return Child(name, process)


@atexit.register
def _kill_all() -> None:
    for child in tuple(_RUNNING):
        with contextlib.suppress(Exception):
            child.kill()
