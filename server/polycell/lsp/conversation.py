"""One conversation with one client: its state, and what is made of its notifications. Nothing is computed here.

Import light: languages come with the session, at its first use, and the protocol library behind the first answers
(`lsp.plain`), or as soon as somebody asks what it has to read.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import threading
from collections.abc import Callable, Coroutine, Hashable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from polycell.core.service import Services
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.lsp.asked import BOUND
from polycell.lsp.capabilities import REFRESH_DATABASES, initialize_result
from polycell.lsp.client import folder_uris, read_client
from polycell.lsp.completion import Cursor, completion, cursor_in
from polycell.lsp.convert import Json
from polycell.lsp.diagnostics import Diagnostics
from polycell.lsp.lab_sync import LabSync
from polycell.lsp.notebook_sync import Change, NotebookSync
from polycell.lsp.plain import Plain
from polycell.lsp.refreshing import Refreshing
from polycell.lsp.scheduler import IDLE, Scheduler
from polycell.lsp.settings import parse
from polycell.lsp.state import State, key_of
from polycell.lsp.text_sync import TextSync
from polycell.lsp.transport import framed

if TYPE_CHECKING:
    from polycell.lsp.library import Library
    from polycell.lsp.progress import ProgressReports
    from polycell.lsp.protocol import Protocol

log = logging.getLogger(__name__)

# Settings with which languages and sources are made.
_MAKING = (
    *(
        "outside",
        "python",
        "engine",
        "interpreter",
        "package_index",
        "maven_repository",
        "scala_engine",
        "scala_download",
    ),
    *("scala_memory", "scala_archive", "metals_command", "server_trace", "databases", "connections", "known"),
)

# Types of messages (`MessageType`).
ERROR, WARNING, INFO = 1, 2, 3

UNASKED = 0.3  # seconds after which it is seen whether anything is asked or computed

OnReady = Callable[[tuple[Hashable, ...]], None]
Parts = Callable[[State, OnReady], tuple[Services, Any]]


def default_parts(state: State, on_ready: OnReady) -> tuple[Services, Any]:
    """The languages, and the sources outside of notebooks: `read(key)`, `changed(paths)` and `close()`."""
    from polycell import compose
    from polycell.lsp import engines

    chosen = state.settings
    compilers = None
    if chosen.scala_engine != "off":
        make_compilers = partial(
            compose.scala_compilers,
            on_ready,
            state.note,
            state.begin,
            engine=chosen.scala_engine,
            download=chosen.scala_download,
            memory=chosen.scala_memory,
            archive=chosen.scala_archive,
            metals=chosen.metals_command,
            trace=chosen.server_trace,
        )
        compilers = compose.LateCompilers(make_compilers)
    asked = engines.wanted(state.client, chosen)
    engine = None
    if asked is not None:
        make = state.early.take if state.early is not None else engines.make
        engine = make(asked, state.note)
    services = compose.default_services(
        engine,
        compilers,
        package_index=chosen.package_index,
        maven_repository=chosen.maven_repository,
        known=tuple(dict.fromkeys((*chosen.known, *state.projects.known))),
        anywhere=chosen.outside,
        roots=lambda: engines.paths(state.client),
    )
    make_sources = partial(
        compose.default_sources,
        engines.paths(state.client),
        on_ready,
        anywhere=chosen.outside,
        interpreter=chosen.interpreter,
        native=engines.native(state.client),
        compilers=compilers,
        databases=chosen.databases,
        connections=chosen.connections,
        services=services,
    )
    return services, compose.LateSources(make_sources)


class PolycellServer:
    """One conversation with one client. `idle`: seconds without a change before everything is looked at."""

    def __init__(self, parts: Parts = default_parts, idle: float = IDLE) -> None:
        self._parts = parts
        self._sources: Any = None
        self.state = State(self._session)
        self.diagnostics = Diagnostics(self.state, self._send_diagnostics)
        self._refreshing = Refreshing(self.state, lambda method: self.library.ask(method))
        looked = self._refreshing.looked
        self.scheduler = Scheduler(self.state, self.diagnostics, idle, lambda: not self.is_quiet, looked)
        self.notebooks = NotebookSync(self.state, self._changed)
        self.texts = TextSync(self.state, self._changed, self.scheduler.note)
        self.texts.problems = self.diagnostics.note_document
        self.lab = LabSync(self.state, self._changed, self.scheduler.note)
        self.state.refresh = self._refresh
        self.state.show = lambda params: self.library.window_show_document_async(params)
        self.state.note = self._note
        self.state.begin = lambda title, cancel: self.work.begin(title, cancel)
        self.exit_code: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: Callable[[], None] = lambda: None
        self._complained = False
        self._closing: set[asyncio.Future[None]] = set()
        self._writer: Any = None
        self._greeted = False
        answered = {
            "textDocument/completion": partial(self._at, completion),
            "textDocument/hover": partial(self._at, _hover),
        }
        self.plain = Plain(self.notifications(), answered, self._reply, self._complain)
        self._library: Library | None = None
        self._loading = False
        self._waiting: list[Any] = []  # for the library

    # -- the protocol library

    @property
    def library(self) -> Library:
        """Loaded at its first use, where nobody has had it loaded before."""
        if self._library is None:
            from polycell.lsp.library import Library

            self._attach(Library(self))
        assert self._library is not None
        return self._library

    @property
    def protocol(self) -> Protocol:
        return self.library.protocol

    @functools.cached_property
    def work(self) -> ProgressReports:
        """Shown by requests to the client."""
        from polycell.lsp.progress import ProgressReports

        return ProgressReports(lambda: self.protocol, lambda: self.state.client.shows_progress)

    def load(self) -> None:
        """Have a thread import the library, unless it is here or on its way."""
        if self._library is not None or self._loading:
            return
        self._loading = True
        loop = asyncio.get_running_loop()

        def imported() -> None:
            made: Library | None = None
            try:
                from polycell.lsp.library import Library

                made = Library(self)
            except Exception:
                log.exception("the protocol library cannot be loaded")
            with contextlib.suppress(RuntimeError):  # the loop is closed: the client is gone already
                loop.call_soon_threadsafe(self._loaded, made)

        threading.Thread(target=imported, name="polycell-library", daemon=True).start()

    def _loaded(self, made: Library | None) -> None:
        self._loading = False
        if made is None:
            self.stop(1)  # most requests could not even be refused
        elif self._library is None:
            self._attach(made)
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._hand_on(message)

    def _attach(self, made: Library) -> None:
        self._library = made
        if self._writer is not None:
            made.protocol.set_writer(self._writer)
        if self._greeted:
            made.register_with_client()

    def _hand_on(self, message: Any) -> None:
        try:
            self.protocol.handle_message(message)
        except Exception:
            log.exception("a message could not be handled")

    # -- what the transport and the protocol call

    def set_writer(self, writer: Any) -> None:
        self._writer = writer
        if self._library is not None:
            self._library.protocol.set_writer(writer)

    def receive(self, message: Any) -> None:
        """One message, already JSON. Never raises. What waits for the library has all that follow wait too, so that
        everything is handled in its order."""
        if self.plain.cancels(message):
            return
        if self._waiting:
            self._waiting.append(message)
        elif not self._is_ending and self.plain.takes(message):
            return
        elif self._library is not None:
            self._hand_on(message)
        else:
            self._waiting.append(message)
            self.load()

    def say(self, method: str, params: Json) -> None:
        """Send a notification."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

    def _reply(self, number: int | str, answer: Json) -> None:
        """`answer`: the result, or the error, under its name. Behind the first of them the library has its turn."""
        self._write({"jsonrpc": "2.0", "id": number, **answer})
        self.load()

    def _write(self, message: Json) -> None:
        if self._writer is not None:
            self._writer.write(framed(message))

    @property
    def _is_ending(self) -> bool:
        """Whether the client has said so: all but the end is refused then."""
        return self._library is not None and self._library.protocol.is_ending

    @property
    def waits(self) -> bool:
        """Whether messages are here that nobody has handled."""
        return bool(self._waiting)

    @property
    def is_quiet(self) -> bool:
        """Whether no request of the client is under way."""
        return self.plain.is_quiet and (self._library is None or self._library.protocol.is_quiet)

    def bind(self, params: Any) -> None:
        """Fix the state that a request is asked at; None for what is no request."""
        document = params.get("textDocument") or params.get("item") if isinstance(params, Mapping) else None
        uri = document.get("uri") if isinstance(document, Mapping) else None
        asked = self.state.asked(uri) if isinstance(uri, str) else None
        position = params.get("position") if isinstance(params, Mapping) else None
        if isinstance(uri, str) and isinstance(position, dict):
            line, character = position.get("line"), position.get("character")
            if isinstance(line, int) and isinstance(character, int):
                position["line"], position["character"] = meant = self.lab.meant(uri, line, character)
                moved = asked is not None and meant != (line, character)
                asked = replace(asked, moved=True) if asked is not None and moved else asked
        BOUND.set(asked)

    def initialize(self, params: Any) -> dict[str, Any]:
        """Answer an `initialize`, the first or a later one of another window; documents stay."""
        if not self.state.groups:  # positions of open documents were told in the encoding of the first
            self.state.client = read_client(params)
        options = params.get("initializationOptions") if isinstance(params, Mapping) else None
        self._configure(options)
        self.diagnostics.clear_all()
        for group in self.state.groups.values():
            self.scheduler.changed(group.uri)
        if asyncio_loop := _running_loop():
            self._loop = asyncio_loop
            asyncio_loop.call_later(UNASKED, self._warm_up)
        return initialize_result(self.state.client)

    def stop(self, code: int) -> None:
        self.exit_code = code
        self._stopped()

    async def finish(self) -> None:
        """Let requests that are under way be answered, stop the rest, and close what other rooms opened."""
        await self.plain.drain()
        if self._library is not None:
            await self._library.protocol.drain()
        for group in list(self.state.groups.values()):
            self.scheduler.closed(group.uri)
        if self._sources is not None:
            self._sources.close()
        if self.state.has_session:
            await self._close(self.state.session.services)

    def on_stop(self, stopped: Callable[[], None]) -> None:
        self._stopped = stopped

    def failed(self, error: Exception) -> None:
        """To the log; to the user once, and never as a dialog where the client would show one for every message."""
        log.error("%s", error, exc_info=error if isinstance(error, Exception) else None)
        self._complain(error)

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            self._complained = True
            self._show(f"an internal error, details in its log: {error}", logged=ERROR, shown=WARNING)

    def _note(self, text: str) -> None:
        """What the user should know once and can do something about."""
        log.info("%s", text)
        self._show(text, logged=WARNING, shown=INFO)

    def _show(self, text: str, *, logged: int, shown: int) -> None:
        """`logged`: the type of message where it is only logged; JupyterLab shows a modal dialog for each other."""
        only_log = self.state.client.jupyterlab
        method = "window/logMessage" if only_log else "window/showMessage"
        self.say(method, {"type": logged if only_log else shown, "message": f"Polycell: {text}"})

    # -- notifications

    def notifications(self) -> Mapping[str, Callable[[Any], None]]:
        """Who handles them, by method: with the parameters as plain JSON."""

        def documents(params: Any) -> TextSync | LabSync:
            return self.lab if self.lab.takes(params) else self.texts

        return {
            "initialized": self.initialized,
            "$/setTrace": _nothing,
            "notebookDocument/didOpen": self.notebooks.did_open,
            "notebookDocument/didChange": self.notebooks.did_change,
            "notebookDocument/didSave": _nothing,
            "notebookDocument/didClose": self.notebooks.did_close,
            "textDocument/didOpen": lambda params: documents(params).did_open(params),
            "textDocument/didChange": lambda params: documents(params).did_change(params),
            "textDocument/didSave": _nothing,
            "textDocument/didClose": lambda params: documents(params).did_close(params),
            "workspace/didChangeConfiguration": self.configure,
            "workspace/didChangeWatchedFiles": self.files_changed,
            "workspace/didChangeWorkspaceFolders": self.folders_changed,
        }

    def configure(self, params: Any) -> None:
        """workspace/didChangeConfiguration."""
        self._configure(params.get("settings") if isinstance(params, Mapping) else None)
        for group in self.state.groups.values():
            self.diagnostics.publish(group)

    def folders_changed(self, params: Any) -> None:
        """workspace/didChangeWorkspaceFolders: other data files may be read."""
        event = params.get("event") if isinstance(params, Mapping) else None
        added, removed = folder_uris(event, "added"), folder_uris(event, "removed")
        roots = dict.fromkeys(uri for uri in self.state.client.roots if uri not in removed)
        self.state.client = replace(self.state.client, roots=tuple(roots | dict.fromkeys(added)))
        self.state.forget_projects()
        self._renew()

    def initialized(self, params: Any) -> None:
        self._greeted = True
        if self._library is not None:
            self._library.register_with_client()

    def files_changed(self, params: Any) -> None:
        """workspace/didChangeWatchedFiles."""
        from polycell.lsp.watch import watched_files

        files = watched_files(params)
        if any(os.path.basename(file) == "pyproject.toml" for file in files):
            self._projects_changed()
        if not files or not self.state.has_session:
            return
        for service in self.state.session.services.all:
            service.files_changed(files)
        if self._sources is not None:
            # Resolving paths asks the disk, which may be slow and far away.
            told = (list(files),)
            threading.Thread(target=self._sources.changed, args=told, name="polycell-watch", daemon=True).start()

    async def execute_command(self, params: Any) -> Any:
        """workspace/executeCommand."""
        named = params.get("command") if isinstance(params, Mapping) else None
        if named == REFRESH_DATABASES and self._sources is not None:
            self._sources.refresh()
        from polycell.lsp import preview

        return await preview.execute_command(self.state, params) if named != REFRESH_DATABASES else None

    # -- inside

    def _projects_changed(self) -> None:
        before = self.state.projects
        self.state.forget_projects()
        if self.state.projects.known != before.known:
            self._renew()
        for group in self.state.groups.values():
            self.diagnostics.publish(group)

    def _refresh(self, group: str) -> None:
        self.texts.refresh(group)
        self.lab.refresh(group)

    def _renew(self) -> None:
        """The languages and sources again, with the settings as they are now."""
        if not self.state.has_session:
            return
        if self._sources is not None:
            self._sources.close()
        closing = asyncio.ensure_future(self._close(self.state.session.services))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)
        self.state.renew()
        for group in self.state.groups.values():
            self.scheduler.changed(group.uri)

    async def _close(self, services: Services) -> None:
        """End what languages have started."""
        for service in services.all:
            try:
                await service.close()
            except Exception:
                log.exception("%s could not be closed", type(service).__name__)

    def _session(self, state: State) -> Session:
        services, self._sources = self._parts(state, self._sources_ready)
        return Session(services, self._sources)

    def _configure(self, value: Any) -> None:
        before = self.state.settings
        self.state.settings, problems = parse(value, before)
        if any(getattr(before, name) != getattr(self.state.settings, name) for name in _MAKING):
            self._renew()
        if self._greeted:
            self._refreshing.configured(before, self.state.settings)
        for problem in problems:
            log.warning("%s", problem)
            self.say("window/logMessage", {"type": WARNING, "message": problem})
        if self.state.settings.log_level:
            logging.getLogger("polycell").setLevel(self.state.settings.log_level.upper())

    def _changed(self, change: Change) -> None:
        for face in change.closed:
            self.diagnostics.clear(face)
            self.diagnostics.forget(key_of(change.group), face.cells)
        if not self.state.is_open(change.group):
            self.scheduler.closed(change.group)
            return
        self.scheduler.changed(change.group, change.cells)

    def _sources_ready(self, keys: tuple[Hashable, ...]) -> None:
        """Called from any thread: schemas came or changed."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._invalidate, keys)

    def _invalidate(self, keys: tuple[Hashable, ...]) -> None:
        for snapshot in self.state.session.invalidate(keys):
            group = self.state.group_of_notebook(snapshot.notebook.uri)
            if group is not None:
                self.scheduler.heard(group.uri)
        self.state.arrivals.came(keys)

    def _send_diagnostics(self, params: Json) -> None:
        self.say("textDocument/publishDiagnostics", params)

    def _at(
        self, answer: Callable[[State, Cursor], Coroutine[Any, Any, Any]], params: Any
    ) -> Coroutine[Any, Any, Any] | None:
        """The answer at a place; None where the request's parameters are left for the library to refuse."""
        if cursor_in(params) is None:
            return None
        self.bind(params)  # which puts right what JupyterLab miscounts
        cursor = cursor_in(params)
        return answer(self.state, cursor) if cursor is not None else None

    def _warm_up(self) -> None:
        """Load what has not been asked for yet, once nothing is: a thread beside the first answers would delay them."""
        if self.is_quiet:
            self.load()
        if self._loop is not None and (self._library is None or not (self.scheduler.is_quiet and self.is_quiet)):
            self._loop.call_later(UNASKED, self._warm_up)
            return
        from polycell.lsp.warm import warm_up

        threading.Thread(target=warm_up, args=(self.protocol._converter,), name="polycell-warm-up", daemon=True).start()


async def _hover(state: State, cursor: Cursor) -> Json | None:
    from polycell.lsp.hover import hover

    return await hover(state, cursor)


def _nothing(params: Any) -> None:
    """What tells us nothing: a save, beside the changes before it."""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
