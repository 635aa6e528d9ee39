"""From Python text to a syntax tree."""

from __future__ import annotations

import ast
import warnings


def compile_tree(code: str) -> ast.Module:
    """The tree of a cell's code, `await` at its top level allowed.

    Raises what `compile` raises: SyntaxError, ValueError, MemoryError, RecursionError, OverflowError.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = compile(code, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def tree_of(code: str) -> ast.Module | None:
    """The tree, or None where the code does not parse or is too deep or too large to."""
    try:
        return compile_tree(code)
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        return None
