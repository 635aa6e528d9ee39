"""What the notebook's surroundings say of its dependencies, as sources of the environment (`core.environment.Sources`).

    InstalledRequest → Installed       what the notebook's interpreter has; `NO_INTERPRETER` where none is known
    ProjectRequest   → Project         declarations in files beside the notebook, and modules beside it
    SavedRequest     → Saved           what the notebook's saved outputs list as installed

Files are read in a worker thread; a request is answered None until then. An environment is looked at again when one of
its folders changed, at most every few seconds.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from polycell.dependencies import project
from polycell.dependencies.installed import Installed, importable, read_installed, stamp
from polycell.dependencies.interpreter import Interpreter, Wanted, find_interpreter
from polycell.dependencies.model import Requirement
from polycell.dependencies.project import Broken
from polycell.dependencies.saved import read_saved
from polycell.tables.answers import Answers, OnReady

log = logging.getLogger(__name__)

AGAIN = 5.0  # seconds after which an environment's folders are asked whether they changed
MOST = 2_000_000  # bytes of a file that is read
DEEPEST = 5  # requirement files that include one another

NO_INTERPRETER = Installed(Interpreter("", ""), open=True)


class InstalledRequest(Struct, frozen=True):
    """`kernel` is the kernelspec's name, `folder` the notebook's own (or empty)."""

    kernel: str = ""
    folder: str = ""


class ProjectRequest(Struct, frozen=True):
    """`files` are the ones that the notebook installs from (`-r`), as written."""

    folder: str = ""
    files: tuple[str, ...] = ()


class Project(Struct, frozen=True):
    """`modules` are importable from the notebook's folder or the workspace; `unread` are files of the request that
    could not be read, `broken` entries of files that are none."""

    requirements: tuple[Requirement, ...] = ()
    modules: frozenset[str] = frozenset()
    unread: tuple[str, ...] = ()
    broken: tuple[Broken, ...] = ()


class SavedRequest(Struct, frozen=True):
    """`path` is the notebook's, `digests` those of the cells that list what is installed (`saved.listing_command`)."""

    path: str
    digests: tuple[str, ...]


class Saved(Struct, frozen=True):
    requirements: tuple[Requirement, ...] = ()


Request: TypeAlias = InstalledRequest | ProjectRequest | SavedRequest
Answer: TypeAlias = Installed | Project | Saved


class DependencySources:
    """See the module's text. `on_ready(keys)` is called from a worker thread; without it every read is done at once."""

    def __init__(
        self,
        roots: Iterable[str | Path] = (),
        on_ready: OnReady | None = None,
        *,
        chosen: str = "",
        native: str = "",
    ) -> None:
        self._roots = tuple(str(root) for root in roots)
        self._chosen = chosen
        self._native = native
        self._environments: dict[str, tuple[object, Installed]] = {}
        self._answers: Answers[Request, Answer | None] = Answers(
            self._load,
            on_ready,
            workers=1 if on_ready is not None else 0,
            lasts=lambda answer: float("inf") if isinstance(answer, Project) else AGAIN,
            name="polycell-dependencies",
        )

    def read(self, key: Hashable) -> Answer | None:
        return self._answers.get(key) if isinstance(key, (InstalledRequest, ProjectRequest, SavedRequest)) else None

    def changed(self, paths: Iterable[str | Path]) -> None:
        """Files were made, changed or deleted."""
        names = [Path(path) for path in paths]
        project_files = any(
            project.NAMES.fullmatch(p.name) or p.suffix in (".py", ".txt")
            for p in names
            if "site-packages" not in p.parts
        )
        installed = any(".dist-info" in str(p) or p.name == "pyvenv.cfg" for p in names)
        self._answers.again(
            key for key in self._answers.known() if (project_files if isinstance(key, ProjectRequest) else installed)
        )

    def close(self) -> None:
        self._answers.close()

    def _load(self, key: Request) -> Answer | None:
        """None where reading failed, which proves nothing and is tried again."""
        try:
            if isinstance(key, InstalledRequest):
                return self._installed(key)
            if isinstance(key, SavedRequest):
                return Saved(read_saved(Path(key.path), key.digests))
            return self._project(key)
        except Exception:
            log.exception("reading dependencies failed (%s)", key)
            return None

    def _installed(self, key: InstalledRequest) -> Installed:
        found = find_interpreter(Wanted(key.kernel, key.folder, self._roots, self._chosen, self._native))
        if found is None:
            return NO_INTERPRETER
        now = (found, stamp(found))
        kept = self._environments.get(found.python)
        if kept is not None and kept[0] == now:
            return kept[1]
        started = time.monotonic()
        made = read_installed(found)
        if time.monotonic() - started > 1:
            log.info("%s: reading what is installed took %.1f s", found.prefix, time.monotonic() - started)
        self._environments[found.python] = (now, made)
        return made

    def _project(self, key: ProjectRequest) -> Project:
        folder = Path(key.folder) if key.folder else None
        said: list[Requirement | Broken] = []
        unread: list[str] = []
        for place in _up(folder, self._roots):
            for path in sorted(_listed(place)):
                if project.NAMES.fullmatch(path.name):
                    found = project.read_project_file(path.name, _text(path) or "")
                    mine = place == folder and path.name in project.JUDGED and _is_what_it_seems(found)
                    said += found if mine else [one for one in found if isinstance(one, Requirement)]
        for name in key.files:
            included = self._included(folder, name)
            if included is None:
                unread.append(name)
            else:
                said += included
        modules: set[str] = set()
        for place in dict.fromkeys([*([folder] if folder else []), *map(Path, self._roots)]):
            modules.update(importable(place))
            modules.update(importable(place / "src"))
        return Project(
            tuple(dict.fromkeys(one for one in said if isinstance(one, Requirement))),
            frozenset(modules),
            tuple(unread),
            tuple(dict.fromkeys(one for one in said if isinstance(one, Broken))),
        )

    def _included(
        self, folder: Path | None, name: str, above: tuple[Path, ...] = ()
    ) -> list[Requirement | Broken] | None:
        """The requirements of a file and of those it includes; None where one is not to be read: it is not there, or
        lies outside of the notebook's folder and the workspace. `above` are the files that led to it: one that comes
        again closes a circle and adds nothing to what is read already."""
        if folder is None:
            return None
        path = (folder / name).resolve()
        if path in above:
            return []
        if len(above) > DEEPEST:
            return None
        allowed = [place.resolve() for place in (folder, *map(Path, self._roots))]
        if not any(place == path.parent or place in path.parents for place in allowed):
            return None
        text = _text(path)
        if text is None:
            return None
        found = list(project.read_project_file(name, text))
        for other in project.included(text):
            more = self._included(path.parent, other, (*above, path))
            if more is None:
                return None
            found += more
        return found


def _is_what_it_seems(said: Iterable[Requirement | Broken]) -> bool:
    """Whether a file that the notebook does not name is mostly requirements."""
    broken = [isinstance(one, Broken) for one in said]
    return sum(broken) * 2 <= len(broken)


def _up(folder: Path | None, roots: tuple[str, ...]) -> Iterable[Path]:
    """The notebook's folder and those above it, up to the workspace's root that holds it."""
    if folder is None:
        return ()
    folder = folder.absolute()
    tops = [top for root in roots if (top := Path(root).absolute()) == folder or top in folder.parents]
    if not tops:
        return (folder,)
    top = max(tops, key=lambda place: len(place.parts))
    return (folder, *(place for place in folder.parents if place == top or top in place.parents))


def _listed(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:
        return []


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace") if path.stat().st_size <= MOST else None
    except OSError:
        return None
