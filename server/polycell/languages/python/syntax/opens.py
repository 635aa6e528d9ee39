"""Code that binds names its text does not show. Where one of these stands, nobody can say that a name is undefined."""

from __future__ import annotations

import ast
from collections.abc import Collection


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


# Methods of IPython's shell that may run anything or fill the name space (`IPython.core.interactiveshell`).
_SHELL_METHODS = _words(
    "run_cell run_cell_async run_line_magic run_cell_magic run_code runcode safe_execfile safe_execfile_ipy",
    "safe_run_module enable_pylab init_user_ns",
)
# The same, under names too common to be believed without `get_ipython()` before them.
_SHELL_ONLY_METHODS = frozenset({"ex", "push", "magic", "reset", "set_next_input"})
# Magics that bind nothing, when they are called by name.
_QUIET_MAGICS = _words(
    "matplotlib config autoreload load_ext reload_ext pip conda env set_env cd pwd ls system sx alias bookmark",
    "precision pdb xmode colors autosave autoawait tensorboard gui watermark",
)
# Functions known to put names into the caller's module, by the last word of what is called.
_INJECTORS = {
    "init_session": "sympy's init_session()",
    "load_session": "load_session()",
    "inject_variables": "inject_variables()",
    "import_notebook": "import_notebook()",
    "execfile": "execfile()",
}
_NAMESPACES = frozenset({"globals", "vars"})
_HARMLESS = _words("print len sorted list dir set dict tuple any all isinstance type id str repr iter format")


def opening_import(module: str) -> str:
    """The reason why importing a module may bind further names, or ""."""
    return "import __main__" if module == "__main__" else ""


def opening_call(node: ast.Call, shells: Collection[str]) -> str:
    """The reason why a call may bind names, or "". `shells` are names known to hold `get_ipython()`."""
    function = node.func
    if isinstance(function, ast.Name):
        name = function.id
        if name == "exec" and len(node.args) + len(node.keywords) < 2:
            return "exec(…)"
        if name == "eval" and node.args and isinstance(node.args[0], ast.Call):
            return "eval(…)"
        if name == "var" and node.args and all(isinstance(a, ast.Constant) for a in node.args):
            return "sympy's var()"
    elif isinstance(function, ast.Attribute):
        name = function.attr
        if name in _SHELL_METHODS or (name in _SHELL_ONLY_METHODS and _is_shell(function.value, shells)):
            return "" if _is_quiet(name, node) else f"get_ipython().{name}(…)"
        if name == "update" and _is_namespace(function.value):
            return "globals().update(…)"
    else:
        return ""
    if name in _INJECTORS:
        return _INJECTORS[name]
    if name not in _HARMLESS and any(_is_namespace(argument) for argument in node.args):
        return f"{name}(globals())"
    return ""


def opening_reference(node: ast.expr, shells: Collection[str]) -> str:
    """The reason why a value handed on may bind names when it is called (`run = get_ipython().run_cell`), or ""."""
    if not isinstance(node, ast.Attribute) or not _is_shell(node.value, shells):
        return ""
    known = node.attr in _SHELL_METHODS or node.attr in _SHELL_ONLY_METHODS
    return f"get_ipython().{node.attr}" if known and node.attr != "set_next_input" else ""


def _is_shell(node: ast.AST, shells: Collection[str]) -> bool:
    if isinstance(node, ast.Name):
        return node.id in shells or node.id in ("ip", "ipython", "_ip")
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython"


def _is_namespace(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and not node.args and isinstance(node.func, ast.Name) and node.func.id in _NAMESPACES
    )


def _is_quiet(method: str, node: ast.Call) -> bool:
    if method not in ("run_line_magic", "magic") or not node.args:
        return method == "set_next_input"
    first = node.args[0]
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
        return False
    return first.value.lstrip("%").split(" ")[0] in _QUIET_MAGICS
