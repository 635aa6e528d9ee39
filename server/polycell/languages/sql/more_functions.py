"""The functions that sqlglot reads in a way of its own in each dialect: the dialect's, with the names of arguments.

Its parsers know every function of every dialect, so only what one adds or reads differently says something about that
one. Loaded in the background when first asked for; until then the usual functions (`functions`) serve alone.
"""

from __future__ import annotations

import logging
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

log = logging.getLogger(__name__)

# Names count as they are spelled in ClickHouse, and sqlglot keeps capitals alone; it does not know polars.
_SPELLED = frozenset({"clickhouse", "polars"})
_WORDS = {"this": "x", "expression": "y", "expressions": "…"}


class Named(Struct, frozen=True):
    """`form` is the call as it is written, `name(…)` where nobody knows more."""

    name: str
    form: str


def beginning(dialect: str, prefix: str) -> Iterator[Named]:
    """The dialect's functions whose names begin so; none for an empty prefix and for dialects nobody knows."""
    if not prefix or not dialect or dialect in _SPELLED:
        return
    folded = prefix.casefold()
    functions = known(dialect)
    for at in range(bisect_left(functions, folded, key=_name), len(functions)):
        if not functions[at].name.startswith(folded):
            return
        yield functions[at]


def named(dialect: str, name: str) -> Named | None:
    """The function of that name; None while they are being read, too."""
    return next((f for f in beginning(dialect, name) if f.name == name.casefold()), None)


def _name(function: Named) -> str:
    return function.name


def known(dialect: str) -> Sequence[Named]:
    """All of them, or nothing while they are being read."""
    thread = _READING.get(dialect)
    if thread is None:
        thread = threading.Thread(target=_catalogue, args=(dialect,), name="polycell-functions", daemon=True)
        _READING[dialect] = thread
        thread.start()
    return () if thread.is_alive() else _catalogue(dialect)


_READING: dict[str, threading.Thread] = {}


@lru_cache(maxsize=64)
def _catalogue(dialect: str) -> tuple[Named, ...]:
    try:
        from sqlglot.dialects.dialect import Dialect
        from sqlglot.parser import Parser

        own: dict[str, Any] = Dialect.get_or_raise(dialect).parser_class.FUNCTIONS
        base: dict[str, Any] = Parser.FUNCTIONS
    except Exception:  # another version of sqlglot may keep them elsewhere
        log.info("the functions of %s are not known", dialect, exc_info=True)
        return ()
    made = [
        Named(name.lower(), _form(name.lower(), builder))
        for name, builder in own.items()
        if builder != base.get(name) and name.replace("_", "").isalnum()
    ]
    return tuple(sorted(made, key=_name))


def _form(name: str, builder: Any) -> str:
    """The arguments' names where sqlglot takes them in their order."""
    types = getattr(getattr(builder, "__self__", None), "arg_types", None)
    if not types:
        return f"{name}(…)"
    return f"{name}({', '.join(_WORDS.get(str(argument), str(argument)) for argument in types)})"
