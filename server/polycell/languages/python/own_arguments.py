"""Arguments of the notebook's own functions that name columns: `plot_by(orders, "…")`, where the body has
`frame.groupby(by)`. What the parameter names there, for what this very call hands over, the argument names here."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import TypeGuard, TypeVar

from polycell.core.service import Context
from polycell.core.types import Function, Type
from polycell.languages.python.at_cursor import Place
from polycell.languages.python.call_text import Part, arguments
from polycell.languages.python.cursor import Bracket
from polycell.languages.python.flow.callers import Definition
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.shapes import arguments_of, nodes
from polycell.languages.python.unnamed import SPOKEN, SPOKEN_KEYWORDS

MOST = 6  # uses of a parameter that are looked at
T = TypeVar("T")


def named_inside(place: Place, bracket: Bracket, naming: Callable[[Place], T | None]) -> tuple[T, bool] | None:
    """What the argument at the cursor is to the function that it is given to: what `naming` says of the first place in
    the body where the parameter names something, and whether it does so wherever it stands. None where it is no
    function of the notebook, or nothing is named by it."""
    parts = arguments(place.context.cell.text, bracket, place.site)
    found = _definition(place, bracket, parts)
    if found is None:
        return None
    there, function, owner = found
    parameters = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    at = bracket.argument
    parameter = bracket.keyword or (parameters[at] if at < len(parameters) else "")
    if parameter not in {a.arg for a in arguments_of(function.args)}:
        return None
    given = _given(place, parameters, parts, owner)
    given.pop(parameter, None)
    source = source_of(there)
    uses = [*_uses(function, parameter)]
    named: list[T] = []
    for use, as_it_is in uses[:MOST]:
        if not as_it_is:
            continue
        start = source.span(use).start
        state = run(there, start, called_with=lambda _: given)
        state.until = None
        one = naming(Place(there, start, state))
        if one is not None:
            named.append(one)
    return (named[0], len(named) == len(uses)) if named else None


def _definition(place: Place, bracket: Bracket, parts: tuple[Part, ...]) -> tuple[Context, Definition, str] | None:
    """Where the function stands that is called, and the text of what comes before the arguments written: the frame of
    `df.pipe(clean, "…")`."""
    owner, _, name = bracket.receiver.rpartition(".")
    if owner:
        if name not in ("pipe", "transform") or not bracket.argument or not parts or parts[0].keyword:
            return None
        name = parts[0].text
    if not name.isidentifier() or not isinstance(place.type_of(name), Function):
        return None
    context = place.context
    binding = None if name in place.run.state.names else context.view.lookup(name)
    index = context.notebook.index(binding.origin.cell) if binding is not None and binding.origin is not None else None
    there = context if index is None or index == context.index else context.neighbour(index)
    tree = source_of(there).tree
    found = [n for n in tree.body if isinstance(n, Definition) and n.name == name] if tree is not None else []
    return (there, found[-1], owner) if found else None


def _given(place: Place, parameters: list[str], parts: tuple[Part, ...], owner: str) -> dict[str, Type]:
    """Parameter → what this call hands over."""
    given = {part.keyword: part.text for part in parts if part.keyword}
    plain = [part.text for part in parts if not part.keyword]
    if owner:
        plain[0] = owner
    return {name: place.type_of(text) for name, text in [*zip(parameters, plain, strict=False), *given.items()]}


def _uses(function: Definition, parameter: str) -> Iterator[tuple[ast.Name, bool]]:
    """Where a function's body uses what a parameter holds, or each of the texts that it holds (`for name in names`),
    and whether it does so as it is: not `name + "_x"`. What is only shown to people is left out."""
    every = nodes(*function.body)
    loops = [n for n in every if isinstance(n, (ast.For, ast.comprehension)) and _is(n.iter, {parameter})]
    names = {parameter, *(loop.target.id for loop in loops if isinstance(loop.target, ast.Name))}
    shown = {id(part) for node in every for part in _shown(node)} | {id(loop.iter) for loop in loops}
    found = [
        (part, _as_it_is(node, part))
        for node in every
        for part in ast.iter_child_nodes(node)
        if _is(part, names) and id(part) not in shown
    ]
    yield from sorted(found, key=lambda use: (use[0].lineno, use[0].col_offset))


def _is(node: ast.AST, names: set[str]) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and node.id in names and isinstance(node.ctx, ast.Load)


def _as_it_is(outer: ast.AST, node: ast.Name) -> bool:
    if isinstance(outer, (ast.Call, ast.Subscript)):
        return node is not (outer.func if isinstance(outer, ast.Call) else outer.value)
    return isinstance(outer, (ast.keyword, ast.List, ast.Tuple, ast.Set, ast.Dict))


def _shown(node: ast.AST) -> Iterator[ast.AST]:
    """What a call shows to people: `print(name)`, `ax.set_title(f"by {name}")`, `label=name`."""
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = [keyword.value for keyword in node.keywords if called in SPOKEN or keyword.arg in SPOKEN_KEYWORDS]
    given += node.args if called in SPOKEN else []
    for argument in given:
        yield argument
        for part in argument.values if isinstance(argument, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                yield part.value
