"""What may be an array though no engine says so: the stubs of numpy tell `Any` of most that is computed with arrays.

`Xc = X - X.mean(0)` is of the kind of `X`, `np.sqrt(x)` of the kind of `x`, or an array. Only for what is offered
behind a dot, and only where the engine offers nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

MOST = 6  # expressions that are asked about
LARGEST = 100_000  # characters of a text that is read
# Members of arrays that give arrays of their kind.
_SAME = frozenset({"copy", "astype", "reshape", "transpose", "clip", "round", "cumsum", "repeat", "dot", "T", "real"})
# Functions of numpy that give something else than what they are given.
_OTHERS = frozenset({
    "load", "loadtxt", "genfromtxt", "save", "savetxt", "savez", "shape", "size", "ndim", "dtype", "allclose",
    "iscomplex", "array_equal", "meshgrid", "unique", "histogram", "split", "nonzero", "where", "polyfit", "errstate",
    "printoptions",
})  # fmt: skip


def alike(above: str, receiver: str) -> Iterator[str]:
    """Expressions that are of the kind of `receiver` where `above` (a text that ends before its statement) has been
    run; the likeliest first."""
    try:
        bound, modules = _bound(ast.parse(above)) if len(above) <= LARGEST else ({}, frozenset())
        first = ast.parse(receiver, mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return
    waiting, seen = [first], {receiver}
    while waiting and len(seen) <= MOST:
        node = waiting.pop(0)
        if isinstance(node, ast.Name):
            waiting += [bound[node.id]] if node.id in bound else []
            node = bound.get(node.id, node)
        for inner in _operands(node, modules):
            text = ast.unparse(inner)
            if text not in seen:
                seen.add(text)
                yield text
                waiting.append(inner)


def _operands(node: ast.expr, modules: frozenset[str]) -> Iterator[ast.expr]:
    """The parts of an expression that are of its kind; a call of numpy's: an array where the argument tells nothing."""
    if isinstance(node, ast.BinOp):
        yield from (side for side in (node.left, node.right) if not isinstance(side, ast.Constant))
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        yield node.left
    elif isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr in _SAME):
        yield node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        if isinstance(owner, ast.Name) and owner.id in modules:
            if node.args and node.func.attr not in _OTHERS and not isinstance(node.args[0], ast.Starred):
                yield node.args[0]
                yield ast.parse(f"{owner.id}.asarray(0)", mode="eval").body
        elif node.func.attr in _SAME:
            yield owner


def _bound(tree: ast.Module) -> tuple[Mapping[str, ast.expr], frozenset[str]]:
    """(what names were bound to last, names of numpy)."""
    bound: dict[str, ast.expr] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(a.asname or a.name for a in node.names if a.name == "numpy")
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            bound[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            bound[node.target.id] = node.value
    return bound, frozenset(modules)
