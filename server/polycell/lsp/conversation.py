"""One conversation with one client: its state, and who handles what. Nothing is computed here.

Languages come with the session, at its first use, which a thread prepares as soon as `initialize` is answered.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from typing import Any

from lsprotocol import types
from pygls.exceptions import FeatureRequestError
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from polycell import __version__
from polycell.core.service import Services
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.lsp import (
    actions,
    calls,
    completion,
    dependencies,
    folding,
    formatting,
    hints,
    preview,
    renaming,
    requests,
    selection,
    semantic_tokens,
    signature,
    workspace_symbols,
)
from polycell.lsp.capabilities import REFRESH_DATABASES, initialize_result
from polycell.lsp.client import folder_uris, read_client
from polycell.lsp.diagnostics import Diagnostics
from polycell.lsp.lab_sync import LabSync
from polycell.lsp.notebook_sync import Change, NotebookSync
from polycell.lsp.progress import ProgressReports
from polycell.lsp.protocol import Protocol
from polycell.lsp.scheduler import IDLE, Scheduler
from polycell.lsp.settings import parse
from polycell.lsp.state import State, key_of
from polycell.lsp.text_sync import TextSync
from polycell.lsp.watch import offer_formatting, watch_files, watched_files

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
    sources = compose.default_sources(
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
    return services, sources


class PolycellServer(LanguageServer):
    """One conversation with one client. `idle`: seconds without a change before everything is looked at."""

    protocol: Protocol

    def __init__(self, parts: Parts = default_parts, idle: float = IDLE) -> None:
        self._parts = parts
        self._sources: Any = None
        self.state = State(self._session)
        self.diagnostics = Diagnostics(self.state, self._send_diagnostics)
        self.scheduler = Scheduler(self.state, self.diagnostics, idle, lambda: not self.protocol.is_quiet)
        self.notebooks = NotebookSync(self.state, self._changed)
        self.texts = TextSync(self.state, self._changed, self.scheduler.note)
        self.texts.problems = self.diagnostics.note_document
        self.lab = LabSync(self.state, self._changed, self.scheduler.note)
        self.state.refresh = self._refresh
        self.state.show = lambda params: self.window_show_document_async(params)
        self.state.note = self._note
        self.work = ProgressReports(lambda: self.protocol, lambda: self.state.client.shows_progress)
        self.state.begin = self.work.begin
        self.exit_code: int | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: Callable[[], None] = lambda: None
        self._complained = False
        self._closing: set[asyncio.Future[None]] = set()
        super().__init__("polycell", __version__, protocol_cls=Protocol, converter_factory=default_converter)
        register(self)

    # -- what the transport and the protocol call

    def receive(self, message: Any) -> None:
        """One message, already JSON. Never raises."""
        try:
            self.protocol.handle_message(message)
        except Exception:
            log.exception("a message could not be handled")

    def bind(self, params: Any) -> None:
        """Fix the state that a request is asked at; None for what is no request."""
        document = params.get("textDocument") or params.get("item") if isinstance(params, Mapping) else None
        uri = document.get("uri") if isinstance(document, Mapping) else None
        requests.BOUND.set(self.state.asked(uri) if isinstance(uri, str) else None)
        position = params.get("position") if isinstance(params, Mapping) else None
        if isinstance(uri, str) and isinstance(position, dict):
            line, character = position.get("line"), position.get("character")
            if isinstance(line, int) and isinstance(character, int):
                position["character"] = character + self.lab.lost_columns(uri, line)

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
        await self.protocol.drain()
        for group in list(self.state.groups.values()):
            self.scheduler.closed(group.uri)
        if self._sources is not None:
            self._sources.close()
        if self.state.has_session:
            await self._close(self.state.session.services)

    def on_stop(self, stopped: Callable[[], None]) -> None:
        self._stopped = stopped

    def report_server_error(self, error: Exception, source: Any) -> None:
        """To the log; to the user once, and never as a dialog where the client would show one for every message."""
        if source is FeatureRequestError:
            return  # the answer says so already, and pygls has logged what was no expected one
        log.error("%s", error, exc_info=error if isinstance(error, Exception) else None)
        if self._complained:
            return
        self._complained = True
        message = f"Polycell: an internal error, details in its log: {error}"
        if self.state.client.jupyterlab:
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))
        else:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Warning, message))

    def _note(self, text: str) -> None:
        """What the user should know once and can do something about."""
        log.info("%s", text)
        if self.state.client.jupyterlab:  # which shows a modal dialog for each message
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, f"Polycell: {text}"))
        else:
            self.window_show_message(types.ShowMessageParams(types.MessageType.Info, f"Polycell: {text}"))

    # -- notifications

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
        watch_files(self, self.state.client)
        offer_formatting(self, self.state.client)

    def files_changed(self, params: Any) -> None:
        """workspace/didChangeWatchedFiles."""
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
        for problem in problems:
            log.warning("%s", problem)
            self.window_log_message(types.LogMessageParams(types.MessageType.Warning, problem))
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

    def _send_diagnostics(self, params: types.PublishDiagnosticsParams) -> None:
        self.text_document_publish_diagnostics(params)

    def _warm_up(self) -> None:
        """Load what has not been asked for yet, once nothing is: a thread beside the first answers would delay them."""
        if self._loop is not None and not (self.scheduler.is_quiet and self.protocol.is_quiet):
            self._loop.call_later(UNASKED, self._warm_up)
            return
        from polycell.lsp.warm import warm_up

        threading.Thread(target=warm_up, args=(self.protocol._converter,), name="polycell-warm-up", daemon=True).start()


def register(server: PolycellServer) -> None:
    """Who handles what."""
    state, notebooks = server.state, server.notebooks

    def documents(params: Any) -> TextSync | LabSync:
        return server.lab if server.lab.takes(params) else server.texts

    notifications: Mapping[str, Callable[[Any], None]] = {
        types.INITIALIZED: server.initialized,
        types.NOTEBOOK_DOCUMENT_DID_OPEN: notebooks.did_open,
        types.NOTEBOOK_DOCUMENT_DID_CHANGE: notebooks.did_change,
        types.NOTEBOOK_DOCUMENT_DID_SAVE: _nothing,
        types.NOTEBOOK_DOCUMENT_DID_CLOSE: notebooks.did_close,
        types.TEXT_DOCUMENT_DID_OPEN: lambda params: documents(params).did_open(params),
        types.TEXT_DOCUMENT_DID_CHANGE: lambda params: documents(params).did_change(params),
        types.TEXT_DOCUMENT_DID_SAVE: _nothing,
        types.TEXT_DOCUMENT_DID_CLOSE: lambda params: documents(params).did_close(params),
        types.WORKSPACE_DID_CHANGE_CONFIGURATION: server.configure,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES: server.files_changed,
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: server.folders_changed,
        types.WINDOW_WORK_DONE_PROGRESS_CANCEL: server.work.cancelled,
    }
    for method, handle in notifications.items():
        _feature(server, method, lambda params, handle=handle: handle(params))
    answered: Mapping[str, Callable[[State, Any], Any]] = {
        types.TEXT_DOCUMENT_COMPLETION: completion.completion,
        types.COMPLETION_ITEM_RESOLVE: completion.resolve,
        types.TEXT_DOCUMENT_HOVER: requests.hover,
        types.TEXT_DOCUMENT_DEFINITION: requests.definition,
        types.TEXT_DOCUMENT_TYPE_DEFINITION: requests.type_definition,
        types.TEXT_DOCUMENT_REFERENCES: requests.references,
        types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: requests.highlight,
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: requests.symbols,
        types.TEXT_DOCUMENT_CODE_ACTION: actions.code_action,
        types.TEXT_DOCUMENT_PREPARE_RENAME: renaming.prepare_rename,
        types.TEXT_DOCUMENT_RENAME: renaming.rename,
        types.TEXT_DOCUMENT_SIGNATURE_HELP: signature.signature_help,
        types.TEXT_DOCUMENT_FOLDING_RANGE: folding.folding,
        types.TEXT_DOCUMENT_SELECTION_RANGE: selection.selection_ranges,
        types.TEXT_DOCUMENT_INLAY_HINT: hints.inlay_hints,
        types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: calls.prepare,
        types.CALL_HIERARCHY_INCOMING_CALLS: calls.incoming,
        types.CALL_HIERARCHY_OUTGOING_CALLS: calls.outgoing,
        types.TEXT_DOCUMENT_FORMATTING: formatting.whole,
        types.TEXT_DOCUMENT_RANGE_FORMATTING: formatting.within,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: semantic_tokens.full,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: semantic_tokens.within,
        dependencies.METHOD: dependencies.dependencies,
        types.WORKSPACE_SYMBOL: workspace_symbols.workspace_symbols,
    }
    _feature(server, types.WORKSPACE_EXECUTE_COMMAND, server.execute_command)
    for method, answer in answered.items():
        _feature(server, method, _asynchronous(state, answer))


def _feature(server: PolycellServer, method: str, handler: Callable[..., Any]) -> None:
    server.protocol.fm.features[method] = handler


def _asynchronous(state: State, answer: Callable[[State, Any], Any]) -> Callable[[Any], Any]:
    async def handler(params: Any) -> Any:
        return await answer(state, params)

    return handler


def _nothing(params: Any) -> None:
    """A save tells us nothing that the changes did not."""


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
