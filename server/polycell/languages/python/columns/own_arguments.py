"""Arguments of the notebook's own functions that name columns: `plot_by(orders, "…")`, where the body has
`frame.groupby(by)`. What the parameter names there, for what this very call hands over, the argument names here."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import TypeGuard, TypeVar

from msgspec import Struct

from polycell.core.service import Context
from polycell.core.types import Class, Function, Record, Type
from polycell.languages.python.columns.unnamed import SPOKEN, SPOKEN_KEYWORDS
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.flow.callers import Definition
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.syntax.call_text import Part, arguments
from polycell.languages.python.syntax.cursor import Bracket
from polycell.languages.python.syntax.shapes import arguments_of, last_word, nodes

MOST = 6  # uses of a parameter that are looked at
T = TypeVar("T")


class _Called(Struct, frozen=True):
    """The function that a call means, where it stands (`there`), the parameters that its arguments go to, `given` what
    others hold, and `fields` what the object has whose method it is."""

    there: Context
    function: Definition
    parameters: tuple[str, ...]
    given: Mapping[str, Type] = MappingProxyType({})
    fields: Mapping[str, Type] = MappingProxyType({})


def named_inside(place: Place, bracket: Bracket, naming: Callable[[Place], T | None]) -> tuple[T, bool] | None:
    """What the argument at the cursor is to the function that it is given to: what `naming` says of the first place in
    the body where the parameter names something, and whether it does so wherever it stands. None where it is no
    function of the notebook, or nothing is named by it."""
    parts = arguments(place.context.cell.text, bracket, place.site)
    called = _called(place, bracket, parts)
    if called is None:
        return None
    parameters, at = called.parameters, bracket.argument
    parameter = bracket.keyword or (parameters[at] if at < len(parameters) else "")
    if parameter not in {a.arg for a in arguments_of(called.function.args)}:
        return None
    plain = [part.text for part in parts if not part.keyword]
    texts = {**dict(zip(parameters, plain, strict=False)), **{p.keyword: p.text for p in parts if p.keyword}}
    given = {**{name: place.type_of(text) for name, text in texts.items() if name != parameter}, **called.given}
    source = source_of(called.there)
    uses = [*_uses(called.function, parameter)]
    named: list[T] = []
    for use, as_it_is in uses[:MOST]:
        if not as_it_is:
            continue
        start = source.span(use).start
        handed = partial(_handed, given, called.fields)
        state = run(called.there, start, called_with=handed)
        state.until = None
        one = naming(Place(called.there, start, state))
        if one is not None:
            named.append(one)
    return (named[0], len(named) == len(uses)) if named else None


def _handed(
    given: Mapping[str, Type], fields: Mapping[str, Type], node: ast.AST, owner: ast.ClassDef | None
) -> Mapping[str, Type]:
    return fields if isinstance(node, ast.ClassDef) else given


def _called(place: Place, bracket: Bracket, parts: tuple[Part, ...]) -> _Called | None:
    owner, _, name = bracket.receiver.rpartition(".")
    if owner and name in ("pipe", "transform") and bracket.argument and parts and not parts[0].keyword:
        there, node = _top_level(place, parts[0].text)
        if not isinstance(node, Definition) or not _plain(node):
            return None
        return _Called(there, node, _plain(node), {_plain(node)[0]: place.type_of(owner)})
    if not owner:
        there, node = _top_level(place, name)
        if isinstance(node, Definition):
            return _Called(there, node, _plain(node))
        made = _method(node, "__init__")
        return _Called(there, made, _plain(made)[1:]) if made is not None else None
    receiver = place.type_of(owner)
    if not isinstance(receiver, Record):
        return None
    there, node = _top_level(place, receiver.name)
    method = _method(node, name)
    return _Called(there, method, _plain(method)[1:], fields=dict(receiver.fields)) if method is not None else None


def _plain(function: Definition) -> tuple[str, ...]:
    return tuple(a.arg for a in (*function.args.posonlyargs, *function.args.args))


def _method(node: ast.stmt | None, name: str) -> Definition | None:
    body = node.body if isinstance(node, ast.ClassDef) else ()
    found = [n for n in body if isinstance(n, Definition) and n.name == name and not n.decorator_list]
    return found[-1] if found else None


def _top_level(place: Place, name: str) -> tuple[Context, Definition | ast.ClassDef | None]:
    """The cell that defines the function or class of the notebook that a name means at a place, and its definition;
    None where it is neither."""
    context = place.context
    if not name.isidentifier() or not isinstance(place.type_of(name), (Function, Class)):
        return context, None
    binding = None if name in place.run.state.names else context.view.lookup(name)
    index = context.notebook.index(binding.origin.cell) if binding is not None and binding.origin is not None else None
    there = context if index is None or index == context.index else context.neighbour(index)
    tree = source_of(there).tree
    defined = (n for n in reversed(tree.body) if isinstance(n, (ast.ClassDef, Definition))) if tree is not None else ()
    return there, next((n for n in defined if n.name == name), None)


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
    called = last_word(node)
    given = [keyword.value for keyword in node.keywords if called in SPOKEN or keyword.arg in SPOKEN_KEYWORDS]
    given += node.args if called in SPOKEN else []
    for argument in given:
        yield argument
        for part in argument.values if isinstance(argument, ast.JoinedStr) else ():
            if isinstance(part, ast.FormattedValue):
                yield part.value
