"""Regular expressions of modules are compiled at their first use, so that a start does not wait for them."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from polycell.core.patterns import pattern

PACKAGE = Path(__file__).resolve().parents[2] / "server" / "polycell"
APART = PACKAGE / "languages" / "scala" / "host"  # a process of its own, without the rest of Polycell
OWN = PACKAGE / "examples"  # notebooks


def modules() -> Iterator[tuple[Path, str]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if APART not in path.parents and OWN not in path.parents:
            yield path, path.read_text(encoding="utf-8")


def called_at_import(text: str, function: str) -> list[ast.Call]:
    """The calls of a function that importing the module makes: those that are in no function's body."""
    found = []
    waiting: list[ast.AST] = [ast.parse(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function:
            found.append(node)
        body = node.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else ()
        inside = body if isinstance(body, (list, tuple)) else (body,)
        waiting += [child for child in ast.iter_child_nodes(node) if child not in inside]
    return found


def test_no_module_compiles_an_expression_when_it_is_imported() -> None:
    at = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path, text in modules()
        if "re.compile" in text
        for call in called_at_import(text, "re.compile")
    ]
    assert at == [], "use `polycell.core.patterns.pattern`"


def test_what_is_called_at_import() -> None:
    lines = (
        "A = {1: re.compile('a')}",
        "class B:",
        "    c = re.compile('c')",
        "    def d(self, e=re.compile('e')):",
        "        re.compile('f')",
    )
    assert sorted(call.lineno for call in called_at_import("\n".join(lines), "re.compile")) == [1, 3, 4]


def test_every_expression_compiles() -> None:
    """Those of the modules' own names and of what these contain; nobody would see an error before it is used."""
    seen = 0
    for path, text in modules():
        if "patterns import pattern" in text:
            name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
            for value in patterns_in(vars(importlib.import_module(name))):
                assert isinstance(value.flags, int)
                seen += 1
    assert seen > 400


def patterns_in(value: object) -> Iterator[re.Pattern[str]]:
    if type(value) is type(pattern("")):
        yield value
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name != "__builtins__":
                yield from patterns_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from patterns_in(inner)


def test_an_expression_answers_as_re_does() -> None:
    late, own = pattern(r"(?P<word>\w+)\s*=", re.IGNORECASE), re.compile(r"(?P<word>\w+)\s*=", re.IGNORECASE)
    text = "a = 1; bee=2"
    assert late.findall(text) == own.findall(text)
    assert late.sub("x", text) == own.sub("x", text)
    assert [match.span("word") for match in late.finditer(text, 3)] == [m.span("word") for m in own.finditer(text, 3)]
    assert (late.pattern, late.flags, late.groupindex, late.groups) == (
        own.pattern,
        own.flags,
        own.groupindex,
        own.groups,
    )


def test_an_error_is_told_at_the_first_use() -> None:
    with pytest.raises(re.error):
        pattern("(").match("")
