"""Which distribution brings a module, and whether it is declared: one answer for checks, hovers, actions and lists."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from polycell.dependencies.common import brought_along, distributions_of, is_known
from polycell.dependencies.gathering import Needs
from polycell.dependencies.model import Requirement, normal
from polycell.dependencies.provided import KERNEL, provided_by
from polycell.dependencies.stdlib import in_standard_library

# "standard": Python's own; "local": made by the notebook or beside it; "host": who runs the notebook has it;
# "declared"; "along": comes along with something declared; "installed", and not declared;
# "saved": a saved output lists it; "missing": certainly nowhere; "undeclared": not among those that
# a complete list names; "unknown".
State = Literal[
    "standard", "local", "host", "declared", "along", "installed", "saved", "missing", "undeclared", "unknown"
]

# IPython loads these without a distribution.
_EXTENSIONS = frozenset(
    {"autoreload", "storemagic", "deduperreload", "sympyprinting", "cythonmagic", "rmagic", "octavemagic"}
)


class Module(Struct, frozen=True):
    """`name` as imported, `distributions` normal names, the likeliest first; `by` the requirement that declares it."""

    name: str
    state: State
    distributions: tuple[str, ...] = ()
    by: Requirement | None = None

    @property
    def top(self) -> str:
        return self.name.partition(".")[0]


def candidates(module: str, needs: Needs) -> tuple[str, ...]:
    """Distributions that bring a module: by what is installed, else by the tables."""
    top = module.partition(".")[0]
    known = distributions_of(module)
    installed = needs.installed.providers.get(top, ()) if needs.installed is not None else ()
    if len(installed) > 1 and set(known) & set(installed):
        return tuple(name for name in known if name in installed)
    return installed or known


def look_up(module: str, needs: Needs, host: str) -> Module:
    """What is known about an imported module. Certain only where it says "missing" or "undeclared"; see `State`."""
    top = module.partition(".")[0]
    version = needs.installed.interpreter.version if needs.installed is not None else None
    if in_standard_library(top, version):
        return Module(module, "standard")
    if top in needs.provides or top in needs.project.modules:
        return Module(module, "local")
    names = candidates(module, needs)
    wanted = {normal(top), *names, *distributions_of(module)}
    declared = [r for r in needs.python if r.key in wanted or wanted & {normal(extra) for extra in r.extras}]
    if declared:
        return Module(module, "declared", names or (declared[0].key,), declared[0])
    provided = provided_by(host)
    if top in provided.modules or top in KERNEL:
        return Module(module, "host", names)
    installed = needs.installed
    if installed is not None and top in installed.modules:
        along = _along(needs, names)
        if along is not None:
            return Module(module, "along", names, along)
        return Module(module, "undeclared" if _judged(needs) and names else "installed", names)
    if not wanted.isdisjoint(needs.saved):
        return Module(module, "saved", names)
    if needs.hidden or not needs.settled or not provided.local or top in _EXTENSIONS:
        return Module(module, "unknown", names)
    if installed is not None:
        return Module(module, "unknown" if installed.open else "missing", names)
    return Module(module, _by_declarations(top, names, needs), names)


def _judged(needs: Needs) -> bool:
    """Whether an import that nobody declares can be said to be missing from a list."""
    return needs.complete and not needs.hidden and needs.settled


def _by_declarations(top: str, names: tuple[str, ...], needs: Needs) -> State:
    """Without an interpreter: a complete list, and what is known of the distributions on it, decide."""
    if not _judged(needs) or any(not r.name for r in needs.python):
        return "unknown"
    declared = {r.key for r in needs.python}
    if any(name.startswith(f"{normal(top)}-") for name in declared):
        return "unknown"  # parts, builds and companions of a library: `cvxpy-base`, `dash-table`
    along = None if any(r.extras for r in needs.python) else brought_along(declared)
    if not names and not all(is_known(name) for name in declared):
        return "unknown"  # one of them may bring it
    if along is None:
        return "undeclared" if names else "unknown"
    return "undeclared" if along & {normal(top), *names} else "missing"


def _along(needs: Needs, names: tuple[str, ...]) -> Requirement | None:
    """The declared requirement that an installed distribution comes along with."""
    if needs.installed is None:
        return None
    wanted = set(names)
    for requirement in needs.python:
        seen: set[str] = set()
        waiting = [requirement.key]
        while waiting:
            key = waiting.pop()
            found = needs.installed.distributions.get(key)
            if found is None or key in seen:
                continue
            seen.add(key)
            waiting += [normal(_required(text)) for text in found.requires]
        if wanted & (seen - {requirement.key}):
            return requirement
    return None


def _required(text: str) -> str:
    """The name at the head of a requirement."""
    end = next((i for i, c in enumerate(text) if not (c.isalnum() or c in "-_.")), len(text))
    return text[:end]
