"""What calling a function may change in place, read off its body."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.syntax.shapes import nodes

# What gives a pandas frame in every library that has it: clients of warehouses, xarray, Spark.
GIVE_FRAMES = frozenset({"to_dataframe", "toPandas", "fetch_pandas_all", "to_pandas_df"})
MUTATORS = frozenset({
    "append", "extend", "insert", "pop", "remove", "clear", "update", "setdefault", "sort", "reverse", "add",
    "discard", "popitem", "drop_in_place", "insert_column", "replace_column", "__setitem__", "__delitem__", "setattr",
    "isetitem", "set_index_names", "difference_update", "intersection_update",
})  # fmt: skip

# Modules whose functions do not add or remove columns of a frame that they are given, nor change a list.
PURE_MODULES = frozenset({
    "numpy", "pandas", "polars", "pyarrow", "duckdb", "scipy", "sklearn", "statsmodels", "matplotlib", "seaborn",
    "plotly", "altair", "math", "statistics", "json", "os", "pathlib", "glob", "re", "datetime", "time", "collections",
    "itertools", "functools", "xgboost", "lightgbm", "catboost", "torch", "tensorflow", "keras", "pyspark", "copy",
    "IPython", "missingno", "bokeh", "vega_datasets", "sqlalchemy", "sqlite3", "networkx", "tqdm", "pprint", "csv",
    "modin", "cudf", "dask", "geopandas",
})  # fmt: skip
# Methods that put what they are called on, or given, into a catalogue, and how they call the table's name.
_TABLES = frozenset({
    "create", "to_table", "create_view", "to_view", "register", "to_sql", "write_database", "saveAsTable",
    "createOrReplaceTempView", "createTempView", "createOrReplaceGlobalTempView", "registerTempTable",
})  # fmt: skip
_TABLE_NAMES = ("table_name", "view_name", "name")
_IMPURE = frozenset({"random.shuffle", "copy.replace"})
PURE_BUILTINS = frozenset({
    "print", "len", "display", "type", "isinstance", "list", "tuple", "set", "dict", "sorted", "reversed", "enumerate",
    "zip", "range", "sum", "min", "max", "any", "all", "abs", "round", "str", "int", "float", "bool", "repr", "id",
    "hash", "iter", "callable", "hasattr", "issubclass", "dir", "help", "frozenset", "format", "open",
    "super", "object", "map", "filter", "input", "ord", "chr", "bytes", "next",
})  # fmt: skip


def pure_function(qualified: str) -> bool:
    """Whether a library function leaves its arguments as they are."""
    if qualified.rsplit(".", 1)[-1] in MUTATORS:
        return False  # `pd.DataFrame.insert(df, …)`
    return qualified.split(".", 1)[0] in PURE_MODULES and qualified not in _IMPURE


def root_name(node: ast.expr) -> str:
    """`df` of `df.loc[…]["a"].b`; "" where it is no name."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def body_nodes(function: Definition) -> list[ast.AST]:
    """All nodes of a function's body."""
    body = function.body if isinstance(function.body, list) else [function.body]
    return nodes(*body)


def changes(function: Definition, body: Iterable[ast.AST], pure: Callable[[ast.expr], bool]) -> tuple[str, ...]:
    """Parameters and outer names that a call may change in place or rebind. `body` are its nodes; `pure` says of a
    callee among them whether it leaves its arguments alone. Names that are local and fresh are left out; a local that
    may be another name's object stands for that one too."""
    arguments = function.args
    parameters = {a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    parameters |= {a.arg for a in (arguments.vararg, arguments.kwarg) if a is not None}
    body = list(body)
    aliases: dict[str, set[str]] = {}
    assigned: set[str] = set()
    declared: set[str] = set()
    for node in body:
        if isinstance(node, _BINDING):
            for name, roots in _aliased(node):
                assigned.add(name)
                aliases.setdefault(name, set()).update(roots)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            declared.update(node.names)
    found = set(declared)
    seen: set[str] = set()
    waiting = list(touched(body, pure))
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in parameters or name not in assigned:
            found.add(name)
        waiting.extend(aliases.get(name, ()))
    return tuple(sorted(found))


_TOUCHING = (
    ast.Assign, ast.Delete, ast.AugAssign, ast.Return, ast.AnnAssign, ast.For, ast.AsyncFor, ast.Call,
    ast.Yield, ast.YieldFrom,
)  # fmt: skip
_BINDING = (
    ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem,
)  # fmt: skip


def touched(body: Iterable[ast.AST], pure: Callable[[ast.expr], bool]) -> set[str]:
    """Names whose values these nodes may change in place."""
    return {name for node in body if isinstance(node, _TOUCHING) for name in _touched(node, pure)}


def _touched(node: ast.AST, pure: Callable[[ast.expr], bool]) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            for target in targets:
                yield from _stored(target)
        case ast.AugAssign(target=target):
            yield root_name(target)
        case ast.Return(value=ast.expr() as value) | ast.Yield(value=ast.expr() as value) | ast.YieldFrom(value=value):
            # What is handed out may be changed by whoever called.
            yield from _roots(value)
        case ast.AnnAssign(target=target):
            yield from _stored(target)
        case ast.For(target=target) | ast.AsyncFor(target=target):
            yield from _stored(target)
        case ast.Call(func=called):
            inplace = any(k.arg == "inplace" for k in node.keywords)
            if isinstance(called, ast.Attribute) and (called.attr in MUTATORS or inplace):
                yield root_name(called.value)
            if not pure(called):
                for argument in (*node.args, *(k.value for k in node.keywords)):
                    for part in nodes(argument):
                        if isinstance(part, ast.Name):
                            yield part.id


def _stored(target: ast.expr) -> Iterator[str]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for element in target.elts:
            yield from _stored(element)
    elif isinstance(target, (ast.Subscript, ast.Attribute)):
        yield root_name(target)


def _aliased(node: ast.AST) -> Iterator[tuple[str, set[str]]]:
    """(name, names whose objects it may be) for each binding of a name."""
    value: ast.expr | None = None
    targets: list[ast.expr] = []
    match node:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=value):
            targets = [target]
        case ast.NamedExpr(target=target, value=value):
            targets = [target]
        case ast.For(target=target, iter=value) | ast.AsyncFor(target=target, iter=value):
            targets = [target]
        case ast.comprehension(target=target, iter=value):
            targets = [target]
        case ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            targets = [target]
    for target in targets:
        for part in nodes(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id, _roots(value)


def _roots(value: ast.expr | None) -> set[str]:
    if value is None or isinstance(value, (ast.BinOp, ast.Compare, ast.JoinedStr, ast.Constant)):
        return set()
    if isinstance(value, ast.Call):
        # A method gives a new object unless it hands back its own; a function may hand back its argument.
        if isinstance(value.func, ast.Attribute):
            return (
                {root_name(value.func.value)} - {""} if value.func.attr in ("pipe", "items", "values", "get") else set()
            )
        return {n.id for a in value.args for n in nodes(a) if isinstance(n, ast.Name)}
    return {n.id for n in nodes(value) if isinstance(n, ast.Name)}


def table_named(method: str, positional: Sequence[Argument] | None, named: Mapping[str, Argument]) -> str:
    """The table that a method of nobody knows what makes by all appearances; "" for other methods."""
    if method not in _TABLES:
        return ""
    given = positional[0] if positional else next((named[n] for n in _TABLE_NAMES if n in named), None)
    return given.value if given is not None and isinstance(given.value, str) else ""
