"""The dependencies of one notebook as a list: for `polycell deps`, for the view of an editor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from polycell.core.session import Snapshot
from polycell.core.values import replace
from polycell.dependencies.cells import said_by
from polycell.dependencies.common import distributions_of
from polycell.dependencies.gathering import IMPORTED, Needs, needs
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import Declaration, Requirement, normal
from polycell.dependencies.modules import look_up
from polycell.dependencies.requirement import allows, applies

# "declared": nothing more is known; "ok": installed and allowed; "not installed", "other version": against the
# interpreter; "malformed"; "undeclared": imported and not declared, but installed, or perhaps brought by something that
# does not say what it brings; "missing": imported, and nothing in the notebook, beside it or in the interpreter brings
# it.
State = Literal["declared", "ok", "not installed", "other version", "malformed", "undeclared", "missing"]
# What keeps a notebook from running in an environment made from its declarations.
WRONG = frozenset({"not installed", "other version", "malformed", "missing"})


class Entry(Struct, frozen=True):
    """One dependency. `requirement.text` is what a tool can be given; `cell` the id of the cell that declares it, ""
    for metadata and files; `used` the ids of the cells that import it; `installed` its version, "" where unknown.
    `declaration` has the place, and is None for files and for what is imported only."""

    requirement: Requirement
    state: State
    cell: str = ""
    installed: str = ""
    used: tuple[str, ...] = ()
    problem: str = ""
    declaration: Declaration | None = None


class Listing(Struct, frozen=True):
    """`interpreter` is the path of the notebook's Python and `how` it was found, "" where none is known."""

    entries: tuple[Entry, ...]
    interpreter: str = ""
    how: str = ""

    @property
    def wrong(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.state in WRONG)


def list_dependencies(snapshot: Snapshot) -> Listing:
    """Everything that the notebook declares and imports, declarations first, in order of cells. Total."""
    analysis, notebook = snapshot.analysis, snapshot.notebook
    analysis.settle()
    if not notebook.cells:
        return Listing(())
    known = needs(analysis.context(0))
    imports = _imports(snapshot)
    entries = [*_declared(snapshot, known, imports), *_from_files(known, imports)]
    have = {entry.requirement.key for entry in entries if not entry.problem}
    entries += [e for e in _imported(snapshot, known, imports) if e.requirement.key not in have]
    if known.installed is None:
        return Listing(tuple(entries))
    return Listing(tuple(entries), known.installed.interpreter.python, known.installed.interpreter.how)


def _imports(snapshot: Snapshot) -> dict[str, list[str]]:
    """Module as imported → ids of the cells that do."""
    found: dict[str, list[str]] = {}
    for cell, modules in snapshot.analysis.gathered(IMPORTED):
        for module in modules:
            found.setdefault(str(module), []).append(cell)
    return found


def _declared(snapshot: Snapshot, known: Needs, imports: dict[str, list[str]]) -> Iterator[Entry]:
    seen: set[tuple[Requirement, str]] = set()
    everything: list[tuple[str, Declaration]] = [("", d) for d in declared_by(snapshot.notebook)]
    for index, cell in enumerate(snapshot.notebook.cells):
        everything += ((cell.id, d) for d in said_by(cell, snapshot.analysis.facts(index)).declarations)
    for cell_id, declaration in everything:
        requirement = declaration.requirement
        if declaration.problem:
            yield Entry(requirement, "malformed", cell_id, problem=declaration.problem, declaration=declaration)
        elif (requirement, "") not in seen:
            seen.add((requirement, ""))
            yield replace(_entry(requirement, cell_id, known, imports), declaration=declaration)


def _from_files(known: Needs, imports: dict[str, list[str]]) -> Iterator[Entry]:
    """What files beside the notebook declare; of a lock only what the notebook imports, which else is hundreds."""
    for requirement in known.project.requirements:
        entry = _entry(requirement, "", known, imports)
        if entry.used or not requirement.file.endswith(".lock"):
            yield entry


def _entry(requirement: Requirement, cell: str, known: Needs, imports: dict[str, list[str]]) -> Entry:
    used = tuple(
        dict.fromkeys(c for module, cells in imports.items() if brings(requirement, module, known) for c in cells)
    )
    if requirement.ecosystem not in ("python", "conda") or known.installed is None or not requirement.name:
        return Entry(requirement, "declared", cell, used=used)
    found = known.installed.distributions.get(requirement.key)
    if requirement.ecosystem == "conda" and found is None:
        return Entry(requirement, "declared", cell, used=used)  # it may be no Python package
    if not applies(requirement, known.installed.interpreter.version):
        return Entry(requirement, "declared", cell, found.version if found else "", used)
    if found is None:
        return Entry(requirement, "not installed", cell, used=used)
    allowed = requirement.ecosystem == "conda" or allows(requirement, found.version) is not False
    return Entry(requirement, "ok" if allowed else "other version", cell, found.version, used)


def brings(requirement: Requirement, module: str, known: Needs) -> bool:
    """Whether a requirement's distribution brings an imported module."""
    top = module.partition(".")[0]
    if known.installed is not None and (found := known.installed.distributions.get(requirement.key)):
        return top in found.modules
    return requirement.key in distributions_of(module) or requirement.key == normal(top)


def _imported(snapshot: Snapshot, known: Needs, imports: dict[str, list[str]]) -> Iterator[Entry]:
    """Imports that nothing declares."""
    host = snapshot.notebook.host
    tolerated = _tolerated(snapshot)
    seen: set[str] = set()
    for module, cells in imports.items():
        looked = look_up(module, known, host)
        if looked.state in ("standard", "local", "declared", "host") or looked.top in tolerated:
            continue
        name = looked.distributions[0] if looked.distributions else normal(looked.top)
        if name in seen:
            continue
        seen.add(name)
        version = known.installed.distributions[name].version if _has(known, name) and known.installed else ""
        there = looked.state in ("installed", "along", "undeclared") and known.installed is not None
        # With modules that nobody sees, an import of an unknown name is no dependency that can be named.
        if not there and known.hidden and not looked.distributions:
            continue
        made = Requirement("python", name, style="import", text=name)
        if looked.state == "saved":
            listed = next((known.saved[n] for n in (name, normal(looked.top)) if n in known.saved), None)
            version = listed.constraint.removeprefix("==") if listed is not None else ""
        may_be = there or looked.state == "saved" or (bool(known.opaque) and looked.state != "missing")
        yield Entry(made, "undeclared" if may_be else "missing", cells[0], version, tuple(cells))


def _has(known: Needs, name: str) -> bool:
    return known.installed is not None and name in known.installed.distributions


def _tolerated(snapshot: Snapshot) -> frozenset[str]:
    """Top-level modules that are only imported where the code itself expects that they are missing."""
    guarded: set[str] = set()
    needed: set[str] = set()
    for index in range(len(snapshot.notebook.cells)):
        for found in snapshot.analysis.facts(index).imports:
            (guarded if found.guarded else needed).add(found.module.partition(".")[0])
    return frozenset(guarded - needed)
