"""What loops and comprehensions go over, and what their targets are bound to."""

from __future__ import annotations

import ast

from polycell.core.types import UNKNOWN, Collection, Record, Row, Type
from polycell.languages.python.flow.containers import alone, taken_from
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import holds, mutable
from polycell.languages.python.flow.targets import assign
from polycell.languages.python.frames import fetched_rows, frame_access
from polycell.languages.python.frames.readers import OPEN_FILE
from polycell.languages.python.syntax.values import element_of, items_in_any_order


def items_and_element(type_: Type) -> tuple[tuple[Type, ...] | None, Type]:
    """(the items where all are known, the type of any of them) of the type of what a loop goes over."""
    grouped = frame_access.group_element(type_)
    if grouped is not None:
        return None, grouped
    row = fetched_rows.row_of(type_)
    return (None, row) if row != UNKNOWN else (items_in_any_order(type_), element_of(type_))


def read_on(run: Interpreter, node: ast.expr, type_: Type) -> None:
    """Whoever gets an open file reads on in it."""
    if isinstance(type_, Record) and type_.name == OPEN_FILE and (address := run.address_of(node)) is not None:
        run.open_up(address)


def bind_item(run: Interpreter, target: ast.expr, type_: Type, over: ast.expr, index: int | None = None) -> None:
    """Bind the target of a loop to an item of `over`, the very object where the text names it."""
    if isinstance(over, ast.Name):
        read_on(run, over, run.type_of(over.id))
    item = over.elts[index] if index is not None and isinstance(over, (ast.List, ast.Tuple)) else None
    plain = item is not None and not any(isinstance(e, ast.Starred) for e in over.elts)  # type: ignore[attr-defined]
    if isinstance(item, ast.Name) and isinstance(target, ast.Name) and plain:
        address = run.address_of(item)
        if address is not None:
            run.bind(target.id, run.object(address), target, address=address)
            return
    if isinstance(item, (ast.Tuple, ast.List)) and isinstance(target, (ast.Tuple, ast.List)) and plain:
        assign(run, target, type_, item)
        return
    groups = isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == "groupby"
    # An item that nobody else knows. The last row of a loop is no row that we know: a value may be missing there.
    own = groups or (isinstance(over, ast.Call) and alone(run, over) and not _has_row(type_))
    assign(run, target, type_, shared=not own)
    if not own and (mutable(type_) or holds(type_)):
        taken_from(run, over)


def _has_row(type_: Type) -> bool:
    items = (type_.items or (type_.element,)) if isinstance(type_, Collection) else ()
    return isinstance(type_, Row) or any(item is not None and _has_row(item) for item in items)
