"""What a name is bound to at a place, by the text alone: its only assignment, the one before in the same block, or one
that more is added to further down (`q = "…"`, and then `q += "…"`)."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from polycell.languages.python.syntax.built_texts import Bound, Value

_SHARED = -2  # the block of a name that is another scope's
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class _Store(Struct, frozen=True):
    """`value` None: bound in a way that is not followed. `block` and `index` say which statement it is."""

    value: ast.expr | None
    adds: bool
    block: int
    index: int


class _Scope(Struct, frozen=True):
    node: ast.AST
    stores: dict[str, list[_Store]]
    blocks: list[Sequence[ast.stmt]]


@lru_cache(maxsize=32)  # each query of a cell asks, each time that its flow is followed
def bound_texts(tree: ast.Module) -> Bound:
    """The answer for the names of a cell. A name that functions declare global is nobody's."""
    scopes = list(_scopes(tree))
    shared = {
        name for scope in scopes[1:] for name, stores in scope.stores.items() if any(s.block == _SHARED for s in stores)
    }

    def meant(name: str, place: ast.expr) -> Value | None:
        if name in shared:
            return None
        inside = [s for s in scopes if s.node is tree or _holds(s.node, place)]
        scope = next((s for s in reversed(inside) if name in s.stores), None)
        if scope is None or (isinstance(scope.node, ast.ClassDef) and scope is not inside[-1]):
            return None
        return _meant(scope, place, scope.stores[name], nested=scope is not inside[-1])

    return meant


def _meant(scope: _Scope, place: ast.expr, stores: list[_Store], *, nested: bool) -> Value | None:
    firsts = [at for at, store in enumerate(stores) if not store.adds]
    if any(store.value is None for store in stores) or not firsts or firsts[0] != 0:
        return None
    if len(firsts) == 1:
        first = 0
    else:
        # The last before, where all are in one block, so that none of them can be passed by.
        if nested or len({stores[at].block for at in firsts}) != 1:
            return None
        block = scope.blocks[stores[0].block]
        now = next((i for i, statement in enumerate(block) if _holds(statement, place)), -1)
        before = [at for at in firsts if stores[at].index < now]
        if not before or isinstance(block[now], _SCOPES):
            return None
        first = before[-1]
    until = next((at for at in firsts if at > first), len(stores))
    added = stores[first + 1 : until]
    straight = all(
        store.block == stores[first].block and store.index == stores[first].index + nth
        for nth, store in enumerate(added, 1)
    )
    value = stores[first].value
    assert value is not None
    passed = any(store.value is not None and _begins(store.value) > _begins(place) for store in added)
    return Value(value, tuple(s.value for s in added if s.value is not None), bool(added) and (passed or not straight))


def _scopes(node: ast.AST, depth: int = 0) -> Iterator[_Scope]:
    """The scope of a node and those inside of it, the outer first."""
    scope = _Scope(node, {}, [])
    inner: list[ast.AST] = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        for argument in ast.walk(node.args):
            if isinstance(argument, ast.arg):
                scope.stores.setdefault(argument.arg, []).append(_Store(None, False, -1, -1))
    _block(node.body, scope, inner)  # type: ignore[attr-defined]
    yield scope
    for found in inner if depth < 8 else ():
        yield from _scopes(found, depth + 1)


def _block(body: Sequence[ast.stmt], scope: _Scope, inner: list[ast.AST]) -> None:
    number = len(scope.blocks)
    scope.blocks.append(body)
    for index, statement in enumerate(body):
        if isinstance(statement, _SCOPES):
            scope.stores.setdefault(statement.name, []).append(_Store(None, False, number, index))
            inner.append(statement)
            continue
        name, value, adds = _assigned(statement)
        if name:
            scope.stores.setdefault(name, []).append(_Store(value, adds, number, index))
        else:
            _others(statement, scope, number, index)
        for field in ("body", "orelse", "finalbody"):
            block = getattr(statement, field, None)
            if isinstance(block, list):
                _block(block, scope, inner)
        for part in (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ())):
            _block(part.body, scope, inner)


def _others(statement: ast.stmt, scope: _Scope, number: int, index: int) -> None:
    """Names that a statement binds itself, in other ways than by an assignment to one name."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            scope.stores.setdefault(node.id, []).append(_Store(None, False, number, index))
        names = node.names if isinstance(node, (ast.Global, ast.Nonlocal)) else ()
        for name in names:
            scope.stores.setdefault(name, []).append(_Store(None, False, _SHARED, index))
        waiting += [n for n in ast.iter_child_nodes(node) if not isinstance(n, ast.stmt)]


def _assigned(statement: ast.stmt) -> tuple[str, ast.expr | None, bool]:
    """(name, value, whether it is added) of a plain assignment; `q = q + "…"` adds."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id, statement.value if isinstance(statement.op, ast.Add) else None, True
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    if not isinstance(target, ast.Name) or not isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return "", None, False
    value = statement.value
    more = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
    if more and isinstance(value.left, ast.Name) and value.left.id == target.id:  # type: ignore[union-attr]
        return target.id, value.right, True  # type: ignore[union-attr]
    return target.id, value, False


def _holds(outer: ast.AST, place: ast.expr) -> bool:
    begin, end = _begins(outer), (outer.end_lineno or 0, outer.end_col_offset or 0)  # type: ignore[attr-defined]
    return begin <= _begins(place) < end


def _begins(node: ast.AST) -> tuple[int, int]:
    return node.lineno, node.col_offset  # type: ignore[attr-defined]
