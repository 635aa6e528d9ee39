"""Values of named types as Python text, about which an engine is asked alone.

Import light: what an engine is to look at before anything of a notebook is known is written here.

Facts about ty: a bare `df: T` counts as unresolved, `df = typing.cast(T, None)` gives the members. Whatever is written
here begins with `_polycell`, so that it can be told from the user's names and taken out of what the engine says.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from msgspec import Struct

from polycell.languages.python.engine.glue import MARK

TYPING = f"{MARK}_typing"
_IT = f"{MARK}_it"


class Declared(Struct, frozen=True):
    """A type expression, the modules that it needs, each imported under `alias(module)`, and the classes that are made
    for it."""

    text: str
    modules: frozenset[str] = frozenset()
    made: frozenset[str] = frozenset()


ANY = Declared(f"{TYPING}.Any")


def alias(module: str) -> str:
    return f"{MARK}_m_{module.replace('.', '_')}"


def by_name(qualified: str) -> Declared | None:
    """A class by its qualified name; None for one without a module."""
    module, _, name = qualified.rpartition(".")
    if not module or not all(part.isidentifier() and not keyword.iskeyword(part) for part in qualified.split(".")):
        return None
    return Declared(f"{alias(module)}.{name}", frozenset({module}))


def header(modules: Iterable[str], made: Iterable[str] = ()) -> str:
    """What must stand above all declarations: imports, and the classes `made` for them."""
    lines = ["import typing as " + TYPING, *(f"import {module} as {alias(module)}" for module in sorted(set(modules)))]
    return "\n".join(lines) + "\n" + "".join(sorted(set(made)))


def variable(name: str, said: Declared) -> str:
    if said.text == "float":  # as an annotation that means `int | float`, which has fewer members
        return f"{name} = float()\n"
    return f"{name} = {TYPING}.cast({said.text}, None)\n"


def receiver_slice(said: Declared) -> str:
    """A text at whose end an engine is asked for the members of a type."""
    return f"{header(said.modules, said.made)}{variable(_IT, said)}{_IT}."
