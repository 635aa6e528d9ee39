"""Serving: on standard input and output, or on a TCP port.

Import light. An editor's start waits for the answer to `initialize`, and the protocol library alone takes longer to
import than Python itself; so the answer is given from plain JSON first, and everything else is imported after it, while
the client's next messages wait in order. That is done in a thread, so that the Python engine can begin meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from polycell.lsp import garbage, transport
from polycell.lsp.capabilities import initialize_result
from polycell.lsp.client import read_client

if TYPE_CHECKING:
    from polycell.lsp.conversation import PolycellServer
    from polycell.lsp.engines import Early

log = logging.getLogger(__name__)

TURN = 0.0005  # seconds that a thread which imports or reads keeps the loop waiting; by default it is ten times that
ANSWERED = 3.0  # seconds after which the first questions have most likely been answered


class Inbox:
    """Takes messages from the first moment; the server behind it is made once `initialize` is answered."""

    def __init__(self, writer: Any, done: asyncio.Event) -> None:
        self._writer = writer
        self._done = done
        self._waiting: list[Any] = []
        self._early: Early | None = None
        self.server: PolycellServer | None = None

    def receive(self, message: Any) -> None:
        if self.server is not None:
            self.server.receive(message)
            return
        self._waiting.append(message)
        if self._early is not None:
            self._early.begin(message)
        if len(self._waiting) > 1:
            return  # the server is on its way
        if _is_initialize(message):
            answer = initialize_result(read_client(message.get("params")))
            self._writer.write(transport.framed({"jsonrpc": "2.0", "id": message["id"], "result": answer}))
        # Not now: the writer's thread is to have its turn before the imports take theirs.
        asyncio.get_running_loop().call_later(0.001, self._start)

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._load, args=(loop,), name="polycell-start", daemon=True).start()

    def _load(self, loop: asyncio.AbstractEventLoop) -> None:
        """Import everything, the languages first. What fails here fails again in the loop, which reports it."""
        with contextlib.suppress(RuntimeError):  # the loop is closed: the client is gone already
            try:
                from polycell.lsp import engines

                loop.call_soon_threadsafe(self._begin, engines.Early)
                from polycell.languages.python import service  # noqa: F401  # whose notebooks nearly all are
                from polycell.lsp import conversation  # noqa: F401
            except Exception:
                log.exception("starting failed")
            loop.call_soon_threadsafe(self._serve)

    def _begin(self, make: Callable[[object], Early]) -> None:
        first, *rest = self._waiting
        self._early = make(first.get("params") if _is_initialize(first) else None)
        for message in rest:
            self._early.begin(message)

    def _serve(self) -> None:
        from polycell.lsp.conversation import PolycellServer

        server = PolycellServer()
        server.state.early = self._early
        server.on_stop(self._done.set)
        server.set_writer(self._writer)
        first, *rest = self._waiting
        if _is_initialize(first):
            server.initialize(first.get("params"))
        else:
            server.receive(first)
        for message in rest:
            server.receive(message)
        self._waiting.clear()
        self.server = server
        asyncio.get_running_loop().call_later(ANSWERED, garbage.make_rare)

    def ended(self) -> None:
        """No more input: end, but not before what was received is handled."""
        if self._waiting or (self.server is not None and self.server.waits):
            asyncio.get_running_loop().call_later(0.01, self.ended)
        else:
            self._done.set()

    async def finish(self) -> int:
        """Answer what was asked, and tell with which code to end."""
        if self.server is not None:
            await self.server.finish()
        if self._early is not None:
            await self._early.close()
        return (self.server.exit_code if self.server is not None else None) or 0


def _is_initialize(message: Any) -> bool:
    return isinstance(message, dict) and message.get("method") == "initialize" and "id" in message


def serve_stdio() -> None:
    """Serve one client on standard input and output until it says `exit` or is gone. Raises SystemExit with the code
    that the protocol asks for when it was not told to shut down first."""
    code = asyncio.run(_stdio())
    if code:
        raise SystemExit(code)


async def _stdio() -> int:
    sys.setswitchinterval(TURN)
    incoming, outgoing = transport.private_standard_streams()
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def gone() -> None:
        loop.call_soon_threadsafe(done.set)

    writer = transport.ThreadWriter(lambda data: transport.write_all(outgoing, data), gone)
    inbox = Inbox(writer, done)
    transport.read_in_thread(incoming, loop, inbox.receive, inbox.ended)
    await done.wait()
    code = await inbox.finish()
    writer.close()
    return code


def serve_tcp(host: str, port: int) -> None:
    """Serve any number of clients, each with a state of its own, until interrupted. Raises OSError when the address
    cannot be had."""
    asyncio.run(_tcp(host, port))


async def _tcp(host: str, port: int) -> None:
    async with await listen(host, port) as listening:
        await listening.serve_forever()


async def listen(host: str, port: int) -> asyncio.Server:
    """Serve whoever connects from now on, each with a state of its own; port 0 is any that is free."""
    listening = await asyncio.start_server(_connection, host, port)
    for socket in listening.sockets:
        log.warning("serving on %s:%s", *socket.getsockname()[:2])
    return listening


async def _connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    done = asyncio.Event()
    inbox = Inbox(_StreamWriter(writer), done)
    reading = asyncio.ensure_future(_read_stream(reader, inbox))
    try:
        await done.wait()
        reading.cancel()
        await inbox.finish()
    except asyncio.CancelledError:
        log.debug("interrupted while a client was connected")  # asyncio would report a cancelled task as an error
    finally:
        writer.close()


class _StreamWriter:
    """asyncio's stream as pygls wants a writer: it must not return something awaitable that nobody awaits in order."""

    def __init__(self, stream: asyncio.StreamWriter) -> None:
        self._stream = stream

    def write(self, data: bytes) -> None:
        if not self._stream.is_closing():
            self._stream.write(data)

    def close(self) -> None:
        self._stream.close()


async def _read_stream(reader: asyncio.StreamReader, inbox: Inbox) -> None:
    frames = transport.Frames()
    try:
        while data := await reader.read(1 << 16):
            for body in frames.feed(data):
                message = transport.parse(body)
                if message is not None:
                    inbox.receive(message)
    except OSError as error:
        log.info("a connection ended: %s", error)
    inbox.ended()
