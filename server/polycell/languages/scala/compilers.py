"""The compilers that serve Scala cells: one process for each configuration of version and dependencies.

They are started at the first question and live behind the bridge. Questions of editors are awaited. What a compiler
says about a cell by itself (types of its definitions, errors) is ground state from outside, like a data file: it is
asked through `View.read`, answered with what is known, and reported when it comes.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import re
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server, Status
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.core.progress import Begin, Logged, Progress
from polycell.core.text import Span
from polycell.languages.scala.config import Config
from polycell.languages.scala.host.java import OUT_OF_MEMORY, find_java, needed
from polycell.languages.scala.host.versions import release_for

log = logging.getLogger(__name__)

KEPT = 512  # answers about documents
MOST_COMPILERS = 3  # at once; the least recently used is stopped

_PIECES = ("jpype", "platformdirs")


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
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the compiler says of one cell's document, as a key of a source; the URI names the cell across edits.
    `after`: documents whose answers, where they are to come, make another question of this one: it waits for them."""

    config: Config
    uri: str
    text: str
    after: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, in the document's offsets."""

    span: Span
    message: str


class Told(NamedTuple):
    """A definition: the offset of its name, the type as the compiler shows it, and `native` as a text may declare it
    (of a method what it gives); "" where that cannot be written. It names the document's objects around cells."""

    offset: int
    name: str
    type: str
    native: str = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """Of the document `text`."""

    problems: tuple[Problem, ...] = ()
    types: tuple[Told, ...] = ()
    text: str = ""


@dataclass(slots=True)
class _Compiler:
    """One compiler: its process, and whether that has all its jars and its JVM (`ready` is set then, or when it will
    not come to that). Questions wait for it, since nobody knows how long jars take; `heard` is when it last told."""

    server: Server
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    doing: str = ""
    progress: Progress | None = None
    heard: float = 0.0
    # Few at once, however many cells there are: what waits in the process's own queue would count as unanswered.
    checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))

    async def opened(self) -> Server:
        """The server, able to answer. Raises Gone."""
        await self.server.ready()
        patience = self.server.spec.patience
        while not self.ready.is_set():
            try:
                await asyncio.wait_for(self.ready.wait(), patience)
            except asyncio.TimeoutError:
                if time.monotonic() - self.heard > patience:
                    self.server.lost(f"said nothing for {patience:.0f} seconds")
        if self.server.status.phase != "running":
            raise Gone(self.server.status.reason)
        return self.server

    def end(self, message: str) -> None:
        self.ready.set()
        self.show("", None, message)

    def show(self, doing: str, progress: Progress | None, message: str) -> None:
        """What it does now, and no more what it did before; "" for nothing."""
        if self.progress is not None:
            self.progress.end(message)
        self.doing, self.progress = doing, progress


