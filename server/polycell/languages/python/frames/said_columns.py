"""What a reader's call itself says of the columns, for a file that nobody can read: an address, one that is not there,
one whose path is not known. `names=` gives all there are; `usecols=` and `columns=` choose some, in an order that the
file decides, so that such a table is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from polycell.core.types import Certainty, Column, Evidence, Flavour, Table
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX
from polycell.languages.python.frames.registry import Argument, Call
from polycell.languages.python.syntax.values import NOT_KNOWN
from polycell.tables.data_files import UnreadableError
from polycell.tables.readers.pandas_frame import Fields, framed

# By reader: the parameter that names the columns anew, and those that choose among them.
_SAYS: Mapping[str, tuple[str, str]] = {
    "pandas.csv": ("names", "usecols"),
    "pandas.excel": ("names", "usecols"),
    "pandas.parquet": ("", "columns"),
    "pandas.orc": ("", "columns"),
    "arrow.ipc": ("", "columns"),
    "arrow.parquet": ("", "columns"),
    "arrow.orc": ("", "columns"),
    "arrow.feather": ("", "columns"),
    "polars.csv": ("new_columns", "columns"),
    "polars.parquet": ("", "columns"),
    "polars.ipc": ("", "columns"),
}
_FRAMING = frozenset({"usecols", "index_col", "parse_dates", "dtype"})  # what else decides which columns there are


def said(call: Call, reader: str, flavour: Flavour, options: Mapping[str, Any]) -> Table | None:
    """The table, as far as its call says; None where that says nothing."""
    naming, choosing = _SAYS.get(reader, ("", ""))
    if not choosing or "squeeze" in options:
        return None
    names, chosen = _texts(options.get(naming)), _texts(options.get(choosing))
    framing = {n: v for n, v in options.items() if n in _FRAMING and not (n == "dtype" and v is NOT_KNOWN)}
    if NOT_KNOWN in framing.values() or (options.get(naming) is not None and names is None):
        return None
    pandas = reader in ("pandas.csv", "pandas.excel")
    made = _columns(call, naming, names) if names is not None else _columns(None, choosing, chosen or ())
    if not pandas or (names is not None and not _usable(framing.get("usecols"), names)):
        return Table(made, open=True, flavour=flavour, index=UNKNOWN_INDEX) if made and not pandas else None
    if names is not None:
        # Of rows that are longer than the names the first fields become the index.
        found = _framed(made, {**framing, "names": names})
        sure = "index_col" in framing or "usecols" in framing
        return found if found is None or sure else replace(found, index=UNKNOWN_INDEX)
    if chosen is None:
        also = dict.fromkeys(
            n for option in ("index_col", "parse_dates", "dtype") for n in _mentioned(framing.get(option))
        )
        made = tuple(replace(c, certainty=Certainty.LIKELY) for c in _columns(None, "", [*also]))
    found = _framed(made, {n: v for n, v in framing.items() if n != "usecols"})
    if found is None or not (found.columns or found.index):
        return None
    return replace(found, open=True, index=found.index if "index_col" in framing else UNKNOWN_INDEX)


def _texts(value: Any) -> list[str] | None:
    """A list of different texts."""
    listed = isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)
    return value if listed and len(set(value)) == len(value) else None


def _mentioned(value: Any) -> Sequence[str]:
    names = value if isinstance(value, (list, dict)) else [value]
    return [n for n in names if isinstance(n, str)]


def _usable(usecols: Any, names: Sequence[str]) -> bool:
    """Whether it is known which of the names are read."""
    if usecols is None:
        return True
    if not isinstance(usecols, list):
        return False
    if all(isinstance(u, str) for u in usecols):
        return set(usecols) <= set(names)
    return all(type(u) is int for u in usecols) and len(set(usecols)) == len(names)


def _columns(call: Call | None, parameter: str, names: Sequence[str]) -> tuple[Column, ...]:
    """Those that a parameter gives their names have their place in it; those that it chooses got theirs in the file."""
    node = _argument(call, parameter) if call is not None else None
    place = call.run.place if call is not None else None
    return tuple(
        Column(
            n,
            evidence=Evidence.DECLARED,
            origin=place(node.node, n) if place is not None and node is not None else None,
            source=f"{parameter}=" if parameter and node is None else "",
        )
        for n in names
    )


def _argument(call: Call, name: str) -> Argument | None:
    return call[name] or (call.extra or {}).get(name)


def _framed(columns: tuple[Column, ...], options: Mapping[str, Any]) -> Table | None:
    """What pandas makes of fields of these names."""
    try:
        return replace(framed(Fields(columns), options), flavour="pandas")
    except (UnreadableError, LookupError, ValueError, TypeError):
        return None
