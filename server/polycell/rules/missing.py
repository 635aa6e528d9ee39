"""Names that a Python cell uses and that nobody gives it: what both rules about names start from."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from msgspec import Struct

from polycell.core.facts import Definition, Use
from polycell.core.hosts import PLATFORM_NAMES
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.rules.deleted import DELETED

# Python's own names, those of newer and older Pythons than ours, and what a module always has.
_ALWAYS = frozenset(dir(builtins)) | {
    *("__name__", "__doc__", "__file__", "__builtins__", "__spec__", "__package__", "__loader__", "__annotations__"),
    *(
        "__path__",
        "__cached__",
        "__class__",
        "__debug__",
        "__import__",
        "__build_class__",
        "__conditional_annotations__",
    ),
    *("aiter", "anext", "EncodingWarning", "BaseExceptionGroup", "ExceptionGroup", "PythonFinalizationError"),
    *("WindowsError", "exit", "quit", "copyright", "credits", "license"),
}
# IPython's history: `_`, `__`, `_10`, `_i`, `_i3`, `_ih`, `_oh`, `_dh`, `_exit_code`.
_HISTORY = pattern(r"_{1,3}|_\d+|_i{1,3}|_i\d+|_ih|_oh|_dh|_exit_code|In|Out")
_PLATFORMS = PLATFORM_NAMES | {"ojs_define"}  # Quarto

# Hosts whose notebooks are often made to be `%run` by others: their functions use what the caller defines.
_RUN_BY_OTHERS = frozenset({"databricks", "synapse"})


class Missing(Struct, frozen=True):
    """The first unguarded use of a name that no cell above gives. `own` are the cell's own definitions of it."""

    use: Use
    own: tuple[Definition, ...]


def missing_names(context: Context) -> Iterator[Missing]:
    """Uses that certainly find nothing when the notebook runs from top to bottom; silent whenever that is in doubt."""
    if _is_part(context.notebook.path):
        return
    for use in _uses(context, deferred=False):
        if context.view.lookup(use.name) is not None:
            continue
        if context.view.opens():
            return
        own = tuple(d for d in context.facts.definitions if d.name == use.name and not d.container)
        if not own and _taken_away(context, use):
            continue
        if own or not context.view.given_here(use.name):  # given, yet nowhere written: by a file that the cell runs
            yield Missing(use, own)


def _taken_away(context: Context, use: Use) -> bool:
    """Whether a cell that runs a file deletes the name, which that file may give: what is gone at the cell's end is not
    seen to have been there."""
    runs = any(magic.name == "run" and magic.span.start < use.span.start for magic in context.facts.magics)
    return runs and any(r.write and r.span == use.span for r in context.facts.references)


def never_defined(context: Context) -> Iterator[Use]:
    """First uses, in bodies that run later, of names that no cell defines, above or below; silent where in doubt."""
    if context.host.name in _RUN_BY_OTHERS or _is_part(context.notebook.path):
        return
    for use in _uses(context, deferred=True):
        if context.view.lookup(use.name) is not None or context.view.defined_later(use.name):
            continue
        if context.view.opens_anywhere():
            return
        own = any(d.name == use.name and not d.container for d in context.facts.definitions)
        if not own and not context.view.given_here(use.name) and not _deleted(context, use.name):
            yield use


def _deleted(context: Context, name: str) -> bool:
    """Whether a cell deletes the name: it was there before, and the body may have run by then."""
    return any(name in names for _, names in context.view.gathered(DELETED))


def alone(cell: Cell) -> bool:
    """Whether the cell runs in a process of its own (`%%python`), where no other cell's names are."""
    return cell.space == f"isolated:{cell.id}"


def _is_part(path: str) -> bool:
    """Whether Quarto and bookdown take a document for a part of others, which define what it uses."""
    *_, folder, name = ("", "", *path.replace("\\", "/").split("/"))
    return name.lower().endswith((".qmd", ".rmd")) and "_" in (folder[:1], name[:1])


def _uses(context: Context, *, deferred: bool) -> Iterator[Use]:
    """The first use of each name that must come from some cell: no guarded one, no name that is simply there."""
    if context.cell.language != "python" or not (context.cell.space in ("", "python") or alone(context.cell)):
        return
    ambient = context.host.ambient.get("python", frozenset())
    seen: set[str] = set()
    for use in context.facts.uses:
        name = use.name
        if use.deferred is not deferred or use.guarded or use.table or name in seen:
            continue
        if name in _ALWAYS or name in ambient or name in _PLATFORMS or _HISTORY.fullmatch(name):
            continue
        seen.add(name)
        yield use
