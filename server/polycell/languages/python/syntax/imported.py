"""Which module a name is, where a look at the texts tells it: an import binds it, and nothing that stands in sight may.

What cells give to each other takes an analysis of all that stand above; that `pd` is pandas is said by one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from msgspec import Struct

from polycell.core.facts import Facts, Import
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Module
from polycell.languages.python.syntax.cursor import site
from polycell.languages.python.syntax.source import PythonSource

MOST_READ = 30  # cells that mention the name and are read for it
LONGEST = 30_000  # characters of one that is


class Imported(Struct, frozen=True):
    """`text` is what was read for it: modules inside of a package are imported there too."""

    module: str
    text: str


class Member(Struct, frozen=True):
    """A name behind a module, and the names between the two (`path` in `os.path.join`)."""

    module: Imported
    between: tuple[str, ...]
    name: str
    span: Span


def member_at(context: Context, offset: int) -> Member | None:
    """The member of a module whose name a place is in, with all cells above read; None where that is not certain."""
    end = _end(context.cell.text, offset)
    return context.once(("module member", end), partial(_member, context, end, module_here))


def member_told(context: Context, offset: int) -> Member | None:
    """The same where the texts alone tell it."""
    return _member(context, _end(context.cell.text, offset), module_of)


def _end(text: str, offset: int) -> int:
    """Where the word ends that an offset is in."""
    while offset < len(text) and (text[offset].isalnum() or text[offset] == "_"):
        offset += 1
    return offset


def _member(context: Context, end: int, find: Callable[[Context, str], Imported | None]) -> Member | None:
    here = site(context.cell.text, end)
    if not here.attribute or here.quote or here.comment or not here.word:
        return None
    if end < context.cell.body or any(magic.span.touches(end) for magic in context.facts.magics):
        return None
    name, *between = here.receiver.split(".")
    if not all(part.isidentifier() for part in (name, *between)):
        return None
    found = find(context, name)
    return Member(found, tuple(between), here.word, here.span) if found is not None else None


def module_of(context: Context, name: str) -> Imported | None:
    """The module that `name` is all over a cell; None where that is not certain without the cells above. Asks nothing
    of the view, so nothing need be settled."""
    if context.host.order == "any" or not _is_only_looked_into(context, name):
        return None
    word, read = re.compile(rf"\b{re.escape(name)}\b"), 0
    for index in range(context.index, -1, -1):
        cell = context.notebook.cells[index]
        if cell.kind != "code" or (index != context.index and not word.search(cell.text)):
            continue
        read += 1
        if (
            cell.language != "python"
            or cell.space != context.cell.space
            or read > MOST_READ
            or len(cell.text) > LONGEST
        ):
            return None
        facts = context.facts if index == context.index else context.neighbour(index).facts
        if not _is_told(facts) or "del " in cell.text:
            return None
        if any(definition.name == name and not definition.container for definition in facts.definitions):
            module = _imported(facts, name)
            return Imported(module, f"{context.cell.text}\n{cell.text}") if module else None
    return None


def module_here(context: Context, name: str) -> Imported | None:
    """The same with all cells above read, which need not be searched then. None too for what only the flow of types
    inside of the cell tells."""
    if not _is_only_looked_into(context, name):
        return None
    facts = context.facts
    if any(definition.name == name and not definition.container for definition in facts.definitions):
        module = _imported(facts, name) if _is_told(facts) and "del " not in context.cell.text else ""
        return Imported(module, context.cell.text) if module else None
    binding = context.view.lookup(name)
    if binding is None or not isinstance(binding.type, Module) or binding.type.attribute:
        return None
    index = context.notebook.index(binding.origin.cell) if binding.origin is not None else None
    above = context.notebook.cells[index].text if index is not None else ""
    return Imported(binding.type.name, f"{context.cell.text}\n{above}")


def _is_only_looked_into(context: Context, name: str) -> bool:
    """Whether a cell does nothing with the name but to import it and to ask for its members. Then no parameter, loop or
    assignment of the cell is called so either."""
    text = context.cell.text
    imports = [d.extent for d in context.facts.definitions if d.name == name and d.kind == "import"]
    return all(
        any(extent.start <= found.start() < extent.end for extent in imports)
        or text[found.end() :].lstrip(" ").startswith(".")
        for found in re.finditer(rf"(?<![\w.]){re.escape(name)}\b", text)
    )


def _is_told(facts: Facts) -> bool:
    """Whether a cell's text says all the names that the cell gives."""
    source = facts.analysis
    return isinstance(source, PythonSource) and not source.isolated and not facts.opens


def _imported(facts: Facts, name: str) -> str:
    """The module, if every statement of a cell that binds the name imports just that, whatever happens."""
    bound = [d for d in facts.definitions if d.name == name and not d.container]
    modules = [module for one in facts.imports if (module := _bound_by(one, name))]
    same = len(set(modules)) == 1 and len(modules) == len(bound)
    return modules[0] if same and all(d.kind == "import" and not d.conditional for d in bound) else ""


def _bound_by(one: Import, name: str) -> str:
    """The module that `import module` or `import module as name` binds to the name; "" for all else."""
    if one.alias or one.names or one.star or one.level:
        return one.module if one.alias == name else ""
    return name if one.module.partition(".")[0] == name else ""
