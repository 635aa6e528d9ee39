"""Metals as one that answers questions: started in a folder of its own at the first question about a notebook.

What it is shown is a file a cell. Completion and the like use the text as it was shown; types come from a compile,
which a save sets off: Metals asks our build server, and hands on what that publishes. Diagnostics are believed only
where their source says that they speak of the very save, and the text has not been another since: Metals publishes old
ones again with each change, moved to where it thinks that they are now, and often twice.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from polycell.bridge.connection import INTERNAL_ERROR, Gone, Refused
from polycell.bridge.files import encoded, path_of
from polycell.bridge.server import Server, Status
from polycell.bridge.text import Text
from polycell.bridge.trace import Trace
from polycell.core.progress import Begin, Logged, Progress
from polycell.languages.scala.bsp.layout import MARKER, Build, Layout, mark
from polycell.languages.scala.config import Config
from polycell.languages.scala.host.versions import Release, release_for
from polycell.languages.scala.light import lacks
from polycell.languages.scala.metals import command
from polycell.languages.scala.metals.command import Chosen
from polycell.languages.scala.metals.scratch import Scratch
from polycell.languages.scala.questions import Absent, Answer, Question, Typed, answered, once, short, typed

if TYPE_CHECKING:
    from polycell.languages.scala.host.classpath import Jars

T = TypeVar("T")

MOST = 3  # notebooks at once; the Metals of the least recently asked about is stopped
SAVE_AGAIN = 15.0  # seconds without a word about a text after which it is saved again
TYPING = 0.2  # seconds before a text is shown again in which somebody types: not between their question and its answer
COMPILE = 120.0  # seconds without a word about any save after which it is started anew; a first one with Spark is slow
ERROR = 1  # DiagnosticSeverity
LOOK_AGAIN = 60.0  # seconds after which one that could not be had is looked for again

Resolve = Callable[[Config, Release, Callable[[str], None]], "Jars"]


class _SupersededError(Exception):
    """The text has been another since it was saved."""


class _Waiting(Struct, frozen=True):
    """For what is said of a save: by its mark, and the version in which the server had the text."""

    uri: str
    mark: str
    version: int | None
    found: asyncio.Future[list[Any]]

    def fail(self, error: Exception) -> None:
        if not self.found.done():
            self.found.set_exception(error)


@dataclass(slots=True)
class _Notebook:
    """One Metals in its folder. `config` is what its build was written for."""

    scratch: Scratch
    build: Build
    config: Config
    server: Server = field(init=False)
    judged: bool = True  # as in `Jars`
    starting: Progress | None = None
    waiting: dict[Path | None, _Waiting] = field(default_factory=dict)
    building: asyncio.Lock = field(default_factory=asyncio.Lock)
    # Few at once, however many cells there are: each waits for a compile.
    checks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(4))

    @property
    def layout(self) -> Layout:
        return Layout(self.scratch.root)

    def text(self, question: Question) -> Text:
        path = self.layout.sources / f"Cell_{short(question.cell)}.scala"
        return Text(path.as_uri(), question.text, "scala")

    def started(self, message: str) -> None:
        if self.starting is not None:
            self.starting.end(message)
        self.starting = None

    def changed(self, status: Status) -> None:
        if status.phase in ("starting", "running"):
            return
        self.started(status.reason or "stopped")
        for one in tuple(self.waiting.values()):
            one.fail(Gone(status.reason))

    def heard(self, method: str, params: Any) -> None:
        if method == "metals/status" and isinstance(params, Mapping) and self.starting is not None:
            self.starting.report(str(params.get("text") or ""))

    async def saved(self, text: Text) -> Typed:
        """What a compile of this very text says. Raises Gone, Refused where it could not be compiled, _SupersededError,
        and TimeoutError where nothing is said."""
        path = path_of(text.uri)
        if path in self.waiting:
            self.waiting[path].fail(_SupersededError())
        self.server.save(text)
        found: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        digest = self.build.digest(encoded(text))
        version = self.server.version(text.uri)
        waiting = self.waiting[path] = _Waiting(text.uri, mark(digest, _time(path)), version, found)
        try:
            said = await asyncio.wait_for(found, SAVE_AGAIN)
        finally:
            if self.waiting.get(path) is waiting:
                del self.waiting[path]
        last = max(said, key=lambda one: int(one.get("severity") or 0))
        if last.get("message") != MARKER:
            raise Refused(INTERNAL_ERROR, str(last.get("message")))
        said = [one for one in said if self.judged or one.get("severity") != ERROR]
        definitions = self.layout.read_typed(digest)
        return typed(Answer({"diagnostics": said, "definitions": definitions}, text, self.server))

    def published(self, uri: str, version: int | None, diagnostics: list[Any]) -> None:
        waiting = self.waiting.get(path_of(uri))
        if waiting is None:
            return
        found = [one for one in diagnostics if isinstance(one, Mapping) and one.get("source") == waiting.mark]
        if not found or waiting.found.done():
            return  # of another text: stale, or said again
        if self.server.version(waiting.uri) != waiting.version:
            waiting.fail(_SupersededError())  # moved to where they would be in the text shown since
        else:
            waiting.found.set_result(found)


class Metals:
    """`note` is told once what a user should know; `begin` shows what takes long to whoever watches. `home`: where the
    folders are made, and `resolve` finds the jars of a notebook; both are found where they usually are."""

    def __init__(
        self,
        note: Callable[[str], None],
        chosen: Chosen,
        *,
        begin: Begin = Logged,
        trace: Trace | None = None,
        home: Path | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._note = once(note)
        self._chosen = chosen
        self._begin = begin
        self._trace = trace
        self._home = home
        self._resolve = resolve or partial(_resolve, chosen.download)
        self._notebooks: OrderedDict[tuple[str, Release], tuple[float, asyncio.Task[_Notebook]]] = OrderedDict()
        self._behind: set[asyncio.Task[None]] = set()  # what nobody waits for

    def ready(self, question: Question) -> bool:
        found = self._notebooks.get((question.notebook, release_for(question.config.scala)[0]))
        return found is not None and _is_open(found[1]) and found[1].result().server.trusted

    async def begin(self, question: Question) -> None:
        await self._able(question)

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        notebook = await self._able(question)
        text, server = notebook.text(question), notebook.server
        return Answer(await answered(server, server.at(text, method, offset, **more)), text, server)

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        notebook = await self._able(question)
        text, server = notebook.text(question), notebook.server
        async with notebook.checks:
            until = time.monotonic() + COMPILE
            while wanted():
                await answered(server, server.able())
                try:
                    return await notebook.saved(text)
                except _SupersededError:
                    await asyncio.sleep(TYPING)
                except asyncio.TimeoutError:
                    if time.monotonic() > until:
                        server.lost("compiles nothing")
                        raise Gone("Metals compiles nothing") from None
        return None

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(task.result().server for _, task in self._notebooks.values() if _is_open(task))

    async def leave(self, notebook: str) -> None:
        for key in [key for key in self._notebooks if key[0] == notebook]:
            await self._end(self._notebooks.pop(key)[1])

    async def close(self) -> None:
        while self._notebooks:
            await self._end(self._notebooks.popitem()[1][1])
        if self._behind:
            await asyncio.wait(self._behind)

    # -- one notebook's

    async def _able(self, question: Question) -> _Notebook:
        """Its Metals, able to answer with what the notebook declares. Raises Gone, Absent."""
        release, note = release_for(question.config.scala)
        if note:
            self._note(note)
        key = (question.notebook, release)
        since, opening = self._notebooks.get(key, (0.0, None))
        if opening is not None and opening.done() and not _is_open(opening) and time.monotonic() - since > LOOK_AGAIN:
            opening = None
        if opening is None:
            opening = asyncio.get_running_loop().create_task(self._open(question.config, release), name="open Metals")
            self._notebooks[key] = time.monotonic(), opening
            if len(self._notebooks) > MOST:
                _, (_, oldest) = self._notebooks.popitem(last=False)
                self._later(self._end(oldest))
        self._notebooks.move_to_end(key)
        await asyncio.wait({opening})  # `close` cancels it, and not whoever waits for it
        if opening.cancelled():
            raise Gone("Metals has been stopped")
        if not _is_open(opening):
            raise Absent(str(opening.exception()))
        notebook = opening.result()
        async with notebook.building:
            if notebook.config != question.config:
                await self._rebuild(notebook, question.config, release)
        await answered(notebook.server, notebook.server.able())
        notebook.started("ready")
        return notebook

    async def _open(self, config: Config, release: Release) -> _Notebook:
        """Raises Absent. What the light compiler lacks as well, that tells the user, which is asked next."""
        if lacking := lacks():
            raise Absent(lacking)
        from polycell.languages.scala.host.jars import MissingError, cache

        try:
            jars = await self._fetching(partial(self._resolve, config, release))
        except MissingError as error:
            raise Absent(str(error)) from error
        try:
            argv = await self._fetching(partial(command.find, self._chosen))
            scratch = await asyncio.to_thread(Scratch, self._home or cache() / "metals")
            build = self._build(release, jars)
            notebook = _Notebook(scratch, build, config, jars.judged)
            notebook.layout.make(build)
        except (MissingError, OSError) as error:
            self._note(f"Metals does not serve Scala cells: {error}")
            raise Absent(str(error)) from error
        notebook.server = Server(
            command.spec(argv, self._chosen.memory),
            roots=[scratch.root.as_uri()],
            folder=str(scratch.root),
            settings={"metals": {"fallbackScalaVersion": release.scala}},
            note=self._note,
            told=notebook.heard,
            publish=notebook.published,
            changed=notebook.changed,
            trace=self._trace,
        )
        notebook.starting = self._begin("Scala: starting Metals", None)
        return notebook

    async def _rebuild(self, notebook: _Notebook, config: Config, release: Release) -> None:
        """Other dependencies: our build server sees the new file and tells Metals."""
        from polycell.languages.scala.host.jars import MissingError

        try:
            jars = await self._fetching(partial(self._resolve, config, release))
            notebook.build, notebook.judged = self._build(release, jars), jars.judged
            notebook.layout.write(notebook.build)
        except (MissingError, OSError) as error:
            self._note(f"Scala cells do without what was declared last: {error}")
        notebook.config = config

    def _build(self, release: Release, jars: Jars) -> Build:
        for complaint in jars.complaints():
            self._note(complaint)
        chosen = self._chosen
        return Build(
            release.scala, release.binary, jars.compiler, jars.classpath, jars.options, chosen.memory, chosen.trace
        )

    async def _fetching(self, work: Callable[[Callable[[str], None]], T]) -> T:
        """Work in a thread that may fetch jars, which is shown, and may be given up then."""
        loop = asyncio.get_running_loop()
        shown: list[Progress] = []
        given_up = threading.Event()

        def show(message: str) -> None:
            if not shown:
                shown.append(self._begin("Scala: fetching jars", given_up.set))
            shown[0].report(message)

        def progress(message: str) -> None:
            from polycell.languages.scala.host.jars import MissingError

            if given_up.is_set():
                raise MissingError("fetching was given up")
            loop.call_soon_threadsafe(show, message)

        try:
            return await asyncio.to_thread(work, progress)
        finally:
            given_up.set()  # where nobody waits for it any longer
            for one in shown:
                one.end("done")

    async def _end(self, opening: asyncio.Task[_Notebook]) -> None:
        opening.cancel()
        await asyncio.wait({opening})
        if not _is_open(opening):
            return
        notebook = opening.result()
        await notebook.server.stop()
        await asyncio.to_thread(notebook.scratch.remove)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)


def _time(path: Path | None) -> int:
    """When a file was written, in nanoseconds; 0 where there is none."""
    try:
        return path.stat().st_mtime_ns if path is not None else 0
    except OSError:
        return 0


def _is_open(opening: asyncio.Task[_Notebook]) -> bool:
    return opening.done() and not opening.cancelled() and opening.exception() is None


def _resolve(download: bool, config: Config, release: Release, progress: Callable[[str], None]) -> Jars:
    from polycell.languages.scala.host.classpath import Dependencies, resolve

    wanted = Dependencies(config.modules, config.exclusions, config.repositories, config.plugins)
    return resolve(wanted, release, download=download, progress=progress)
