"""What a notebook says about its dependencies as a whole: gathered from its cells and metadata, with what is around it.

`needs(context)` is what every check, hover and completion starts from. All that it asks is recorded by the context's
view.
"""

from __future__ import annotations

import os.path
from collections.abc import Hashable, Iterator, Mapping

from msgspec import Struct

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.service import Context
from polycell.dependencies.cells import Hides, Includes, Lists, Provides, Speaks, said_by
from polycell.dependencies.installed import Installed
from polycell.dependencies.metadata import declared_by, kernel_of, scala_of, written_in
from polycell.dependencies.model import STYLES, Requirement
from polycell.dependencies.sources import NO_INTERPRETER, InstalledRequest, Project, ProjectRequest, Saved, SavedRequest

DECLARED = "declared dependencies"
IMPORTED = "imported modules"


class Declared:
    """Requirements and remarks of all cells, without places."""

    name = DECLARED

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        said = said_by(cell, facts)
        return (*(d.requirement for d in said.declarations), *said.remarks)

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        scala = scala_of(notebook.metadata)
        declared = tuple(d.requirement for d in declared_by(notebook))
        written = written_in(notebook.metadata)
        head = next((cell.id for cell in notebook.cells if cell.kind != "markup"), "")
        return (
            *declared,
            *((Speaks(scala),) if scala else ()),
            *((Configured(head, written),) if written else ()),
        )


class Imported:
    """Modules that the Python cells import, as written."""

    name = IMPORTED

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        if cell.language != "python":
            return ()
        written = [i.module for i in facts.imports if not i.level]
        written += [m.arguments.split()[0] for m in facts.magics if m.name == "load_ext" and m.arguments]
        return tuple(dict.fromkeys(module for module in written if module))

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


class Configured(Struct, frozen=True):
    """What stands in the metadata about dependencies, word for word, and the cell that findings about it show up in."""

    head: str
    text: str


class Needs(Struct, frozen=True):
    """`requirements` of the notebook itself, with the id of the cell that declares each ("" for the metadata);
    `hidden`: reasons why a module may be there that nobody sees, `opaque` those of them by which a whole distribution
    may; `installed` None where no interpreter is known; `saved` what a saved output of `pip freeze` lists, by key;
    `files` those that cells install from (`-r`)."""

    requirements: tuple[tuple[str, Requirement], ...]
    project: Project
    installed: Installed | None
    provides: frozenset[str]
    hidden: tuple[str, ...]
    opaque: tuple[str, ...]
    scala: str
    settled: bool
    saved: Mapping[str, Requirement]
    files: tuple[str, ...] = ()

    @property
    def python(self) -> Iterator[Requirement]:
        """Every Python requirement, those of conda and of files beside the notebook too."""
        yield from (r for _, r in self.requirements if r.ecosystem in ("python", "conda"))
        yield from self.project.requirements

    @property
    def complete(self) -> bool:
        """Whether the notebook has a list that claims to name everything."""
        return any(STYLES.get(r.style, ("", False))[1] for _, r in self.requirements if r.ecosystem == "python")


def needs(context: Context) -> Needs:
    """Everything known about the dependencies of the context's notebook."""
    requirements: list[tuple[str, Requirement]] = []
    provides: set[str] = set()
    hidden: list[str] = []
    opaque: list[str] = []
    files: list[str] = []
    listings: list[str] = []
    scala = ""
    for cell, items in context.view.gathered(DECLARED):
        for item in items:
            if isinstance(item, Requirement):
                requirements.append((cell, item))
                if "list" in item.flags:
                    files.append(item.text)
                elif item.ecosystem == "python" and not item.name and item.constraint:
                    opaque.append("a declaration that does not say what it brings")
            elif isinstance(item, Provides):
                provides.add(item.module)
            elif isinstance(item, Hides):
                hidden.append(item.reason)
                opaque += [item.reason] if item.installs else []
            elif isinstance(item, Includes):
                files.append(item.file)
            elif isinstance(item, Lists):
                listings.append(item.digest)
            elif isinstance(item, Speaks):
                scala = item.scala
    folder = folder_of(context.notebook)
    project = context.view.read(ProjectRequest(folder, tuple(dict.fromkeys(files))))
    installed = context.view.read(InstalledRequest(kernel_of(context.notebook.metadata), folder))
    saved: object = Saved()
    if listings and context.notebook.path.endswith(".ipynb"):
        path = os.path.abspath(context.notebook.path)
        saved = context.view.read(SavedRequest(path, tuple(dict.fromkeys(listings))))
    if isinstance(project, Project) and project.unread:
        opaque.append("a file of requirements that cannot be read")
    return Needs(
        tuple(requirements),
        project if isinstance(project, Project) else Project(),
        installed if isinstance(installed, Installed) and installed is not NO_INTERPRETER else None,
        frozenset(provides),
        tuple(dict.fromkeys((*hidden, *opaque))),
        tuple(dict.fromkeys(opaque)),
        scala,
        isinstance(project, Project) and isinstance(installed, Installed) and isinstance(saved, Saved),
        {r.key: r for r in saved.requirements} if isinstance(saved, Saved) else {},
        tuple(dict.fromkeys(files)),
    )


def folder_of(notebook: Notebook) -> str:
    """The notebook's own folder, or "" for one without a file. On the command line its path may be relative."""
    return os.path.dirname(os.path.abspath(notebook.path)) if notebook.path else ""
