"""One other language server: started at its first use, asked, started anew when it crashes, and gone when we are.

Everything happens on the event loop and in order: a text is shown to the server and asked about without an await in
between, so that each question is asked of the text that it means.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from polycell.bridge import files
from polycell.bridge.capabilities import CAPABILITIES, NEEDED, encoding_of, sync_kind
from polycell.bridge.connection import CONTENT_MODIFIED, METHOD_NOT_FOUND, RETRIED, Connection, Gone, Refused
from polycell.bridge.positions import Encoding
from polycell.bridge.process import Child, spawn
from polycell.bridge.spec import ServerSpec, merged, plain, section
from polycell.bridge.text import FULL, OpenTexts, Text
from polycell.bridge.trace import Trace
from polycell.core.service import FileChanges

log = logging.getLogger(__name__)

Phase = Literal["off", "starting", "running", "resting", "missing", "failed"]

STRIKES = 5  # crashes in a row after which it is left alone
FIRST_REST = 1.0  # seconds until it is started again after the first crash; doubled by each further one
HEALTHY = 60.0  # seconds of life after which earlier crashes are forgotten
LONGEST_PAUSE = 1.0  # seconds before a request that the server itself gave up is asked again; the first time 0.01
DOZE = 2.0  # seconds of silence after which it is seen whether a server that only computes does anything
LOOKS, BLINK = 10, 0.02  # how often it is looked, and the seconds between
END = 1.0  # seconds that it has to end by itself


class Status(Struct, frozen=True):
    """`reason` is for people: what happened, and what to do about it."""

    phase: Phase
    reason: str = ""


class Server:
    """`note` is told once of each thing that a user should know; `told` hears of notifications that the bridge itself
    has no use for, `publish` of diagnostics by push: (uri, version, diagnostics), `changed` of each new status, `trace`
    of every message."""

    def __init__(
        self,
        spec: ServerSpec,
        *,
        roots: Iterable[str] = (),
        settings: Mapping[str, Any] | None = None,
        initialization: Mapping[str, Any] | None = None,
        folder: str | None = None,
        most_open: int = 32,
        note: Callable[[str], None] | None = None,
        told: Callable[[str, Any], None] | None = None,
        publish: Callable[[str, int | None, list[Any]], None] | None = None,
        changed: Callable[[Status], None] | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.spec = spec
        self.status = Status("off")
        self.encoding: Encoding = "utf-16"
        self._roots = tuple(roots)
        self._settings = merged(spec.settings, settings or {})
        self._initialization = merged(spec.initialization, initialization or {})
        self._folder = folder
        self._note = note or (lambda said: log.warning("%s", said))
        self._told = told
        self._publish = publish
        self._changed = changed
        self._trace = trace
        self._texts = OpenTexts(most_open, self._write if spec.files else None)
        self._able = asyncio.Event()  # also set when it ends, so that nobody waits for ever
        self._child: Child | None = None
        self._connection: Connection | None = None
        self._starting: asyncio.Task[Connection] | None = None
        self._capabilities: Mapping[str, Any] = {}
        self._registered: dict[str, tuple[str, Any]] = {}  # by the server's id: method, options
        self._sync = FULL
        self._strikes = 0
        self._started = 0.0
        self._rests_until = 0.0
        self._ending = False

    # -- asking

    async def request(self, method: str, params: Any) -> Any:
        """The result of a request. Raises Gone where the server is not there, Refused where it says no."""
        return await self._ask(method, lambda: params)

    async def at(self, text: Text, method: str, offset: int | None = None, **more: Any) -> Any:
        """The same about a document, at an offset of it; the server is shown the text first.

        A server may answer from the text that it was shown while it worked (ty begins anew with that and says nothing):
        such an answer is none, and the question is asked again.
        """

        def params() -> dict[str, Any]:
            self.show(text)
            made: dict[str, Any] = {"textDocument": {"uri": text.uri}, **more}
            if offset is not None:
                made["position"] = text.position(offset, self.encoding)
            return made

        return await self._ask(method, params, text.uri)

    def show(self, text: Text) -> None:
        """Make a running server have this text."""
        if self._connection is not None:
            self._texts.show(text, self._connection.announce, self._sync, self.encoding)

    def save(self, text: Text) -> None:
        """Make a running server have this text, on the disk too, and tell it so. Raises Gone where none runs."""
        if self._connection is None:
            raise Gone(self.status.reason or f"{self.spec.name} does not run")
        self._write(text)
        self.show(text)
        self._connection.notify("textDocument/didSave", {"textDocument": {"uri": text.uri}})

    def version(self, uri: str) -> int | None:
        """Of a text as the server was shown it last; None for one that is not open."""
        return self._texts.version(uri)

    def notify(self, method: str, params: Any) -> None:
        """Tell a running server something; nothing happens where none runs."""
        if self._connection is not None:
            with contextlib.suppress(Gone):
                self._connection.notify(method, params)

    def files_changed(self, changed: FileChanges) -> None:
        """Tell a running server of files on disk; one that is started later reads them as they are then."""
        kinds = {"created": 1, "changed": 2, "deleted": 3}
        changes = [{"uri": Path(path).absolute().as_uri(), "type": kinds[kind]} for path, kind in changed.items()]
        self.notify("workspace/didChangeWatchedFiles", {"changes": changes})

    def forget(self, uri: str) -> None:
        """Close a document."""
        with contextlib.suppress(Gone):
            self._texts.close(uri, self._connection.notify if self._connection is not None else _nobody)

    def can(self, method: str) -> bool:
        """Whether it announced a method, at start or later. Only known once it runs."""
        provider = NEEDED.get(method)
        if provider is not None and self._capabilities.get(provider) not in (None, False):
            return True
        return any(method == known for known, _ in self._registered.values())

    @property
    def trusted(self) -> bool:
        """Whether it runs, and its answers can be trusted: a question waits for nothing but its answer."""
        return self._connection is not None and self._able.is_set()

    @property
    def pid(self) -> int | None:
        """Of its process; None where none runs."""
        return self._child.pid if self._child is not None else None

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What it answered to `initialize`; empty before."""
        return self._capabilities

    async def _ask(self, method: str, params: Callable[[], Any], uri: str = "") -> Any:
        until = time.monotonic() + self.spec.patience
        pause = 0.01
        while True:
            connection = await self.able()
            await self._expect_life(connection)
            try:
                asked = params()
                shown = self._texts.shown(uri)
                result = await self._answer(connection, connection.request(method, asked))
                if self._texts.shown(uri) is not shown:
                    raise Refused(CONTENT_MODIFIED, "the text was changed meanwhile")
                return result
            except Refused as refusal:
                if refusal.code not in RETRIED or time.monotonic() + pause > until:
                    raise
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
            except asyncio.TimeoutError:
                self.lost(f"did not answer {method} for {self.spec.patience:.0f} seconds")
                raise Gone(f"{self.spec.name} hangs") from None

    async def _answer(self, connection: Connection, asked: asyncio.Future[Any]) -> Any:
        """The answer, as long as the server lives. Raises what the question does, asyncio.TimeoutError, or Gone."""
        if not self.spec.computes:
            return await asyncio.wait_for(asked, self.spec.patience)
        until = time.monotonic() + self.spec.patience
        try:
            while (left := until - time.monotonic()) > 0:
                await asyncio.wait({asked}, timeout=min(left, DOZE))
                if asked.done():
                    return asked.result()
                await self._expect_life(connection)
            raise asyncio.TimeoutError
        finally:
            asked.cancel()

    async def _expect_life(self, connection: Connection) -> None:
        """Raises Gone where the server hangs: it has said nothing for too long, or sleeps over a question."""
        silent = connection.silent_for()
        if silent > self.spec.patience:
            self.lost(f"has not answered for {silent:.0f} seconds")
            raise Gone(f"{self.spec.name} hangs")
        if not self.spec.computes or silent < DOZE:
            return
        for _ in range(LOOKS):
            child = self._child
            if child is None or not child.is_idle or connection.silent_for() < DOZE:
                return
            await asyncio.sleep(BLINK)
        if connection is self._connection and connection.silent_for() >= DOZE:
            self.lost(f"has slept over a question for {silent:.0f} seconds")
            raise Gone(f"{self.spec.name} hangs")

    # -- life

    async def ready(self) -> Connection:
        """The connection, after whatever start is due. Raises Gone where there is none, or it rests after a crash."""
        if self._connection is not None:
            return self._connection
        if self._ending or self.status.phase in ("missing", "failed") or time.monotonic() < self._rests_until:
            raise Gone(self.status.reason or f"{self.spec.name} has been stopped")
        if self._starting is None:
            self._become(Status("starting"))
            self._starting = asyncio.get_running_loop().create_task(self._start(), name=f"start {self.spec.name}")
            self._starting.add_done_callback(self._ended_starting)
        starting = self._starting
        await asyncio.wait({starting})  # `stop` cancels the start, and not whoever waits for it
        if starting.cancelled():
            raise Gone(f"{self.spec.name} has been stopped")
        return starting.result()

    async def able(self) -> Connection:
        """The connection, once its answers can be trusted. That may take as long as it likes, as long as it says
        something now and then. Raises Gone."""
        connection = await self.ready()
        patience = self.spec.patience
        while not self._able.is_set():
            try:
                await asyncio.wait_for(self._able.wait(), patience)
            except asyncio.TimeoutError:
                if connection is self._connection and connection.quiet_for() > patience:
                    self.lost(f"said nothing for {patience:.0f} seconds")
        if connection is not self._connection:
            raise Gone(self.status.reason or f"{self.spec.name} has ended")
        return connection

    async def stop(self) -> None:
        """Ask it to end, and end it where it does not. It is not started again."""
        self._ending = True
        if self._starting is not None:
            self._starting.cancel()
        child, connection = self._child, self._connection
        self._child = self._connection = None
        if connection is not None:
            try:
                await asyncio.wait_for(connection.request("shutdown", None), END)
                connection.notify("exit", None)
            except (Gone, Refused, asyncio.TimeoutError) as reason:
                log.info("%s does not shut down: %s", self.spec.name, reason)
            connection.close()
        if child is not None:
            if connection is None or not await child.wait(END):
                log.info("%s is killed", self.spec.name)
            child.kill()
            await child.wait(END)
        self._become(Status("off"))
        self._able.set()

    def _ended_starting(self, task: asyncio.Task[Connection]) -> None:
        if self._starting is task:
            self._starting = None
        if not task.cancelled() and task.exception() is not None:
            log.info("%s", task.exception())

    async def _start(self) -> Connection:
        command = self.spec.command()
        if command is None:
            self._become(Status("missing", self.spec.missing()))
            self._note(self.status.reason)
            raise Gone(self.status.reason)
        self._started = time.monotonic()
        self._able.clear()
        try:
            child = await spawn(self.spec.name, command, self.spec.environment, self._folder)
        except OSError as error:
            self.lost(f"cannot be started: {error}")
            raise Gone(self.status.reason) from error
        self._child = child
        connection = Connection(
            self.spec.name,
            child.reader,
            child.writer,
            self._asked,
            self._heard,
            lambda: self._ended(child),
            self._trace,
        )
        try:
            result = await asyncio.wait_for(connection.request("initialize", self._initialize()), self.spec.start)
        except (Gone, Refused, asyncio.TimeoutError) as error:
            connection.close()
            if self._child is child:
                self.lost(f"does not start: {error or 'no answer'}")
            raise Gone(self.status.reason) from error
        except asyncio.CancelledError:
            connection.close()
            child.kill()
            raise
        self._capabilities = (result.get("capabilities") if isinstance(result, Mapping) else None) or {}
        self.encoding = encoding_of(self._capabilities)
        self._sync = sync_kind(self._capabilities)
        connection.notify("initialized", {})
        if self._settings:
            connection.notify("workspace/didChangeConfiguration", {"settings": plain(self._settings)})
        self._texts.replay(connection.notify)
        self._connection = connection
        if self.spec.able is None:
            self._able.set()
        self._become(Status("running"))
        log.info("%s runs", self.spec.name)
        return connection

    def _initialize(self) -> dict[str, Any]:
        folders = self._folders()
        return {
            "processId": os.getpid(),
            "clientInfo": {"name": "polycell"},
            "rootUri": folders[0]["uri"] if folders else None,
            "workspaceFolders": folders or None,
            "capabilities": merged(CAPABILITIES, self.spec.capabilities),
            "initializationOptions": plain(self._initialization) or None,
        }

    def _folders(self) -> list[dict[str, str]]:
        return [{"uri": uri, "name": uri.rstrip("/").rpartition("/")[2]} for uri in self._roots]

    async def _ended(self, child: Child) -> None:
        """Its output ended though nobody asked it to. The exit code, which may say why, comes a moment later."""
        await child.wait(END)
        if self._child is child and not self._ending:
            meant = self.spec.exits.get(child.code) if child.code is not None else "ended"
            self.lost(meant or f"ended (exit code {child.code})")

    def _become(self, status: Status) -> None:
        self.status = status
        if self._changed is not None:
            self._changed(status)

    def lost(self, what: str) -> None:
        """It crashed, hangs, or does not start: rest, longer each time, and at last leave it alone. For whoever finds
        it out; `what` is for people, as in "the server …"."""
        child, connection = self._child, self._connection
        self._child = self._connection = None
        self._registered.clear()
        self._able.set()
        if connection is not None:
            connection.close()
        if child is not None:
            child.kill()
        if time.monotonic() - self._started > HEALTHY:
            self._strikes = 0
        self._strikes += 1
        said = f"{self.spec.name} {what}."
        if self._strikes >= STRIKES:
            trouble = f" {self.spec.trouble}" if self.spec.trouble else ""
            self._become(Status("failed", f"{said} It is not started again.{trouble}"))
        else:
            rest = FIRST_REST * 2 ** (self._strikes - 1)
            self._rests_until = time.monotonic() + rest
            self._become(Status("resting", f"{said} It is started again in {rest:.0f} s."))
        if self._strikes in (1, STRIKES):
            self._note(self.status.reason)
        else:
            log.warning("%s", self.status.reason)

    # -- what it asks and tells

    def _asked(self, method: str, params: Any) -> Any:
        said = params if isinstance(params, Mapping) else {}
        if method == "workspace/configuration":
            items = said.get("items")
            wanted = [item if isinstance(item, Mapping) else {} for item in items] if isinstance(items, list) else []
            return [section(self._settings, item.get("section")) for item in wanted]
        if method == "client/registerCapability":
            for one in said.get("registrations") or ():
                self._registered[str(one.get("id"))] = (str(one.get("method")), one.get("registerOptions"))
            return None
        if method == "client/unregisterCapability":
            for one in said.get("unregisterations") or ():
                self._registered.pop(str(one.get("id")), None)
            return None
        if method == "workspace/workspaceFolders":
            return self._folders()
        if method == "workspace/applyEdit":
            return {"applied": False, "failureReason": "texts behind a notebook are not edited from outside"}
        if method == "window/showDocument":
            return {"success": False}
        if method == "window/showMessageRequest":
            log.info("%s: %s", self.spec.name, said.get("message"))
            actions = said.get("actions")
            offered = [one for one in actions if isinstance(one, Mapping)] if isinstance(actions, list) else []
            return next((one for one in offered if one.get("title") in self.spec.prefers), None)
        if method == "window/workDoneProgress/create" or method.endswith("/refresh"):
            return None
        if method in self.spec.answers:
            return plain(self.spec.answers[method])
        raise Refused(METHOD_NOT_FOUND, f"no such method: {method}")

    def _heard(self, method: str, params: Any) -> None:
        said = params if isinstance(params, Mapping) else {}
        if method in ("window/logMessage", "window/showMessage"):
            log.info("%s: %s", self.spec.name, said.get("message"))
        elif method == "textDocument/publishDiagnostics":
            found = said.get("diagnostics")
            if self._publish is not None and isinstance(found, list):
                self._publish(str(said.get("uri")), said.get("version"), found)
        elif self._told is not None:
            self._told(method, params)
        if self.spec.able is not None and not self._able.is_set() and self.spec.able(method, params):
            self._able.set()

    def _write(self, text: Text) -> None:
        try:
            files.write(text)
        except OSError as error:
            log.warning("%s does not find %s: %s", self.spec.name, text.uri, error)


def _nobody(method: str, params: Any) -> None:
    """Where no server runs there is nobody to tell."""
