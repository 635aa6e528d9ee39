"""The host's conversation: a thread that reads, one that asks the presentation compiler, which serves one request at a
time, and one that checks types with the other compiler, so that nobody who types waits for a check.

Of several checks of one document only the newest is worth doing.
Errors are answers: the process ends only when its input does, or when the JVM has no memory left (exit code 3), since
nothing that runs in that JVM can be trusted afterwards.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from polycell.bridge.framing import Frames, framed, parse
from polycell.languages.scala.host import archive, warm
from polycell.languages.scala.host.classpath import Dependencies, Jars, compiler_jars, resolve
from polycell.languages.scala.host.engines import Answering, Checking, answering, checking
from polycell.languages.scala.host.jars import MissingError, Wanted, known
from polycell.languages.scala.host.java import OUT_OF_MEMORY, Java, find_java, needed, start
from polycell.languages.scala.host.versions import Release, release_for

if TYPE_CHECKING:
    from polycell.languages.scala.host.compiler import Token
    from polycell.languages.scala.host.interop import Source

IDLE = 30.0  # seconds without a request before an archive is written
FIRST_REQUEST = 3.0  # seconds that checks wait for somebody to ask something
_CANCELLED, _FAILED, _UNKNOWN, _INVALID = -32800, -32803, -32601, -32602
_READY = "polycell/ready"
_COMPILE = "polycell/compile"
_DEPENDENCIES = ("dependencies", "exclusions", "repositories", "plugins")

CAPABILITIES = {
    "textDocumentSync": 1,
    "completionProvider": {"triggerCharacters": [".", "*", "$"], "resolveProvider": False},
    "hoverProvider": True,
    "signatureHelpProvider": {"triggerCharacters": ["(", "[", ","]},
    "definitionProvider": True,
    "positionEncoding": "utf-16",
}


class Host:
    """`out` takes the messages."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self._writing = threading.Lock()
        self._texts: dict[str, str] = {}
        self._requests: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._checks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._started = threading.Event()
        self._answered = threading.Event()
        self._tokens: dict[Any, Token] = {}
        self._cancelled: set[Any] = set()
        self._newest: dict[str, Any] = {}  # by URI: the id of the newest check asked for
        self._options: Mapping[str, Any] = {}
        self._compiler: Answering | None = None
        self._checker: Checking | None = None
        self._classpath: tuple[str, ...] = ()
        self._arguments: tuple[str, ...] = ()
        self._judged = True
        self._missing = ""
        self._absent: Wanted | None = None  # jars that this waits for
        self._sources: dict[str, Source] = {}
        self._wanted = time.monotonic()  # when somebody wanted something last

    def run(self, reading: IO[bytes]) -> int:
        """Serve until the input ends or `exit` comes; the exit code."""
        for name, work in (("requests", self._requests), ("checks", self._checks)):
            threading.Thread(target=self._serve, args=(work,), name=f"scala {name}", daemon=True).start()
        frames = Frames()
        while block := reading.read1(1 << 16):  # type: ignore[attr-defined]
            for body in frames.feed(block):
                message = parse(body)
                if isinstance(message, dict) and message.get("method") == "exit":
                    return 0
                if isinstance(message, dict):
                    self._take(message)
        return 0

    # -- the reading thread

    def _take(self, message: Mapping[str, Any]) -> None:
        method, id_ = message.get("method"), message.get("id")
        params = message.get("params") or {}
        if method == "initialize":
            self._options = params.get("initializationOptions") or {}
            self._answer(id_, {"capabilities": CAPABILITIES, "serverInfo": {"name": "polycell scala host"}})
        elif method == "initialized":
            self._requests.put(self._start)
            self._checks.put(self._await_start)
        elif method == "shutdown":
            self._answer(id_, None)
        elif method in ("textDocument/didOpen", "textDocument/didChange", "textDocument/didClose"):
            self._sync(method, params)
        elif method == "$/cancelRequest":
            self._cancel(params.get("id"))
        elif id_ is not None and isinstance(method, str):
            handler = _HANDLERS.get(method)
            if handler is None:
                self._refuse(id_, _UNKNOWN, f"no such method: {method}")
                return
            uri = str((params.get("textDocument") or {}).get("uri"))
            text = self._texts.get(uri)
            if text is None:
                self._refuse(id_, _INVALID, f"not open: {uri}")
                return
            self._wanted = time.monotonic()
            check = method == _COMPILE
            if check:
                self._newest[uri] = id_
            work = self._checks if check else self._requests
            work.put(lambda: self._ask(id_, handler, uri, text, params, check))

    def _sync(self, method: str, params: Mapping[str, Any]) -> None:
        document = params.get("textDocument") or {}
        uri = str(document.get("uri"))
        if method.endswith("didClose"):
            self._texts.pop(uri, None)
            self._sources.pop(uri, None)
        elif method.endswith("didOpen"):
            self._texts[uri] = str(document.get("text", ""))
        else:
            self._texts[uri] = str(params["contentChanges"][-1]["text"])

    def _cancel(self, id_: Any) -> None:
        token = self._tokens.get(id_)
        if token is not None:
            token.cancel()
        else:
            self._cancelled.add(id_)

    # -- the working threads

    def _serve(self, work: queue.SimpleQueue[Callable[[], None]]) -> None:
        while True:
            job = work.get()
            try:
                job()
            except MemoryError:
                self._end("the Scala compiler has no memory left")
            except Exception:
                traceback.print_exc(file=sys.stderr)

    def _end(self, why: str) -> None:
        import os

        print(why, file=sys.stderr, flush=True)
        os._exit(OUT_OF_MEMORY)

    def _await_start(self) -> None:
        """Checks begin when the first request has been answered: two cold compilers at once make each other late."""
        self._started.wait()
        self._answered.wait(FIRST_REQUEST)

    def _start(self) -> None:
        try:
            self._open()
        except MissingError as error:
            self._missing = f"Scala cells are served by their text alone, since the compiler is missing: {error}"
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._missing = f"The Scala compiler does not start: {error}"
        self._started.set()
        self._tell(_READY, {"reason": self._missing})

    def _open(self) -> None:
        java = find_java()
        if java is None:
            raise MissingError(needed())
        release = self._release
        download = bool(self._options.get("download"))
        self._absent = compiler_jars(release)
        jars = resolve(self._dependencies, release, download=download, progress=self._fetching)
        self._absent, self._missing = None, ""
        for complaint in jars.complaints():
            self._tell("polycell/missing", {"message": complaint})
        self._progress("starting the compiler", release.scala)
        self._begin(java, release, jars)
        self._classpath = jars.classpath
        self._arguments, self._judged = jars.options, jars.judged
        self._compiler = answering(release, self._classpath, self._arguments)
        self._requests.put(self._warm_up)

    def _begin(self, java: Java, release: Release, jars: Jars) -> None:
        memory = int(self._options.get("memory") or 1024)
        kept = archive.place(java, jars.compiler) if self._options.get("archive") else None
        start(java, memory, jars.compiler, archive.options(kept) if kept and archive.usable(kept) else ())
        if kept is not None and not archive.is_tried(kept):
            said = (kept, release.scala, jars.compiler, jars.classpath, memory)
            threading.Thread(target=self._write_archive, args=said, name="scala archive", daemon=True).start()

    def _write_archive(self, *said: Any) -> None:
        """When nobody has wanted anything for a while."""
        while (idle := time.monotonic() - self._wanted) < IDLE:
            time.sleep(IDLE - idle)
        archive.write(*said)

    def _warm_up(self) -> None:
        from polycell.languages.scala.host.interop import Source

        if self._compiler is None or self._answered.is_set():
            return
        try:
            # Checks begin after the first answer, as they do after anybody's.
            warm.up(self._compiler, lambda text: Source("file:///Warm.scala", text), self._classpath, self._is_wanted)
        finally:
            self._answered.set()

    def _is_wanted(self) -> bool:
        return not self._requests.empty()

    def _ask(
        self, id_: Any, handler: Callable[..., Any], uri: str, text: str, params: Mapping[str, Any], check: bool
    ) -> None:
        if id_ in self._cancelled or (check and self._newest.get(uri) != id_):
            self._cancelled.discard(id_)
            self._refuse(id_, _CANCELLED, "cancelled")
            return
        if self._absent and not check and known(self._absent) is not None:
            self._start()  # somebody has fetched it meanwhile
        if self._compiler is None:
            self._refuse(id_, _FAILED, self._missing or "the Scala compiler does not run")
            return
        import jpype

        from polycell.languages.scala.host.compiler import Token
        from polycell.languages.scala.host.interop import Source

        try:
            source = self._sources.get(uri)
            if source is None or source.text != text:
                source = self._sources[uri] = Source(uri, text)
            token = self._tokens[id_] = Token()
            self._answer(id_, handler(self, source, params, token))
        except jpype.JException as error:
            name = str(error.getClass().getName())
            if "OutOfMemory" in f"{name} {error}":
                self._end("the Scala compiler has no memory left")
            cancelled = "Cancel" in f"{name} {error}"
            self._refuse(id_, _CANCELLED if cancelled else _FAILED, str(error)[:1000])
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self._refuse(id_, _FAILED, str(error)[:1000])
        finally:
            self._tokens.pop(id_, None)
            self._answered.set()

    # -- answers

    def compiled(self, source: Source) -> Any:
        if self._checker is None:
            self._checker = checking(self._release, self._classpath, self._arguments)
        found = self._checker.compile(source)
        return found if self._judged else {**found, "diagnostics": []}

    @property
    def _release(self) -> Release:
        return release_for(str(self._options.get("scala") or ""))[0]

    @property
    def _dependencies(self) -> Dependencies:
        said = [tuple(self._options.get(name) or ()) for name in _DEPENDENCIES]
        return Dependencies(*said)

    @property
    def compiler(self) -> Answering:
        assert self._compiler is not None
        return self._compiler

    def _progress(self, doing: str, message: str, *, cancellable: bool = False) -> None:
        self._tell("polycell/progress", {"doing": doing, "message": message, "cancellable": cancellable})

    def _fetching(self, message: str) -> None:
        self._progress("fetching jars", message, cancellable=True)

    def _tell(self, method: str, params: Any) -> None:
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def _answer(self, id_: Any, result: Any) -> None:
        self._send({"jsonrpc": "2.0", "id": id_, "result": result})

    def _refuse(self, id_: Any, code: int, message: str) -> None:
        self._send({"jsonrpc": "2.0", "id": id_, "error": {"code": code, "message": message}})

    def _send(self, message: Any) -> None:
        with self._writing:
            self._out.write(framed(message))


def _complete(host: Host, source: Source, params: Any, token: Token) -> Any:
    return host.compiler.complete(source, source.offset(params["position"]), token)


def _hover(host: Host, source: Source, params: Any, token: Token) -> Any:
    return host.compiler.hover(source, source.offset(params["position"]), token)


def _signature(host: Host, source: Source, params: Any, token: Token) -> Any:
    return host.compiler.signature(source, source.offset(params["position"]), token)


def _definition(host: Host, source: Source, params: Any, token: Token) -> Any:
    return host.compiler.definition(source, source.offset(params["position"]), token)


def _compile(host: Host, source: Source, params: Any, token: Token) -> Any:
    return host.compiled(source)


_HANDLERS: Mapping[str, Callable[[Host, Source, Any, Token], Any]] = {
    "textDocument/completion": _complete,
    "textDocument/hover": _hover,
    "textDocument/signatureHelp": _signature,
    "textDocument/definition": _definition,
    _COMPILE: _compile,
}
