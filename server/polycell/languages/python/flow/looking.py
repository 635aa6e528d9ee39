"""Statements that only look: `df.head()`, `df["a"].mean()`, `plt.plot(df.x)`. Behind them everything is as before, so
that a walk which asks what holds at the end of a cell passes them over. They are half of what notebooks consist of."""

from __future__ import annotations

import ast

from polycell.core.facts import Facts
from polycell.core.patterns import pattern
from polycell.core.types import Class, Function, Module, Record
from polycell.languages.python.flow import effects
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.frames import rules
from polycell.languages.python.frames.readers import OPEN_FILE
from polycell.languages.python.frames.registry import FUNCTIONS
from polycell.languages.python.syntax.shapes import last_word
from polycell.languages.python.syntax.source import PythonSource

# Methods that change nothing and hand over nothing, whatever object they belong to.
METHODS = frozenset({
    "head", "tail", "sample", "info", "describe", "glimpse", "show", "printSchema", "limit", "shape", "value_counts",
    "nunique", "unique", "isnull", "isna", "notnull", "notna", "sum", "mean", "median", "mode", "min", "max", "std",
    "var", "sem", "skew", "kurt", "count", "size", "corr", "cov", "quantile", "idxmin", "idxmax", "cumsum", "cumprod",
    "cummax", "cummin", "diff", "pct_change", "rank", "round", "abs", "any", "all", "nlargest", "nsmallest", "isin",
    "between", "duplicated", "drop_duplicates", "dropna", "fillna", "ffill", "bfill", "replace", "astype", "rename",
    "groupby", "agg", "aggregate", "resample", "rolling", "expanding", "sort_values", "sort_index", "reset_index",
    "set_index", "reindex", "drop", "query", "select_dtypes", "stack", "unstack", "pivot", "pivot_table", "melt",
    "explode", "transpose", "swaplevel", "swapaxes", "droplevel", "reorder_levels", "xs", "nth", "first", "last",
    "ngroup", "cumcount", "memory_usage", "lower", "upper", "title", "strip", "contains", "startswith", "endswith",
    "split", "len", "slice", "get_group", "strftime", "day_name", "month_name", "copy", "combine_first", "equals",
    "plot", "hist", "boxplot", "bar", "barh", "line", "scatter", "pie", "kde", "area", "keys", "items",
    "get_level_values", "merge", "join", "isocalendar", "argsort", "argmax", "argmin", "reshape", "dot", "tolist",
    "total_seconds",
})  # fmt: skip
_BUILTINS = frozenset({"print", "display", "len", "type", "sorted", "list", "set", "round", "sum", "min", "max", "abs"})
_CALLED = pattern(r"\.(\w+)\(")
_SHOWING = frozenset({"print", "display", "len", "type"})
_PLAIN = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp)


def only_looks(run: Interpreter, node: ast.expr) -> bool:
    """Whether evaluating the expression leaves all names and objects as they are, and says nothing to the cells below.
    False where that is not certain."""
    kind = type(node)
    if kind is ast.Constant or kind is ast.Name:
        return True
    if isinstance(node, ast.Attribute):
        return node.attr not in effects.MUTATORS and only_looks(run, node.value)
    if isinstance(node, ast.Subscript):
        return only_looks(run, node.value) and only_looks(run, node.slice)
    if isinstance(node, ast.Call):
        return _call(run, node)
    if isinstance(node, (ast.List, ast.Tuple)):  # what a container holds can be reached through it
        return all(type(item) is not ast.Name and only_looks(run, item) for item in node.elts)
    if isinstance(node, _PLAIN):
        return all(only_looks(run, child) for child in _operands(node))
    if isinstance(node, ast.Slice):
        return all(part is None or only_looks(run, part) for part in (node.lower, node.upper, node.step))
    return False


def may_change(facts: Facts, name: str) -> bool:
    """Whether a cell may change the value of a name that it uses, or give it to another name, as far as its text tells:
    whether it does anything with the name but call what makes new values, and binds, assigns, deletes, or calls what
    is not known to only look."""
    source = facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or source.broken or facts.magics or facts.opens:
        return True
    if _only_asked(source.code, name):
        return False
    return bool(facts.definitions) or bool(source.stores) or any(map(_may_change, source.calls))


def _only_asked(code: str, name: str) -> bool:
    """Whether a name stands nowhere but before methods that change nothing."""
    if "inplace" in code or "in_place" in code:
        return False
    at = code.find(name)
    while at >= 0:
        end = at + len(name)
        if not (code[at - 1 : at].isidentifier() or code[at - 1 : at].isdigit() or code[end : end + 1].isalnum()):
            called = _CALLED.match(code, end)
            if called is None or called[1] not in METHODS:
                return False
        at = code.find(name, end)
    return True


def _may_change(node: ast.Call) -> bool:
    given = (*node.args, *(keyword.value for keyword in node.keywords))
    if any(keyword.arg is None or keyword.arg in ("inplace", "in_place") for keyword in node.keywords):
        return True
    if isinstance(node.func, ast.Name):
        return node.func.id not in _SHOWING
    return last_word(node) not in METHODS or any(isinstance(one, (ast.Name, ast.Lambda)) for one in given)


def _operands(node: ast.BinOp | ast.UnaryOp | ast.BoolOp | ast.Compare | ast.IfExp) -> list[ast.expr]:
    match node:
        case ast.BinOp():
            return [node.left, node.right]
        case ast.UnaryOp():
            return [node.operand]
        case ast.BoolOp():
            return node.values
        case ast.Compare():
            return [node.left, *node.comparators]
        case ast.IfExp():
            return [node.test, node.body, node.orelse]


def _call(run: Interpreter, node: ast.Call) -> bool:
    function = node.func
    if isinstance(function, ast.Name):
        # Whatever holds them afterwards is printed, or a value that nobody gets.
        known = function.id in _BUILTINS and run.slot(function.id) is None
        return known and _arguments(run, node, names=True)
    if not isinstance(function, ast.Attribute):
        return False
    module = _module(run, function)
    if module:
        name = rules.canonical(f"{module}.{function.attr}")
        harmless = effects.pure_function(name) and name not in FUNCTIONS and not name.startswith("os.")
        return harmless and _arguments(run, node, names=True)
    return function.attr in METHODS and _arguments(run, node, names=False) and only_looks(run, function.value)


def _arguments(run: Interpreter, node: ast.Call, *, names: bool) -> bool:
    """`names`: a name may be handed over as it is; else the function might change what it means."""
    for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
        if isinstance(argument, ast.Name):
            given = run.type_of(argument.id)
            if not names or isinstance(given, (Function, Class)):
                return False  # a function that is handed over will be called
            if isinstance(given, Record) and given.name == OPEN_FILE:
                return False  # it is read
        elif not only_looks(run, argument):
            return False
    return not any(keyword.arg is None or keyword.arg in ("inplace", "in_place") for keyword in node.keywords)


def _module(run: Interpreter, function: ast.Attribute) -> str:
    """The qualified module or object of a library that a dotted function belongs to; "" for anything else."""
    names: list[str] = []
    node = function.value
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    slot = run.slot(node.id)
    found = run.object(slot.address) if slot is not None else None
    return ".".join([found.qualified, *reversed(names)]) if isinstance(found, Module) else ""
