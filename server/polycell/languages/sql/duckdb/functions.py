"""The functions that DuckDB itself lists, with signatures and its own words about them.

Its catalogue is read once, in the background, when a DuckDB cell is first completed; until then, and without duckdb,
the common functions of `words` serve alone.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.languages.sql.duckdb.shadow import rows

SHOWN = 3  # signatures of one function that are shown

_QUERY = """select function_name, description, return_type, parameters, parameter_types, examples, function_type
    from duckdb_functions() where function_type in ('scalar', 'aggregate', 'macro', 'window') and schema_name = 'main'
    and regexp_full_match(function_name, '[a-z]\\w*')"""
_PLAIN = pattern(r"\w+\Z")


class Function(Struct, frozen=True):
    """`returns` is "" where it depends on the arguments; `documentation` is Markdown; `forms` are its call forms, and
    `summary` DuckDB's own words about it with an example."""

    name: str
    returns: str
    documentation: str
    forms: tuple[str, ...] = ()
    summary: str = ""


def beginning(prefix: str) -> Iterator[Function]:
    """DuckDB's functions whose names begin so (case does not count); none for an empty prefix: they are a thousand."""
    if not prefix:
        return
    folded = prefix.casefold()
    functions = known()
    for at in range(bisect_left(functions, folded, key=_name), len(functions)):
        if not functions[at].name.startswith(folded):
            return
        yield functions[at]


def named(name: str) -> Function | None:
    """The function of that name; None while they are being read, too."""
    return next((f for f in beginning(name) if f.name == name.casefold()), None)


def _name(function: Function) -> str:
    return function.name


def known() -> Sequence[Function]:
    """All of them, or nothing while they are being read."""
    if not _READING:
        # No daemon: a thread that is inside of DuckDB when the process ends would take it down (SIGABRT).
        _READING.append(threading.Thread(target=_catalogue, name="polycell-duckdb-functions"))
        _READING[0].start()
    return () if _READING[0].is_alive() else _catalogue()


_READING: list[threading.Thread] = []


@lru_cache(maxsize=1)
def _catalogue() -> tuple[Function, ...]:
    found: dict[str, list[tuple[str, str, str, str]]] = {}
    for name, description, returns, parameters, types, examples, kind in rows(_QUERY):
        signature = f"{name}({', '.join(_parameters(parameters or (), types or ()))})"
        if kind == "window":
            signature += " OVER (…)"
        example = str(examples[0]) if examples else ""
        found.setdefault(str(name), []).append((signature, str(returns or ""), str(description or ""), example))
    return tuple(_function(name, overloads) for name, overloads in sorted(found.items()))


def _function(name: str, overloads: Sequence[tuple[str, str, str, str]]) -> Function:
    signatures = list(
        dict.fromkeys(f"{signature} → {returns}" if returns else signature for signature, returns, _, _ in overloads)
    )
    kinds = {returns for _, returns, _, _ in overloads}
    lines = [f"`{signature}`" for signature in signatures[:SHOWN]]
    if len(signatures) > SHOWN:
        lines.append(f"and {len(signatures) - SHOWN} more")
    said = [text for text in [next((d for _, _, d, _ in overloads if d), "")] if text]
    said += [f"`{example}`" for example in [next((e for _, _, _, e in overloads if e), "")] if example]
    returns = kinds.pop() if len(kinds) == 1 else ""
    documentation = "\n\n".join([*lines, *said])
    return Function(
        name, "" if returns.startswith("ANY") else returns, documentation, tuple(signatures), "\n\n".join(said)
    )


def _parameters(names: Sequence[object], types: Sequence[object]) -> Iterator[str]:
    for at, name in enumerate(names):
        type_ = types[at] if at < len(types) else None
        label = str(name) if _PLAIN.match(str(name)) and not re.match(r"col\d", str(name)) else ""
        yield " ".join(part for part in (label, str(type_) if type_ else "") if part) or "…"
