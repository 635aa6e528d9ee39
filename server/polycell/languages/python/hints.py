"""What a statement does to a table that it gives a new version: `+ total: double`, `- id`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from polycell.core.results import Hint
from polycell.core.service import Context
from polycell.core.types import Column, Table
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.source import PythonSource

STATEMENTS = 60  # of a cell; each is followed anew
SHOWN = 4  # columns told of one statement


def hints(context: Context) -> Iterator[Hint]:
    """One hint a top-level statement that changes the columns of a table known before it, both schemas closed. Behind
    what cannot be read (a line that is being typed) there is none."""
    from polycell.languages.python.flow.exports import scope_at

    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None:
        return
    readable = min((span.start for span in source.broken), default=len(source.code))
    if len(source.tree.body) > STATEMENTS:
        return
    for statement in source.tree.body:
        if not isinstance(statement, (ast.Assign, ast.AugAssign, ast.Delete, ast.Expr)):
            continue
        span = source.span(statement)
        if span.end > readable:
            return
        names = {node.id for node in nodes(statement) if isinstance(node, ast.Name)}
        before, after = scope_at(context, span.start), scope_at(context, span.end + 1)
        for name in sorted(names):
            old = before.get(name) or context.view.lookup(name)
            new = after.get(name)
            if old is None or new is None or not isinstance(old.type, Table) or not isinstance(new.type, Table):
                continue
            if old.type.open or new.type.open:
                continue
            text = _difference(old.type, new.type)
            if text:
                yield Hint(span.end, text, f"columns of `{name}`")


def _difference(old: Table, new: Table) -> str:
    was, now = {c.name: c for c in old.columns}, {c.name: c for c in new.columns}
    renamed = _renamed(old, new)
    parts = [f"{before} → {after}" for before, after in renamed.items()]
    parts += [f"+ {_shown(c)}" for n, c in now.items() if n not in was and n not in renamed.values()]
    parts += [f"- {n}" for n in was if n not in now and n not in renamed]
    parts += [f"{n}: {c.type}" for n, c in now.items() if n in was and c.type is not None and was[n].type != c.type]
    more = f", … {len(parts) - SHOWN} more" if len(parts) > SHOWN else ""
    return ", ".join(parts[:SHOWN]) + more


def _renamed(old: Table, new: Table) -> dict[str, str]:
    """Old name → new one, of columns that stay where they were and what they were."""
    if len(old.columns) != len(new.columns):
        return {}
    pairs = [(a, b) for a, b in zip(old.columns, new.columns, strict=True) if a.name != b.name]
    moved = {a.name for a, _ in pairs} & {b.name for _, b in pairs}
    return {} if moved or any(a.type != b.type for a, b in pairs) else {a.name: b.name for a, b in pairs}


def _shown(column: Column) -> str:
    return f"{column.name}: {column.type}" if column.type is not None else column.name
