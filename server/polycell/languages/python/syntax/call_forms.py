"""Whether a call can be bound to a function's parameters, as Python itself binds it."""

from __future__ import annotations

import ast
from difflib import get_close_matches
from functools import lru_cache


@lru_cache(maxsize=512)
def parameters(signature: str) -> ast.arguments | None:
    """The parameters of `(a, b=1) -> int`; None where the text is cut short or no signature."""
    try:
        node = ast.parse(f"def _{signature}: ...").body[0]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return node.args if isinstance(node, ast.FunctionDef) else None


def unbindable(call: ast.Call, taken: ast.arguments) -> tuple[ast.AST, str] | None:
    """(the part that is wrong, why) of a call that raises `TypeError` before the body begins; None for any other, and
    for one with `*` or `**`, whose arguments only a run knows."""
    if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
        return None
    positional = [*taken.posonlyargs, *taken.args]
    if len(call.args) > len(positional) and taken.vararg is None:
        most = len(positional)
        return call.args[most], f"takes {_count(most, 'positional argument')}, not {len(call.args)}."
    filled = {a.arg for a in positional[: len(call.args)]}
    by_name = {a.arg for a in (*taken.args, *taken.kwonlyargs)}
    only_by_place = {a.arg for a in taken.posonlyargs}
    named = set()
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name in by_name:
            if name in filled:
                return keyword, f"gets `{name}` twice: by its place and by its name."
            named.add(name)
        elif taken.kwarg is None:
            near = get_close_matches(name, by_name, 1)
            advice = f" Did you mean `{near[0]}`?" if near else ""
            if name in only_by_place:
                return keyword, f"takes `{name}` by its place only."
            return keyword, f"has no parameter `{name}`.{advice}"
    required = positional[: len(positional) - len(taken.defaults)]
    required += [a for a, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True) if default is None]
    missing = [a.arg for a in required if a.arg not in filled and a.arg not in named]
    if missing:
        return call.func, f"needs {', '.join(f'`{name}`' for name in missing)} too."
    return None


def _count(number: int, what: str) -> str:
    return f"no {what}s" if number == 0 else f"{number} {what}{'s' if number > 1 else ''}"
