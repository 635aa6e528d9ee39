"""The rows of a frame that stand in the code as a literal, or in a file that it reads as it is.

A picture of rows that the code changes later would be a lie: the frame may only be looked at between where it is made
and where it is drawn, and what is not known to look only counts as a change.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from polycell.core.charts import FileRows, Rows
from polycell.core.environment import Binding
from polycell.core.service import Context
from polycell.core.types import Table
from polycell.languages.python.flow.effects import PURE_BUILTINS, PURE_MODULES
from polycell.languages.python.syntax.shapes import last_word
from polycell.languages.python.syntax.source import PythonSource

_FRAMES = frozenset({"DataFrame", "from_dict", "from_records"})
_READERS: Mapping[str, str] = {"read_csv": "csv", "read_table": "tsv", "read_json": "json"}
# Methods that leave the frame as it is, whatever they are given (and `inplace` apart).
_LOOKING = frozenset({
    "head", "tail", "describe", "info", "sample", "groupby", "group_by", "agg", "mean", "sum", "plot", "hist", "sort",
    "sort_values", "query", "filter", "merge", "join", "select", "assign", "with_columns", "copy", "clone", "to_csv",
    "value_counts", "nlargest", "nsmallest", "isna", "pivot_table", "melt", "set_index", "reset_index", "drop",
})  # fmt: skip


def rows(contexts: Sequence[Context], binding: Binding) -> Rows | FileRows | None:
    sources = [c.facts.analysis for c in contexts]
    trees = [s.tree for s in sources if isinstance(s, PythonSource) and s.tree is not None and not s.broken]
    if len(trees) != len(sources) or not trees or not isinstance(binding.type, Table):
        return None
    name, body = binding.name, list(trees[0].body)
    made = [at for at, statement in enumerate(body) if _assigns(statement, name)]
    if not made:
        return None
    after = [*body[made[-1] + 1 :], *(statement for tree in trees[1:] for statement in tree.body)]
    if any(_changes(statement, name) for statement in after):
        return None
    found = _of_value(body[made[-1]].value)  # type: ignore[attr-defined]
    if found is None or isinstance(found, FileRows):
        return found
    columns = {column for row in found for column in row}
    return found if columns == {c.name for c in binding.type.columns} else None


def _assigns(statement: ast.stmt, name: str) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id == name


def _of_value(value: ast.expr) -> Rows | FileRows | None:
    if not isinstance(value, ast.Call):
        return None
    function = last_word(value)
    if function in _READERS and len(value.args) == 1 and not value.keywords:
        path = value.args[0]
        literal = isinstance(path, ast.Constant) and isinstance(path.value, str)
        return FileRows(path.value, _READERS[function]) if literal else None  # type: ignore[attr-defined]
    if function not in _FRAMES or len(value.args) != 1 or value.keywords:
        return None
    try:
        data = ast.literal_eval(_plain(value.args[0]))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None
    return _records(data)


def _plain(node: ast.expr) -> ast.expr:
    """`pd.to_datetime(["2024-01-01"])` as its texts: a chart reads times from them."""
    if isinstance(node, ast.Dict):
        return ast.Dict(node.keys, [_plain(value) for value in node.values])
    called = node.func if isinstance(node, ast.Call) else None
    if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr == "to_datetime":
        return node.args[0] if len(node.args) == 1 and not node.keywords else node
    return node


def _records(data: Any) -> Rows | None:
    if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
        return data if all(isinstance(key, str) for row in data for key in row) else None
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        return None
    lengths = {len(column) for column in data.values() if isinstance(column, (list, tuple))}
    if len(lengths) != 1:
        return None
    count = lengths.pop()
    columns = {k: list(v) if isinstance(v, (list, tuple)) else [v] * count for k, v in data.items()}
    return [{name: column[at] for name, column in columns.items()} for at in range(count)]


def _changes(statement: ast.stmt, name: str) -> bool:
    """Whether a statement may change the frame, or hand it to somebody who may."""
    parents = {child: node for node in ast.walk(statement) for child in ast.iter_child_nodes(node)}
    return any(not _looks(node, parents) for node in _uses(statement, name))


def _uses(statement: ast.stmt, name: str) -> Iterator[ast.Name]:
    return (node for node in ast.walk(statement) if isinstance(node, ast.Name) and node.id == name)


def _looks(node: ast.Name, parents: Mapping[ast.AST, ast.AST]) -> bool:
    above = parents.get(node)
    if not isinstance(node.ctx, ast.Load) or isinstance(above, ast.AugAssign):
        return False
    if isinstance(above, ast.Expr):
        return True
    if isinstance(above, ast.Subscript):
        return isinstance(above.ctx, ast.Load) and not isinstance(parents.get(above), ast.Attribute)
    if isinstance(above, ast.Attribute):
        call = parents.get(above)
        if isinstance(call, ast.Call) and call.func is above:
            return above.attr in _LOOKING and not any(k.arg in ("inplace", None) for k in call.keywords)
        return isinstance(above.ctx, ast.Load) and above.attr in ("columns", "shape", "dtypes", "index")
    if isinstance(above, ast.keyword):
        above = parents.get(above)
    return isinstance(above, ast.Call) and _is_known(above.func)


_MODULES = frozenset({*PURE_MODULES, "alt", "px", "sns", "pd", "pl", "np", "plt"})


def _is_known(function: ast.expr) -> bool:
    root = function
    while isinstance(root, (ast.Attribute, ast.Call)):
        root = root.value if isinstance(root, ast.Attribute) else root.func
    if not isinstance(root, ast.Name):
        return False
    return root.id in PURE_BUILTINS if root is function else root.id in _MODULES
