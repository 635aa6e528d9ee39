"""Small questions about syntax trees: what a block binds, what an expression looks like."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def arguments_of(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


def bound_in(body: Sequence[ast.stmt]) -> tuple[set[str], set[str], set[str]]:
    """(names bound in a block, names declared global, names declared nonlocal), nested scopes left out."""
    names: set[str] = set()
    globals_: set[str] = set()
    outer: set[str] = set()
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                names.add(node.id)
            continue
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            names.add(node.name)
            todo += node.decorator_list
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, COMPREHENSIONS):
            names.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(a.asname or a.name.partition(".")[0] for a in node.names)
            continue
        if isinstance(node, ast.Global):
            globals_.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
        elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
            if node.name:
                names.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            names.add(node.rest)
        todo += ast.iter_child_nodes(node)
    return names, globals_, outer


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def is_namespace(node: ast.AST) -> bool:
    """`globals()`, `locals()`, `vars()`, `dir()` or one of their `.keys()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "keys":
        node = node.func.value
    return isinstance(node, ast.Call) and not node.args and called(node) in _NAMESPACES


def is_placeholder(node: ast.Call) -> bool:
    """`eval("")`, which `ipython` puts where a magic yields a value: no code that anybody wrote."""
    if called(node) != "eval" or len(node.args) != 1:
        return False
    argument = node.args[0]
    return isinstance(argument, ast.Constant) and argument.value == ""


def is_shell(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called(node) == "get_ipython"


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def is_type_checking(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name == "TYPE_CHECKING"


def mentions(nodes: Iterable[ast.AST | None], names: frozenset[str]) -> bool:
    for node in nodes:
        if isinstance(node, ast.Tuple):
            if mentions(node.elts, names):
                return True
        elif (node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)) in names:
            return True
    return False
