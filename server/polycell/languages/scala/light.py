"""The light compilers: one process of ours (`host`) for each configuration of version and dependencies, started at the
first question."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import Struct, field

from polycell.bridge.server import Server, Status
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.bridge.trace import Trace
from polycell.core.progress import Begin, Logged, Progress
from polycell.core.values import replace
from polycell.languages.scala.config import Config
from polycell.languages.scala.host.java import OUT_OF_MEMORY, find_java, needed
from polycell.languages.scala.host.versions import release_for
from polycell.languages.scala.questions import Answer, Question, Typed, answered, once, short, typed

MOST_COMPILERS = 3  # at once; the least recently used is stopped

_PIECES = ("jpype", "platformdirs")
READY = "polycell/ready"


def lacks() -> str:
    """What Scala support is missing here, and how to have it; "" where nothing is."""
    if any(importlib.util.find_spec(piece) is None for piece in _PIECES):
        return 'Scala support is not installed: pip install "polycell[scala]" (which brings a Java runtime along).'
    return "" if find_java() is not None else needed()


SPEC = ServerSpec(
    name="the Scala compiler",
    argv=("python", "-m", "polycell.languages.scala.host"),
    languages=frozenset({"scala"}),
    language_id="scala",
    find=lambda: None if lacks() else sys.executable,
    lacks=lacks,
    exits={OUT_OF_MEMORY: "ran out of memory (the setting `scalaMemory` gives it more)"},
    patience=90.0,
    # When it has all its jars and its JVM, or when it will not come to that; nobody knows how long jars take.
    able=lambda method, params: method == READY,
)


class _Compiler(Struct):
    """One compiler: its process, and what that does now, where users are shown it."""

    server: Server
    doing: str = ""
    progress: Progress | None = None
    # Few at once, however many cells there are: what waits in the process's own queue would count as unanswered.
    checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    def show(self, doing: str, progress: Progress | None, message: str) -> None:
        """What it does now, and no more what it did before; "" for nothing."""
        if self.progress is not None:
            self.progress.end(message)
        self.doing, self.progress = doing, progress


class Light:
    """`note` is told once what a user should know; `begin` shows a start, which may have to fetch jars, to whoever
    watches; `settings` are the host's own."""

    def __init__(
        self,
        note: Callable[[str], None],
        settings: Mapping[str, Any] | None = None,
        *,
        spec: ServerSpec = SPEC,
        begin: Begin = Logged,
        trace: Trace | None = None,
    ) -> None:
        self._note = once(note)
        self._settings = dict(settings or {})
        self._spec = spec
        self._begin = begin
        self._trace = trace
        self._compilers: OrderedDict[Config, _Compiler] = OrderedDict()
        self._stopping: set[asyncio.Task[None]] = set()

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        compiler = self._compiler(question.config)
        text = Text(_uri(question), question.text, "scala")
        server = compiler.server
        return Answer(await answered(server, server.at(text, method, offset, **more)), text, server)

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        compiler = self._compiler(question.config)
        # A document of its own: whoever types meanwhile shows newer texts of the other.
        text = Text(f"{_uri(question)}?check", question.text, "scala")
        async with compiler.checks:
            if not wanted():
                return None
            server = compiler.server
            return typed(Answer(await answered(server, server.at(text, "polycell/compile")), text, server))

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(one.server for one in self._compilers.values())

    async def leave(self, notebook: str) -> None:
        """Compilers are shared by notebooks."""

    async def rest(self) -> None:
        while self._compilers:
            compiler = self._compilers.popitem()[1]
            compiler.show("", None, "stopped")
            await compiler.server.stop()

    async def close(self) -> None:
        await self.rest()
        if self._stopping:
            await asyncio.wait(self._stopping)

    def _compiler(self, config: Config) -> _Compiler:
        """Versions that the same release serves share a process."""
        release, note = release_for(config.scala)
        if note:
            self._note(note)
        config = replace(config, scala=release.scala)
        found = self._compilers.get(config)
        if found is None:
            server = Server(
                self._spec,
                initialization={
                    **self._settings,
                    "scala": config.scala,
                    "dependencies": config.modules,
                    "exclusions": config.exclusions,
                    "repositories": config.repositories,
                    "plugins": config.plugins,
                },
                note=self._note,
                told=partial(self._heard, config),
                changed=partial(self._changed, config),
                trace=self._trace,
            )
            found = self._compilers[config] = _Compiler(server)
            if len(self._compilers) > MOST_COMPILERS:
                _, oldest = self._compilers.popitem(last=False)
                self._stop(oldest)
        self._compilers.move_to_end(config)
        return found

    def _stop(self, compiler: _Compiler) -> None:
        task = asyncio.get_running_loop().create_task(compiler.server.stop())
        self._stopping.add(task)
        task.add_done_callback(self._stopping.discard)

    def _changed(self, config: Config, status: Status) -> None:
        compiler = self._compilers.get(config)
        if compiler is not None and status.phase not in ("starting", "running"):
            compiler.show("", None, status.reason or "stopped")

    def _heard(self, config: Config, method: str, params: Any) -> None:
        said = params if isinstance(params, Mapping) else {}
        compiler = self._compilers.get(config)
        if compiler is None:
            return
        if method == READY:
            reason = str(said.get("reason") or "")
            if reason:
                self._note(reason)
            compiler.show("", None, reason or "ready")
        elif method == "polycell/progress":
            doing = str(said.get("doing"))
            if doing != compiler.doing:
                cancel = partial(self._stop, compiler) if said.get("cancellable") else None
                compiler.show(doing, self._begin(f"Scala: {doing}", cancel), "done")
            if compiler.progress is not None:
                compiler.progress.report(str(said.get("message")))
        elif method == "polycell/missing":
            self._note(str(said.get("message")))


def _uri(question: Question) -> str:
    """Of the document that the compiler sees; no such file exists."""
    return f"file:///polycell/{short(question.notebook)}/{short(question.cell)}/Notebook.scala"
