"""What loops and comprehensions go over, and what their targets are bound to."""

from __future__ import annotations

import ast

from polycell.core.types import Table, Type
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.targets import assign
from polycell.languages.python.frames import frame_access
from polycell.languages.python.values import element_of, items_of


def iterate(run: Interpreter, node: ast.expr) -> tuple[tuple[Type, ...] | None, Type]:
    """(the items where all are known, the type of any of them) of what a loop goes over."""
    type_ = run.evaluate(node)
    element = element_of(type_)
    method = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else ""
    if method in ("items", "iteritems", "iterrows", "itertuples") and isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Attribute)
        base = run.evaluate(node.func.value)
        if isinstance(base, Table):
            return None, frame_access.row_element(base, method)
    grouped = frame_access.group_element(type_)
    if grouped is not None:
        return None, grouped
    return items_of(type_), element


def bind_item(run: Interpreter, target: ast.expr, type_: Type, over: ast.expr, index: int | None = None) -> None:
    """Bind the target of a loop to an item of `over`, the very object where the text names it."""
    item = over.elts[index] if index is not None and isinstance(over, (ast.List, ast.Tuple)) else None
    plain = item is not None and not any(isinstance(e, ast.Starred) for e in over.elts)  # type: ignore[attr-defined]
    if isinstance(item, ast.Name) and isinstance(target, ast.Name) and plain:
        address = run.address_of(item)
        if address is not None:
            run.bind(target.id, run.object(address), target, address=address)
            return
    groups = isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == "groupby"
    assign(run, target, type_, shared=not groups)
