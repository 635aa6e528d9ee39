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
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.core.text import Span
from polycell.languages.scala.config import Config
from polycell.languages.scala.host.java import NEEDED, find_java

log = logging.getLogger(__name__)

KEPT = 512  # answers about documents
MOST_COMPILERS = 3  # at once; the least recently used is stopped

_PIECES = ("jpype", "platformdirs")


def _python() -> str | None:
    """What runs the host: our own Python, where everything that it needs is there."""
    here = all(importlib.util.find_spec(piece) is not None for piece in _PIECES)
    return sys.executable if here and find_java() is not None else None


SPEC = ServerSpec(
    name="scala",
    argv=("python", "-m", "polycell.languages.scala.host"),
    languages=frozenset({"scala"}),
    language_id="scala",
    install=f'{NEEDED} The compiler itself comes with: pip install "polycell[scala]".',
    find=_python,
    patience=90.0,
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the compiler says of one cell's document, as a key of a source. `cell` names it across edits."""

    config: Config
    uri: str
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An error, in the document's offsets."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Of the document `text`. `types` are (offset of a defined name, the name, its type as the compiler writes it)."""

    problems: tuple[Problem, ...] = ()
    types: tuple[tuple[int, str, str], ...] = ()
    text: str = ""


class Compilers:
    """`on_ready` is told the questions that have answers now, `note` what a user should know once."""

    def __init__(
        self,
        on_ready: Callable[[tuple[Hashable, ...]], None] | None = None,
        note: Callable[[str], None] | None = None,
        settings: Mapping[str, Any] | None = None,
        spec: ServerSpec = SPEC,
    ) -> None:
        self._on_ready = on_ready
        self._note = note or (lambda text: log.warning("%s", text))
        self._settings = dict(settings or {})
        self._spec = spec
        self._servers: OrderedDict[Config, Server] = OrderedDict()
        self._known: OrderedDict[Question, Typed] = OrderedDict()
        self._latest: dict[str, Typed] = {}
        self._asked: dict[str, Question] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()

    # -- what editors ask

    async def at(self, config: Config, uri: str, text: str, method: str, offset: int, **more: Any) -> Any:
        """The answer, or None where there is no compiler or it refuses; never raises for what the compiler does."""
        try:
            return await self._server(config).at(Text(uri, text, "scala"), method, offset, **more)
        except (Gone, Refused) as reason:
            log.info("scala: %s: %s", method, reason)
            return None

    def span(self, config: Config, text: str, value: Any) -> Span | None:
        """A range of an answer as a span of the document."""
        return Text("", text).span(value, self._server(config).encoding)

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
        return tuple(self._servers.values())

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._tasks)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        for server in self._servers.values():
            await server.stop()
        self._servers.clear()

    async def _compile(self, question: Question) -> None:
        text = Text(question.uri, question.text, "scala")
        server = self._server(question.config)
        try:
            answer = await server.at(text, "polycell/compile")
        except (Gone, Refused) as reason:
            log.info("scala: no check: %s", reason)
            if self._asked.get(question.uri) == question:
                del self._asked[question.uri]
            return
        typed = _typed(text, answer, server)
        self._known[question] = typed
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        if self._asked.get(question.uri) == question:
            self._latest[question.uri] = typed
            if self._on_ready is not None:
                self._on_ready((question,))

    def _server(self, config: Config) -> Server:
        server = self._servers.get(config)
        if server is None:
            server = self._servers[config] = Server(
                self._spec,
                initialization={
                    **self._settings,
                    "scala": config.scala,
                    "dependencies": config.modules,
                    "exclusions": config.exclusions,
                    "repositories": config.repositories,
                },
                note=self._once,
                told=self._heard,
            )
            if len(self._servers) > MOST_COMPILERS:
                _, oldest = self._servers.popitem(last=False)
                task = asyncio.get_running_loop().create_task(oldest.stop())
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self._servers.move_to_end(config)
        return server

    def _heard(self, method: str, params: Any) -> None:
        said = params if isinstance(params, Mapping) else {}
        if method == "polycell/ready":
            for text in (said.get("reason"), said.get("note")):
                if text:
                    self._once(str(text))
        elif method == "polycell/progress":
            log.info("scala: %s", said.get("message"))

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
        (int(one["offset"]), str(one["name"]), without_glue(str(one["type"])))
        for one in said.get("definitions") or ()
        if one["type"]
    ]
    return Typed(tuple(problems), tuple(types), text.text)
