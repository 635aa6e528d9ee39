"""Which room may import which, as data, and the walk that finds violations."""

from __future__ import annotations

import ast
import functools
import sys
from collections.abc import Iterator
from pathlib import Path

BELOW = frozenset({"core"})
MIDDLE = BELOW | {"tables", "bridge", "formats"}
UPPER = MIDDLE | {"languages", "rules", "dependencies", "included"}

# Room → rooms it may import besides itself. `polycell/__init__.py` (the version) is open to all but the core.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "core": frozenset(),
    "formats": BELOW,
    "tables": BELOW,
    "bridge": BELOW,
    "languages": MIDDLE,
    "rules": MIDDLE,
    "dependencies": MIDDLE,
    "included": MIDDLE,
    "compose": UPPER,
    "lsp": UPPER | {"compose"},
    "cli": UPPER | {"compose", "lsp"},
    "__main__": frozenset({"cli"}),
    "__init__": frozenset(),
}

# Packages inside of a language, the lowest first: each may import those before it, and nothing that stands beside them.
LADDERS: dict[str, tuple[str, ...]] = {
    "python": ("syntax", "known", "frames", "flow", "charts", "columns"),
    "sql": ("syntax", "relations"),
}

# Third-party packages that belong to one room.
BELONGS = {"pygls": "lsp", "lsprotocol": "lsp", "typer": "cli", "rich": "cli"}


def violations(package: Path) -> list[str]:
    """One line `file:line: what` for each import in `package` (the folder named `polycell`) that goes the wrong way."""
    found = []
    for path in sorted(package.rglob("*.py")):
        inside = path.relative_to(package)
        for line, module in _imports(path, package):
            said = _wrong(inside, module)
            if said:
                found.append(f"{inside}:{line}: {said}")
    return found


def _imports(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import, also inside functions and under TYPE_CHECKING."""
    for node in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level + (node.module or "")
                continue
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}"
                yield node.lineno, whole if _is_module(whole, package) else module


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements below a node; expressions, in which nothing is imported, are not looked through."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield child
            yield from _statements(child)


@functools.cache
def _is_module(dotted: str, package: Path) -> bool:
    parts = dotted.split(".")
    if parts[0] != "polycell" or len(parts) < 2:
        return False
    at = package.joinpath(*parts[1:])
    return at.is_dir() or at.with_suffix(".py").is_file()


def _wrong(inside: Path, module: str) -> str:
    room = inside.parts[0].removesuffix(".py")
    if module.startswith("."):
        return f"relative import {module!r}"
    top, *rest = module.split(".")
    if top != "polycell":
        if BELONGS.get(top, room) != room:
            return f"only {BELONGS[top]} may import {top}"
        if room == "core" and top not in sys.stdlib_module_names | {"msgspec"}:
            return f"core imports the standard library and msgspec only, not {top}"
        return ""
    if room not in MAY_IMPORT:
        return f"{room!r} is no room of the house"
    target = rest[0] if rest else "__init__"
    if target == "__init__":
        return "core knows nothing of the package around it" if room == "core" else ""
    if target != room:
        return "" if target in MAY_IMPORT[room] else f"{room} must not import {target} ({module})"
    if room == "languages" and len(rest) > 1 and len(inside.parts) > 2 and rest[1] != inside.parts[1]:
        return f"languages never import each other: {inside.parts[1]} imports {rest[1]}"
    return _off_the_ladder(inside, rest) if room == "languages" and len(inside.parts) > 3 else ""


def _off_the_ladder(inside: Path, rest: list[str]) -> str:
    language, package = inside.parts[1:3]
    ladder = LADDERS.get(language, ())
    imported = rest[2] if len(rest) > 2 else "__init__"
    if package not in ladder or imported in ladder[: ladder.index(package) + 1]:
        return ""
    return f"{language}/{package} must not import {imported}: {' < '.join(ladder)}"


def circles(package: Path, room: str) -> list[set[str]]:
    """Modules of a room that import each other in a circle, also where an import stands inside a function."""
    root = package / room
    arrows: dict[str, set[str]] = {}
    prefix = f"{package.name}.{room.replace('/', '.')}."
    for path in root.rglob("*.py"):
        if path.name != "__init__.py":
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            arrows[name] = {m.removeprefix(prefix) for _, m in _imports(path, package) if m.startswith(prefix)}
    graph = {name: {m for m in found if m in arrows} for name, found in arrows.items()}
    while leaves := [name for name, found in graph.items() if not found & graph.keys()]:
        for name in leaves:
            del graph[name]
    return [{name, *(found & graph.keys())} for name, found in graph.items()]
