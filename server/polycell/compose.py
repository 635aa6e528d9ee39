"""The one place where languages, rules and sources are put together."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polycell.core.progress import Begin, Logged
from polycell.core.service import Beside, Languages, LanguageService, Late, Reach, Services

if TYPE_CHECKING:
    from polycell.bridge.trace import Trace
    from polycell.core.notebook import Cell, Notebook
    from polycell.dependencies.completing import Catalogue
    from polycell.dependencies.sources import DependencySources
    from polycell.included.sources import IncludedSources
    from polycell.languages.python.engine.engine import Engine
    from polycell.languages.scala.compilers import Compilers
    from polycell.languages.scala.config import Config
    from polycell.tables.databases.catalogue import Database
    from polycell.tables.databases.places import Place
    from polycell.tables.databases.sources import DatabaseSources
    from polycell.tables.files import FileSources
    from polycell.tables.jupysql import SettingsSources

log = logging.getLogger(__name__)

PATIENCE = 1.0  # seconds that a folder has to tell what is in it


def python_engine(
    name: str,
    roots: Iterable[str] = (),
    *,
    chosen: str = "",
    native: str = "",
    note: Callable[[str], None] | None = None,
    trace: str = "",
) -> Engine:
    """The engine of that name, with jedi to fall back to. `roots`, `chosen` and `native` as in
    `dependencies.interpreter.Wanted`; `trace` is a file for what is said to it and by it. Nothing is started yet."""
    from polycell.languages.python.engine.engine import Engine, Environment
    from polycell.languages.python.engine.importable import Importable, read_apart
    from polycell.languages.python.engine.specs import FALLBACK, SPECS

    roots = tuple(roots)

    def find(notebook: Notebook) -> Environment:
        from polycell.dependencies.interpreter import Wanted, find_interpreter

        spec = notebook.metadata.get("kernelspec")
        kernel = str(spec.get("name") or "") if isinstance(spec, Mapping) else ""
        folder = str(Path(notebook.path).parent) if notebook.path else ""
        found = find_interpreter(Wanted(kernel, folder, roots, chosen, native))
        # For members of libraries a guess does no harm: what was installed with Polycell.
        return Environment(found.prefix, found.python) if found else Environment(sys.prefix, sys.executable)

    def folders(environment: Environment) -> Iterable[Path]:
        from polycell.dependencies.installed import search_path
        from polycell.dependencies.interpreter import Interpreter, site_packages

        return search_path(site_packages(Interpreter(environment.python, environment.prefix)))[0]

    async def importable(environment: Environment) -> Importable:
        return await read_apart(await asyncio.to_thread(folders, environment))

    def installed(environment: Environment) -> frozenset[str]:
        return frozenset(
            os.path.join(os.path.realpath(folder), name)  # as servers know it
            for folder in folders(environment)
            if os.path.isdir(folder)
            for name in os.listdir(folder)
            if not name.startswith(("_", "~", ".")) and not name.endswith((".dist-info", ".pth"))
        )

    chain = [SPECS[name]] + ([SPECS[FALLBACK]] if name != FALLBACK else [])
    uris = [Path(root).absolute().as_uri() for root in roots]
    return Engine(chain, find, uris, note, importable, _trace(trace), installed)


def _trace(path: str) -> Trace | None:
    from polycell.bridge.trace import trace_to

    return trace_to(Path(_absolute(path))) if path else None


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path)) if path else ""


def scala_compilers(
    on_ready: Callable[[tuple[Hashable, ...]], None],
    note: Callable[[str], None] | None = None,
    begin: Begin = Logged,
    *,
    engine: str = "compiler",
    download: bool = False,
    memory: int = 1024,
    archive: bool = True,
    metals: Sequence[str] = (),
    trace: str = "",
) -> Compilers:
    """The compilers of Scala cells. Nothing is started yet. `engine`: "compiler", "metals", or "auto", which is Metals
    where that is on this machine. Beside Metals the compiler answers until that is ready, and where it is not to be
    had. `download` lets them fetch what is missing, `memory` is what each may take, in MiB, `archive` lets them keep
    their classes for later starts; `metals` is the command that starts Metals, `trace` as in `python_engine`."""
    from polycell.languages.scala.compilers import Compilers
    from polycell.languages.scala.light import Light
    from polycell.languages.scala.metals.command import Chosen, on_this_machine
    from polycell.languages.scala.metals.engine import Metals
    from polycell.languages.scala.questions import once
    from polycell.languages.scala.standby import Standby

    told = once(note or (lambda text: log.warning("%s", text)))
    light = Light(told, {"download": download, "memory": memory, "archive": archive}, begin=begin, trace=_trace(trace))
    if engine == "metals" or (engine == "auto" and on_this_machine(metals)):
        chosen = Chosen(tuple(metals), download, memory, _absolute(trace))
        full = Metals(told, chosen, begin=begin, trace=_trace(trace))
        return Compilers([Standby(full, light)], on_ready)
    return Compilers([light], on_ready)


class LateCompilers:
    """The compilers of a session, made when its Scala service is: nobody asks a question of them before."""

    def __init__(self, make: Callable[[], Compilers]) -> None:
        self._make = make
        self._made: Compilers | None = None

    def made(self) -> Compilers:
        if self._made is None:
            self._made = self._make()
        return self._made

    def read(self, key: Hashable) -> Any:
        return self._made.read(key) if self._made is not None else None


def scala_config(notebook: Notebook) -> Config:
    """What a notebook declares, as its Scala compiler takes it."""
    from polycell.dependencies.classpath import classpath_of
    from polycell.languages.scala.config import Config

    found = classpath_of(notebook)
    return Config(found.scala, found.modules, found.exclusions, found.repositories, found.plugins)


def default_services(
    engine: Engine | None = None,
    compilers: Compilers | LateCompilers | None = None,
    *,
    package_index: str = "",
    maven_repository: str = "",
    known: Iterable[str] = (),
    anywhere: bool = False,
    roots: Callable[[], Iterable[str | Path]] = tuple,
) -> Services:
    """Everything that Polycell ships. `engine` answers in Python cells what is not the notebook's own, `compilers` in
    Scala cells what their text alone does not tell. `package_index` may be asked for versions, `maven_repository` for
    artifacts; nobody, when empty. `known` are names that every Python cell has; `anywhere`: so are those of IPython's
    start-up files, which may be read. `roots` are the folders of the workspace, as they are then."""
    from polycell.included.startup import Given, given_by, hosts_with, startup_folder
    from polycell.languages.markdown import MarkdownService
    from polycell.languages.other import OtherService
    from polycell.languages.python.service import PythonService

    python = PythonService(engine)
    startup = given_by(startup_folder(), python) if anywhere else Given()
    languages = Languages(
        [
            python,
            Late(frozenset({"sql"}), _sql, _sql_reach, _sql_ahead),
            Late(frozenset({"vega-lite", "vega", "viz"}), _vega),
            Late(frozenset({"scala"}), partial(_scala, compilers)),
            MarkdownService(),
        ]
    )
    return Services(
        languages,
        OtherService(),
        partial(_beside, package_index, maven_repository),
        hosts_with(frozenset(known), startup),
        partial(_listing, roots, anywhere),
    )


def _beside(package_index: str, maven_repository: str) -> Beside:
    from polycell.dependencies import dependency_actions, metadata_actions
    from polycell.dependencies.checks import dependency_rules
    from polycell.dependencies.gathering import Declared, Imported
    from polycell.dependencies.topic import Declarations
    from polycell.languages.magics import Magics
    from polycell.languages.python import altair_chart_at, annotate_tables, as_vega_lite
    from polycell.languages.python.charts.drawn_names import Drawn
    from polycell.languages.python.looks_like_r import CertainlyPython, LooksLikeR
    from polycell.languages.python.sent_texts import Sent
    from polycell.languages.sql import Makers, query_of_tables
    from polycell.languages.vega import chart_at, charts_of_tables
    from polycell.rules import default_rules
    from polycell.rules.deleted import Deleted

    return Beside(
        rules=(*default_rules(), *dependency_rules()),
        offers=(charts_of_tables, as_vega_lite, query_of_tables, annotate_tables, dependency_actions),
        gatherers=(Declared(), Imported(), Makers(), Drawn(), Sent(), LooksLikeR(), CertainlyPython(), Deleted()),
        topics=(Declarations(_catalogue(package_index, maven_repository)), Magics()),
        drawers=(chart_at, altair_chart_at),
        metadata_offers=(metadata_actions,),
    )


def _sql() -> LanguageService:
    from polycell.languages.sql.service import SqlService

    return SqlService()


def _sql_reach() -> Reach:
    from polycell.languages.sql.reach import REACH

    return REACH


def _sql_ahead(cells: Iterable[Cell]) -> Callable[[], None] | None:
    from polycell.languages.sql.ahead import ahead

    return ahead(cells)


def _vega() -> LanguageService:
    from polycell.languages.vega.service import VegaService

    return VegaService()


def _scala(compilers: Compilers | LateCompilers | None) -> LanguageService:
    from polycell.languages.scala.service import ScalaService

    return ScalaService(compilers.made() if isinstance(compilers, LateCompilers) else compilers, scala_config)


async def _listing(
    roots: Callable[[], Iterable[str | Path]], anywhere: bool, notebook: Notebook, folder: str
) -> Sequence[str]:
    from polycell.tables.folders import names

    own = os.path.dirname(notebook.path)
    looking = asyncio.to_thread(names, folder, own, [Path(root) for root in roots()], anywhere=anywhere)
    try:
        return await asyncio.wait_for(looking, PATIENCE)
    except asyncio.TimeoutError:
        log.info("the folder %s is slow to read", folder)
        return ()


def _catalogue(package_index: str, maven_repository: str) -> Catalogue:
    from polycell.dependencies.artifacts import Coordinates, local_repositories
    from polycell.dependencies.completing import Catalogue
    from polycell.dependencies.index import Index
    from polycell.dependencies.nuget import local_packages
    from polycell.dependencies.repository import WebRepository

    return Catalogue(
        Index(package_index).versions if package_index else None,
        Coordinates(local_repositories()),
        WebRepository(maven_repository) if maven_repository else None,
        local_packages(),
    )


def default_sources(
    roots: Iterable[str | Path],
    on_ready: Callable[[tuple[Hashable, ...]], None] | None = None,
    *,
    anywhere: bool = False,
    interpreter: str = "",
    native: str = "",
    compilers: Compilers | LateCompilers | None = None,
    databases: Mapping[str, str] | None = None,
    connections: bool = False,
    ask: Callable[[Place], Database] | None = None,
    services: Services | None = None,
) -> AllSources:
    """What a session reads outside of its notebooks. With `on_ready` (called from any thread with the keys that have
    answers now) nothing blocks; without it every read is done at once, as the command line wants it. `interpreter` is
    the user's word for the Python that runs the notebooks, `native` that of the Jupyter server around us; `compilers`
    say what they think of Scala cells. `databases`: URLs of servers by name; `connections`: those that notebooks name
    may be read too; `ask` reads one (`worker.ask`). With `services`, what a notebook runs (`%run`) is followed."""
    from polycell.dependencies.sources import DependencySources
    from polycell.included.sources import IncludedSources
    from polycell.tables.databases import worker
    from polycell.tables.databases.places import Allowed
    from polycell.tables.databases.sources import DatabaseSources
    from polycell.tables.files import FileSources
    from polycell.tables.jupysql import SettingsSources

    folders = tuple(map(Path, roots))
    allowed = Allowed(databases or {}, connections, folders, anywhere)
    included: list[IncludedSources] = []

    def ready(keys: tuple[Hashable, ...]) -> None:
        if on_ready is not None:
            on_ready((*keys, *(request for one in included for request in one.concerned(keys))))

    told = ready if on_ready is not None else None
    own: list[FileSources | DatabaseSources | DependencySources | SettingsSources] = [
        FileSources(folders, told, anywhere=anywhere),
        DatabaseSources(allowed, told, ask=ask or worker.ask),
        DependencySources(folders, told, chosen=interpreter, native=native),
        SettingsSources(folders, told),
    ]
    readers = [compilers.read] if compilers is not None else []
    if services is not None:
        inner = AllSources(*own, readers=readers)
        included.append(IncludedSources(folders, services, inner, told, anywhere=anywhere))
    return AllSources(*own, *included, readers=readers)


class AllSources:
    """Sources of several rooms as one: each answers its own keys, and None to any other."""

    def __init__(
        self,
        *sources: FileSources | DatabaseSources | DependencySources | SettingsSources | IncludedSources,
        readers: Iterable[Callable[[Hashable], Any]] = (),
    ) -> None:
        """`readers` answer keys too, and are neither told of changed files nor closed from here."""
        self._sources = sources
        self._readers = (*(source.read for source in sources), *readers)

    def read(self, key: Hashable) -> Any:
        answers = (read(key) for read in self._readers)
        return next((answer for answer in answers if answer is not None), None)

    def changed(self, paths: Iterable[str | Path]) -> None:
        paths = tuple(paths)
        for source in self._sources:
            source.changed(paths)

    def first_reads(self) -> frozenset[Hashable]:
        """What is being read for the first time: data, databases, included notebooks."""
        found = (source.first_reads() for source in self._sources if hasattr(source, "first_reads"))
        return frozenset[Hashable]().union(*found)

    def refresh(self) -> None:
        """Read again what does not tell when it changes."""
        for source in self._sources:
            if hasattr(source, "refresh"):
                source.refresh()

    def close(self) -> None:
        for source in self._sources:
            source.close()


class LateSources:
    """Sources that are made when something is first read: until then they have read nothing that could change."""

    def __init__(self, make: Callable[[], AllSources]) -> None:
        self._make = make
        self._made: AllSources | None = None

    def read(self, key: Hashable) -> Any:
        if self._made is None:
            self._made = self._make()
        return self._made.read(key)

    def changed(self, paths: Iterable[str | Path]) -> None:
        if self._made is not None:
            self._made.changed(paths)

    def first_reads(self) -> frozenset[Hashable]:
        return self._made.first_reads() if self._made is not None else frozenset()

    def refresh(self) -> None:
        if self._made is not None:
            self._made.refresh()

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
