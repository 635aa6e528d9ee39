"""A language client of a few lines: a real `polycell serve` process over pipes, counted and timed."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

TIMEOUT = 60.0


class Client:
    """Sends messages and keeps everything that comes back, with the time it came."""

    def __init__(
        self, command: list[str] | None = None, root: str | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._root = root
        self._process = subprocess.Popen(
            command or [sys.executable, "-m", "polycell", "serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.pid = self._process.pid
        self._inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self._id = 0
        self._writing = threading.Lock()
        threading.Thread(target=self._read, daemon=True).start()

    def request(self, method: str, params: Any, timeout: float = TIMEOUT) -> Any:
        """The result of a request; what comes in between is answered or dropped."""
        self._id += 1
        self._send({"id": self._id, "method": method, "params": params})
        while True:
            message = self._inbox.get(timeout=timeout)
            if message.get("id") == self._id and "method" not in message:
                if "error" in message:
                    raise RuntimeError(message["error"])
                return message.get("result")

    def notify(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def wait(self, wanted: Callable[[dict[str, Any]], bool], timeout: float = TIMEOUT) -> dict[str, Any] | None:
        """The first message from now on that is wanted, None when none came in time; others are dropped."""
        until = time.monotonic() + timeout
        while (left := until - time.monotonic()) > 0:
            try:
                message = self._inbox.get(timeout=left)
            except queue.Empty:
                break
            if wanted(message):
                return message
        return None

    def gather(self, quiet: float) -> list[dict[str, Any]]:
        """What comes in until nothing has come for `quiet` seconds."""
        found = []
        while True:
            try:
                found.append(self._inbox.get(timeout=quiet))
            except queue.Empty:
                return found

    def processes(self) -> list[int]:
        """The server and the servers that it has started itself."""
        listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True).stdout
        pairs = [tuple(map(int, line.split())) for line in listed.splitlines()]
        return [self.pid, *(pid for pid, parent in pairs if parent == self.pid)]

    def initialize(self, options: Any = None) -> Any:
        """Say hello as a client that knows notebooks; what the server says it can."""
        capabilities = {
            "notebookDocument": {"synchronization": {"dynamicRegistration": False}},
            "textDocument": {"publishDiagnostics": {"versionSupport": True}},
        }
        folders = [{"uri": self._root, "name": "root"}] if self._root else None
        said = {"processId": None, "rootUri": self._root, "workspaceFolders": folders, "capabilities": capabilities}
        answer = self.request("initialize", {**said, "initializationOptions": options})
        self.notify("initialized", {})
        return answer

    def close(self) -> None:
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self._process.wait(5)
        except Exception:
            self._process.kill()
            self._process.wait()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        pipe = self._process.stdin
        assert pipe is not None
        with self._writing:  # the reading thread answers the server's questions
            pipe.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            pipe.flush()

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        while True:
            length = 0
            while (line := pipe.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                return
            message = json.loads(pipe.read(length))
            if "method" in message and "id" in message:  # a question of the server: nothing is supported
                answer: Any = [None] if message["method"] == "workspace/configuration" else None
                self._send({"id": message["id"], "result": answer})
            self._inbox.put(message)


def start() -> tuple[Client, float]:
    """An initialized server and the seconds that took, process start included."""
    began = time.perf_counter()
    client = Client()
    client.initialize()
    return client, time.perf_counter() - began
