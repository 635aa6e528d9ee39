"""Small questions about syntax trees: what a block binds, what an expression looks like."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

_NAMESPACES = frozenset({"globals", "locals", "vars", "dir"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_VERSIONS = frozenset({"version_info", "hexversion", "python_version", "python_version_tuple", "PY2", "PY3"})
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

# (line, column in UTF-8 bytes), as nodes have it.
Place = tuple[int, int]


# Fields that never hold nodes, and contexts, which nobody looks for among nodes.
_LEAVES = frozenset({"ctx", "id", "attr", "arg", "kind", "type_comment", "module", "level", "conversion"})
_CHILDREN: dict[type[ast.AST], tuple[str, ...]] = {}


def children_of(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    fields = _CHILDREN.get(kind)
    if fields is None:
        fields = _CHILDREN[kind] = tuple(name for name in kind._fields if name not in _LEAVES)
    return fields


def nodes(*roots: ast.AST) -> list[ast.AST]:
    """The roots and all nodes below them, breadth first, without contexts: `ast.walk` in a third of the time."""
    found = list(roots)
    for node in found:  # it grows meanwhile
        for name in children_of(type(node)):
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


def arguments_of(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    if arguments.vararg:
        yield arguments.vararg
    if arguments.kwarg:
        yield arguments.kwarg


def defaulted(arguments: ast.arguments) -> list[tuple[ast.arg, ast.expr]]:
    """The parameters that a call may leave out, each with what it holds then."""
    plain = [*arguments.posonlyargs, *arguments.args]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    return [
        *zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *((argument, default) for argument, default in named if default is not None),
    ]


def bound_in(body: Sequence[ast.AST]) -> tuple[set[str], set[str], set[str]]:
    """(names bound in a block, names declared global, names declared nonlocal), nested scopes left out."""
    names: set[str] = set()
    globals_: set[str] = set()
    outer: set[str] = set()
    for node in _own_nodes(body):
        names.update(_bound_by(node))
        if isinstance(node, ast.Global):
            globals_.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            outer.update(node.names)
    return names, globals_, outer


def bindings_in(body: Sequence[ast.AST]) -> dict[str, list[Place]]:
    """Where a block binds each name, nested scopes left out; places are sorted."""
    found: dict[str, list[Place]] = {}
    for node in _own_nodes(body):
        for name in _bound_by(node):
            found.setdefault(name, []).append((getattr(node, "lineno", 0), getattr(node, "col_offset", 0)))
    for places in found.values():
        places.sort()
    return found


def _own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a block, in no order, without those of other scopes inside it."""
    todo = list(body)
    while todo:
        node = todo.pop()
        yield node
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            todo += node.decorator_list
        elif isinstance(node, COMPREHENSIONS):
            todo += (n.target for n in nodes(node) if isinstance(n, ast.NamedExpr))
        elif not isinstance(node, (ast.Lambda, ast.Name)):
            todo += ast.iter_child_nodes(node)


def _bound_by(node: ast.AST) -> Iterable[str]:
    """The names that a node itself binds."""
    if isinstance(node, ast.Name):
        return () if isinstance(node.ctx, ast.Load) else (node.id,)
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return (node.name,)
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [a.asname or a.name.partition(".")[0] for a in node.names]
    if isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)) and node.name:
        return (node.name,)
    if isinstance(node, ast.MatchMapping) and node.rest:
        return (node.rest,)
    return ()


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else ""


def last_word(node: ast.Call) -> str:
    """`groupby` of `df.groupby(…)`, `load` of `load(…)`; "" where what is called has no name."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


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


def asks_version(node: ast.expr) -> bool:
    """Whether a condition depends on which Python runs: what it guards may use names that ours does not have."""
    return any(
        (n.id if isinstance(n, ast.Name) else n.attr if isinstance(n, ast.Attribute) else "") in _VERSIONS
        for n in nodes(node)
    )


def mentions(nodes: Iterable[ast.AST | None], names: frozenset[str]) -> bool:
    for node in nodes:
        if isinstance(node, ast.Tuple):
            if mentions(node.elts, names):
                return True
        elif (node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)) in names:
            return True
    return False


def dotted(node: ast.expr) -> str:
    """`a.b.c` of names and attributes; empty for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