class Compilers:
    """`on_ready` is told the questions that have answers now, `note` what a user should know once; `begin` shows a
    start, which may have to fetch jars, to whoever watches."""

    def __init__(
        self,
        on_ready: Callable[[tuple[Hashable, ...]], None] | None = None,
        note: Callable[[str], None] | None = None,
        settings: Mapping[str, Any] | None = None,
        spec: ServerSpec = SPEC,
        begin: Begin = Logged,
    ) -> None:
        self._on_ready = on_ready
        self._note = note or (lambda text: log.warning("%s", text))
        self._settings = dict(settings or {})
        self._spec = spec
        self._begin = begin
        self._compilers: OrderedDict[Config, _Compiler] = OrderedDict()
        self._known: OrderedDict[Question, Typed] = OrderedDict()
        self._latest: dict[str, Typed] = {}
        self._asked: dict[str, Question] = {}
        self._waiting: dict[str, Question] = {}  # by URI, for answers about other documents
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()

    # -- what editors ask

    async def at(self, config: Config, uri: str, text: str, method: str, offset: int, **more: Any) -> Any:
        """The answer, or None where there is no compiler or it refuses; never raises for what the compiler does."""
        try:
            server = await self._compiler(config).opened()
            return await server.at(Text(uri, text, "scala"), method, offset, **more)
        except (Gone, Refused) as reason:
            log.info("scala: %s: %s", method, reason)
            return None

    def span(self, config: Config, text: str, value: Any) -> Span | None:
        """A range of an answer as a span of the document."""
        return Text("", text).span(value, self._compiler(config).server.encoding)

    # -- what it says by itself

    def read(self, question: Hashable) -> Typed | None:
        """What is known, an answer about an earlier text of the same cell included; None before there is any, and for
        what is no `Question`."""
        if not isinstance(question, Question):
            return None
        found = self._known.get(question)
        if found is not None:
            self._known.move_to_end(question)
            return found
        if any(self._to_come(uri) for uri in question.after):
            self._waiting[question.uri] = question
            return self._latest.get(question.uri)
        self._waiting.pop(question.uri, None)
        if self._asked.get(question.uri) != question:
            try:
                task = asyncio.get_running_loop().create_task(self._compile(question), name="polycell scala check")
            except RuntimeError:
                return None  # nobody waits for answers that come later
            self._asked[question.uri] = question
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._latest.get(question.uri)

    @property
    def servers(self) -> tuple[Server, ...]:
        """Those that were started, the one asked last at the end."""
        return tuple(one.server for one in self._compilers.values())

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._tasks)

    async def quiet(self) -> None:
        """Wait until no answer is still to come."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        for server in self.servers:
            await server.stop()
        self._compilers.clear()

    def _to_come(self, uri: str) -> bool:
        asked, latest = self._asked.get(uri), self._latest.get(uri)
        return uri in self._waiting or (asked is not None and (latest is None or latest.text != asked.text))

    def _freed(self, uri: str) -> tuple[Question, ...]:
        """Those that waited for the answer about a document, which has come or will not come."""
        freed = tuple(waiting for waiting in self._waiting.values() if uri in waiting.after)
        for one in freed:
            del self._waiting[one.uri]
        return freed

    async def _compile(self, question: Question) -> None:
        text = Text(question.uri, question.text, "scala")
        compiler = self._compiler(question.config)
        try:
            server = await compiler.opened()
            async with compiler.checks:
                if self._asked.get(question.uri) != question:
                    return  # the cell has another text by now
                answer = await server.at(text, "polycell/compile")
        except (Gone, Refused) as reason:
            log.info("scala: no check: %s", reason)
            if self._asked.get(question.uri) == question:
                del self._asked[question.uri]
                freed = self._freed(question.uri)
                if freed and self._on_ready is not None:
                    self._on_ready(freed)
            return
        typed = _typed(text, answer, server)
        self._known[question] = typed
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        if self._asked.get(question.uri) == question:
            self._latest[question.uri] = typed
            if self._on_ready is not None:
                self._on_ready((question, *self._freed(question.uri)))

    def _compiler(self, config: Config) -> _Compiler:
        """Versions that the same release serves share a process."""
        release, note = release_for(config.scala)
        if note:
            self._once(note)
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
                },
                note=self._once,
                told=partial(self._heard, config),
                changed=partial(self._changed, config),
            )
            found = self._compilers[config] = _Compiler(server)
            if len(self._compilers) > MOST_COMPILERS:
                _, oldest = self._compilers.popitem(last=False)
                self._stop(oldest)
        self._compilers.move_to_end(config)
        return found

    def _stop(self, compiler: _Compiler) -> None:
        task = asyncio.get_running_loop().create_task(compiler.server.stop())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _changed(self, config: Config, status: Status) -> None:
        compiler = self._compilers.get(config)
        if compiler is None:
            return
        if status.phase == "starting":
            compiler.ready.clear()
            compiler.heard = time.monotonic()
        elif status.phase != "running":
            compiler.end(status.reason or "stopped")

    def _heard(self, config: Config, method: str, params: Any) -> None:
        said = params if isinstance(params, Mapping) else {}
        compiler = self._compilers.get(config)
        if compiler is None:
            return
        compiler.heard = time.monotonic()
        if method == "polycell/ready":
            reason = str(said.get("reason") or "")
            if reason:
                self._once(reason)
            compiler.end(reason or "ready")
        elif method == "polycell/progress":
            doing = str(said.get("doing"))
            if doing != compiler.doing:
                cancel = partial(self._stop, compiler) if said.get("cancellable") else None
                compiler.show(doing, self._begin(f"Scala: {doing}", cancel), "done")
            if compiler.progress is not None:
                compiler.progress.report(str(said.get("message")))
        elif method == "polycell/missing":
            self._once(str(said.get("message")))

    def _once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._note(text)


_GLUE = re.compile(r"\b(?:Notebook\.)?(?:Given\d+\.Cell\d+\.)+")


def without_glue(text: str) -> str:
    """A type without the objects that the document puts around cells: `Notebook.Given1.Cell1.Sale` is `Sale`."""
    return _GLUE.sub("", text)


def _typed(text: Text, answer: Any, server: Server) -> Typed:
    said = answer if isinstance(answer, Mapping) else {}
    problems = []
    for one in said.get("diagnostics") or ():
        span = text.span(one.get("range"), server.encoding)
        if span is not None and one.get("severity") == 1:
            problems.append(Problem(span, without_glue(str(one.get("message", "")))))
    types = [
        Told(int(one["offset"]), str(one["name"]), without_glue(str(one["type"])), str(one.get("native") or ""))
        for one in said.get("definitions") or ()
        if one["type"]
    ]
    return Typed(tuple(problems), tuple(types), text.text)
