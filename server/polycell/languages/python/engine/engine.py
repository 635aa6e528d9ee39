"""Which server answers for a notebook: the chosen one, and where that is not there, the fallback.

One set of servers runs for each Python environment that open notebooks use; at most two sets live at a time.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from msgspec import Struct

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server, Status
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.bridge.trace import Trace
from polycell.core.notebook import Notebook
from polycell.core.service import FileChange, FileChanges
from polycell.core.values import replace
from polycell.languages.python.engine.importable import NOTHING, Importable
from polycell.languages.python.engine.specs import environment_options

log = logging.getLogger(__name__)

MOST_ENVIRONMENTS = 2
REMEMBERED = 5.0  # seconds after which it is looked again, behind an answer, which environment a notebook runs in
ANSWERS_KEPT = 32
LASTING_KEPT = 256
_BUILTINS = 'it = ""\nit.'
# Files that make environments or name them, and what an installer writes last.
_ENVIRONMENT = frozenset({"pyvenv.cfg", "kernel.json", "RECORD"})
_GONE = frozenset({"resting", "missing", "failed"})
READ_AGAIN = 300.0  # seconds after which it is looked anew what can be imported


class Environment(Struct, frozen=True):
    """A Python environment by its prefix and executable; empty ones leave it to the engine to find. `root` is the
    folder, as a URI, from which imports are looked for."""

    prefix: str = ""
    python: str = ""
    root: str = ""


class Answer(Struct, frozen=True):
    """What a server said about a text. `server` converts its positions."""

    result: Any
    server: Server
    text: Text


class Engine:
    """`find` looks for a notebook's environment (called in a thread: it reads files). `roots` are workspace folders as
    URIs. `note` tells the user something once. `importable` reads what can be imported, `installed` lists what lies in
    an environment's folders (called in a thread). `trace` is shown every message."""

    def __init__(
        self,
        specs: Sequence[ServerSpec],
        find: Callable[[Notebook], Environment] | None = None,
        roots: Sequence[str] = (),
        note: Callable[[str], None] | None = None,
        importable: Callable[[Environment], Awaitable[Importable]] | None = None,
        trace: Trace | None = None,
        installed: Callable[[Environment], frozenset[str]] | None = None,
    ) -> None:
        self._specs = tuple(specs)
        self._find = find
        self._roots = tuple(roots)
        self._note = note or (lambda said: log.warning("%s", said))
        self._importable = importable
        self._installed = installed
        self._lying: dict[Environment, frozenset[str]] = {}  # what an environment's folders had in them
        self._trace = trace
        self._imports: dict[Environment, tuple[float, Importable]] = {}  # and when it was read
        self._reading: dict[Environment, asyncio.Task[None]] = {}
        self._closed = False
        self._noted: set[str] = set()
        self._found: dict[tuple[str, str], tuple[float, Environment]] = {}
        self._running: OrderedDict[Environment, tuple[Server, ...]] = OrderedDict()
        self._answers: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
        self._lasting: OrderedDict[tuple[Any, ...], Answer] = OrderedDict()
        self._behind: set[asyncio.Task[Any]] = set()  # what nobody waits for
        self._members: dict[tuple[Environment, str], asyncio.Task[Sequence[Any]]] = {}

    async def ask(
        self,
        notebook: Notebook,
        name: str,
        text: str,
        method: str,
        offset: int | None = None,
        *,
        lasting: bool = False,
        **more: Any,
    ) -> Answer | None:
        """The answer of the first server that is there; None where nobody is, or it says no.

        `name` tells texts of one notebook apart. The same question is not asked twice in a row; with `lasting`, about a
        text that has nothing of a cell in it, not until a file changes.
        """
        environment = await self.environment(notebook)
        shown = Text(_uri(notebook, name, self._roots), text, "python")
        key = (environment, shown.uri, hash(text), method, offset, repr(more))
        answers, most = (self._lasting, LASTING_KEPT) if lasting else (self._answers, ANSWERS_KEPT)
        known = answers.get(key)
        if known is not None and known.text.text == text:
            answers.move_to_end(key)
            return known
        for server in self._servers(environment):
            try:
                result = await server.at(shown, method, offset, **more)
            except Gone as reason:
                log.info("%s", reason)
                continue
            except Refused as refusal:
                log.info("%s refused %s: %s", server.spec.name, method, refusal)
                return None
            made = Answer(result, server, shown)
            if lasting and (not result or server is not self._servers(environment)[0]):
                return made  # the next time more may be known, and by whom we would rather ask
            answers[key] = made
            while len(answers) > most:
                answers.popitem(last=False)
            return made
        return None

    async def about(self, notebook: Notebook, method: str, params: Mapping[str, Any]) -> Any:
        """The answer of the first server that is there to a question about no text of ours; None where it has none."""
        for server in self._servers(await self.environment(notebook)):
            try:
                return await server.request(method, params)
            except Gone as reason:
                log.info("%s", reason)
            except Refused as refusal:
                log.info("%s refused %s: %s", server.spec.name, method, refusal)
                return None
        return None

    async def begin(self, notebook: Notebook) -> None:
        """Start the first server that is there, and have it read what every text needs, before anything is known of the
        notebook's cells."""
        await self.ask(notebook, "what every text needs", _BUILTINS, "textDocument/completion", len(_BUILTINS))

    async def start(self, notebook: Notebook) -> None:
        """Start the first server that is there, before anybody asks it; then read what can be imported."""
        for server in self._servers(await self.environment(notebook)):
            with contextlib.suppress(Gone):
                await server.ready()
                break
        environment = await self.environment(notebook)
        if environment not in self._lying:
            await self._compare(environment)
        await self.importable(notebook)
        reading = self._reading.get(environment)
        if reading is not None:
            await asyncio.wait({reading})

    async def members(
        self, notebook: Notebook, type_: str, ask: Callable[[], Coroutine[Any, Any, Sequence[Any]]]
    ) -> Sequence[Any]:
        """The members of a type that is the same in every text: asked for once, and to the end though nobody waits
        any longer. Those of a class of which nothing was known are asked for again."""
        key = (await self.environment(notebook), type_)
        asking = self._members.get(key)
        if asking is None or (asking.done() and (asking.cancelled() or asking.exception() or not asking.result())):
            asking = self._members[key] = asyncio.get_running_loop().create_task(ask(), name=f"members of {type_}")
        return await asyncio.shield(asking)

    async def importable(self, notebook: Notebook) -> Importable:
        """What could be imported, as far as it has been read; it is read again now and then."""
        environment = await self.environment(notebook)
        read, known = self._imports.get(environment, (float("-inf"), NOTHING))
        due = time.monotonic() - read > READ_AGAIN and environment not in self._reading and not self._closed
        if due and self._importable is not None:
            work = self._read_imports(environment, self._importable)
            task = self._reading[environment] = asyncio.get_running_loop().create_task(work)
            task.add_done_callback(lambda done: self._reading.pop(environment, None))
        return known

    async def _read_imports(
        self, environment: Environment, read: Callable[[Environment], Awaitable[Importable]]
    ) -> None:
        try:
            found = await read(environment)
        except Exception:
            log.exception("what %s can import is not known", environment.prefix)
            found = NOTHING
        self._imports[environment] = (time.monotonic(), found)

    async def environment(self, notebook: Notebook) -> Environment:
        """The environment in which the notebook runs."""
        if self._find is None:
            return Environment(root=_root(notebook, self._roots))
        key = (notebook.path or notebook.uri, repr(notebook.metadata.get("kernelspec")))
        known = self._found.get(key)
        if known is None:
            return await self._look(self._find, notebook, key)
        if time.monotonic() - known[0] > REMEMBERED and not self._closed:
            self._found[key] = (time.monotonic(), known[1])  # nobody else looks meanwhile
            self._later(self._look(self._find, notebook, key))
        return known[1]

    async def _look(
        self, find: Callable[[Notebook], Environment], notebook: Notebook, key: tuple[str, str]
    ) -> Environment:
        try:
            found = await asyncio.to_thread(find, notebook)
        except Exception:
            log.exception("looking for the environment of %s failed", notebook.uri)
            found = Environment()
        found = replace(found, root=_root(notebook, self._roots))
        self._found[key] = (time.monotonic(), found)
        if found in self._lying:
            await self._compare(found)
        return found

    async def _compare(self, environment: Environment) -> None:
        """Tell of what was installed or removed since the last look: servers do not look there themselves."""
        if self._installed is None:
            return
        try:
            lying = await asyncio.to_thread(self._installed, environment)
        except Exception:
            log.exception("what %s has in it is not known", environment.prefix)
            return
        before = self._lying.get(environment)
        self._lying[environment] = lying
        if before is None or before == lying:
            return
        made: dict[str, FileChange] = dict.fromkeys(lying - before, "created")
        self.files_changed(made | dict.fromkeys(before - lying, "deleted"))
        self._imports.pop(environment, None)

    async def close(self) -> None:
        """End all servers; none is started any more, though somebody may still be asking."""
        self._closed = True
        reading = tuple(self._reading.values())
        for task in reading:
            task.cancel()
        running = [server for servers in self._running.values() for server in servers]
        self._running.clear()
        self._forget()
        await asyncio.gather(*(server.stop() for server in running), *self._behind, *reading, return_exceptions=True)

    def files_changed(self, files: FileChanges) -> None:
        """What lies on disk has changed: the servers are told, and everything is asked for again."""
        for servers in self._running.values():
            for server in servers:
                server.files_changed(files)
        if any(PurePath(file).name in _ENVIRONMENT for file in files):  # it is looked before the next answer
            self._found.clear()
        self._forget()

    def _forget(self) -> None:
        self._answers.clear()
        self._lasting.clear()
        self._members.clear()

    def _servers(self, environment: Environment) -> tuple[Server, ...]:
        if self._closed:
            return ()
        known = self._running.get(environment)
        if known is None:
            known = tuple(self._server(spec, environment) for spec in self._specs)
            self._running[environment] = known
            while len(self._running) > MOST_ENVIRONMENTS:
                _, old = self._running.popitem(last=False)
                for server in old:
                    self._later(server.stop())
        self._running.move_to_end(environment)
        return known

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)

    def _server(self, spec: ServerSpec, environment: Environment) -> Server:
        options: dict[str, object] = {}
        settings: dict[str, object] = {}
        if environment.prefix:
            options, settings = environment_options(spec.name, environment.prefix, environment.python)
        roots = [environment.root] if environment.root else []
        return Server(
            spec,
            roots=roots,
            settings=settings,
            initialization=options,
            note=self._tell,
            trace=self._trace,
            changed=lambda status: self._changed(spec, environment, status),
        )

    def _changed(self, spec: ServerSpec, environment: Environment, status: Status) -> None:
        """Where the chosen server is gone the next one starts at once, before anybody asks it."""
        servers = self._running.get(environment, ())
        if not self._closed and status.phase in _GONE and len(servers) > 1 and servers[0].spec is spec:
            self._later(self._stand_by(servers[1]))

    async def _stand_by(self, server: Server) -> None:
        with contextlib.suppress(Gone):
            await server.ready()

    def _tell(self, said: str) -> None:
        if said not in self._noted:
            self._noted.add(said)
            self._note(said)


def _root(notebook: Notebook, roots: Sequence[str]) -> str:
    """The innermost workspace folder that holds the notebook; its own folder where none does."""
    folder = ""
    if notebook.path:
        with contextlib.suppress(ValueError):
            folder = Path(notebook.path).parent.absolute().as_uri()
    around = [root for root in roots if f"{folder}/".startswith(f"{root.rstrip('/')}/")]
    return max(around, key=len, default=folder or next(iter(roots), ""))


def _uri(notebook: Notebook, name: str, roots: Sequence[str]) -> str:
    """A file beside the notebook that does not exist: its folder is where imports are looked for first."""
    digest = hashlib.blake2b(f"{notebook.uri}\0{name}".encode("utf-8", "replace"), digest_size=8).hexdigest()
    file = f"_polycell_{digest}.py"
    if notebook.path:
        with contextlib.suppress(ValueError):
            return PurePath(Path(notebook.path).parent.absolute(), file).as_uri()
    return f"{roots[0].rstrip('/')}/{file}" if roots else f"file:///polycell/{file}"
