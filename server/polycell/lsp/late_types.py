"""`lsprotocol.types` with its classes built at their first use.

attrs writes and compiles the methods of all 554 when the module is imported, which takes as long as everything else
about a server's start; a conversation needs a tenth of them. What is put off is only when a class is built: it is built
by attrs, from the same fields, and as whoever looks at it finds it.
"""

from __future__ import annotations

import inspect
import sys
import threading
import typing
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import attrs

MODULE = "lsprotocol.types"
_building = threading.RLock()


def load() -> None:
    """Import the protocol's types; nothing happens where somebody has imported them before."""
    if MODULE in sys.modules:
        return
    with late(MODULE):
        import lsprotocol.types  # noqa: F401
    from lsprotocol import _hooks

    # The converter would look at every class for names that stand for types; ours are resolved as they are built.
    _hooks._resolved_forward_references = True


@contextmanager
def late(module: str) -> Iterator[None]:
    """The classes of a module that `attrs.define` decorates meanwhile are built later."""
    define: Any = attrs.define

    def put_off(cls: Any = None, **options: Any) -> Any:
        if cls is None or options or cls.__module__ != module:
            return define(cls, **options)
        cls.__attrs_attrs__ = _Fields()
        cls.__init__ = _init_of(cls)
        return cls

    attrs.define = put_off  # type: ignore[assignment]
    try:
        yield
    finally:
        attrs.define = define


class _Fields:
    """Stands for the fields of a class that is not built, and builds it when it is asked for them."""

    def __get__(self, instance: object, owner: type) -> Any:
        cls = next(c for c in owner.__mro__ if c.__dict__.get("__attrs_attrs__") is self)
        _build(cls)
        return cls.__attrs_attrs__  # type: ignore[attr-defined]


def _init_of(cls: type) -> Any:
    def __init__(self: Any, *args: Any, **more: Any) -> None:  # noqa: N807
        _build(cls)
        cls.__init__(self, *args, **more)  # type: ignore[misc]

    return __init__


def _build(cls: type) -> None:
    with _building:
        if isinstance(cls.__dict__.get("__attrs_attrs__"), _Fields):
            names = sys.modules[cls.__module__].ALL_TYPES_MAP
            hints = typing.get_type_hints(cls, names, {})
            cls.__annotations__ = {name: hints[name] for name in inspect.get_annotations(cls)}
            attrs.define(cls, slots=False, init=True)  # a class with slots would be another one
