"""What a cell's saved output adds to a frame of which the code does not tell all columns."""

from __future__ import annotations

import ast
from pathlib import PurePath

from polycell.core.service import Context
from polycell.core.types import UNKNOWN, Table
from polycell.core.values import replace
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.tables.evidence import merge
from polycell.tables.files import FileRequest
from polycell.tables.outputs import NAMES, digest, last_line

_SAME_COLUMNS = frozenset({
    "head", "tail", "sample", "info", "limit", "copy", "glimpse", "printSchema", "show", "collect_schema"
})  # fmt: skip
_FLAVOURS = frozenset({"pandas", "polars", "polars-lazy", "spark"})
_DESCRIBING = frozenset({"dtypes", "schema"})


def add_saved_columns(run: Interpreter, context: Context) -> None:
    """Add to the frame that the cell's last expression shows the columns that its output, saved for this very text,
    has: for completion alone, the table stays open. A frame that is known whole, and one that is no frame, stays as it
    is; of a value nobody knows the output tells that it is one."""
    body = run.source.tree.body if run.source.tree is not None else ()
    path = context.notebook.path
    if not body or not isinstance(body[-1], ast.Expr) or not path.endswith(".ipynb"):
        return
    listed = _listed(body[-1].value)
    name, prefix = (listed, NAMES) if listed else (_shown(body[-1].value), "")
    slot = run.slot(name) if name else None
    if slot is None or slot.address < 0:
        return
    type_ = run.object(slot.address)
    if not (isinstance(type_, Table) and type_.open and type_.flavour in _FLAVOURS) and (listed or type_ != UNKNOWN):
        return
    folder = str(PurePath(path).parent)
    text = context.cell.text
    keys = {"cell": prefix + digest(text), "last": prefix + last_line(text)}
    request = FileRequest.of(path, folder, "notebook.output", keys)
    found = context.view.read(request)
    if not isinstance(found, Table) or not found.columns:
        return
    if not isinstance(type_, Table):
        run.state.objects[slot.address] = found
    elif type_.flavour.removesuffix("-lazy") == found.flavour or found.columns[0].type is None:
        index = {c.name for c in type_.index}
        shown = replace(found, columns=tuple(c for c in found.columns if c.name not in index))
        run.state.objects[slot.address] = merge(type_, shown)


def _shown(node: ast.expr) -> str:
    """The name of the frame whose columns an expression shows: `df`, `df.head()`, `display(df)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "display":
        node = node.args[-1] if node.args else node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_COLUMNS:
        node = node.func.value
    if isinstance(node, ast.Attribute) and node.attr in _DESCRIBING:
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _listed(node: ast.expr) -> str:
    """The name of the frame whose columns' names an expression lists: `df.columns`, `list(df.columns)`."""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("list", "print")
        and node.args
    ):
        node = node.args[0]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("tolist", "to_list"):
        node = node.func.value
    if isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    named = isinstance(node, ast.Attribute) and node.attr == "columns" and isinstance(node.value, ast.Name)
    return node.value.id if named else ""  # type: ignore[attr-defined]
