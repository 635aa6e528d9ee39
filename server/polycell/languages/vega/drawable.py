"""The chart of a cell as a renderer takes it: plain JSON, and which of its data have still to be filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from polycell.core.charts import Drawing, FileRows, Gap, Refusal
from polycell.core.service import Context
from polycell.languages.vega.data import ROW_METHODS, head_name, names_in, plain, stream_calls
from polycell.languages.vega.reading import Reading, read
from polycell.languages.vega.tree import Node, Path, walk

_KINDS = frozenset({"csv", "tsv", "json", "topojson"})
_AGGREGATES: Mapping[str, str] = {"count_distinct": "distinct", "approx_count_distinct": "distinct"}
_MEASURES = frozenset({"mean", "sum", "count"})


def chart_at(context: Context, offset: int) -> Drawing | Refusal | None:
    """The chart of a Vega or Vega-Lite cell; the offset does not matter, a cell has one chart."""
    if context.cell.language not in ("vega-lite", "vega"):
        return None
    reading = read(context)
    root = reading.tree.root
    if root is None or root.kind != "object" or not root.members:
        return None
    if context.facts.problems or reading.tree.mistakes:
        return Refusal("The specification has a syntax mistake.")
    content = plain(root)
    gaps: list[Gap] = []
    for path, node in walk(root):
        if node.kind == "expression" and path[-2:] == ("data", "values"):
            made = _of_stream(str(node.value))
            if made is None:
                return Refusal(f"Only a run can tell what `{_short(str(node.value))}` is.")
            name, transforms = made
            gaps.append(Gap(path[:-1], name))
            content = _before(content, path[:-2], transforms)
        elif node.kind == "expression":
            return Refusal(f"Only a run can tell what `{_short(str(node.value))}` is.")
    gaps += _named(reading, root)
    said = reading.library
    return Drawing(
        "vega" if said.library == "vega" else "vega-lite", content, tuple(gaps), said.major, reading.outside.folder
    )


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("`", "'")
    return line if len(line) <= 40 else f"{line[:39]}…"


def _named(reading: Reading, root: Node) -> Iterator[Gap]:
    """Data that say by name or address where their rows are."""
    own, given = set(names_in(root)), reading.outside.given
    if "" in given:
        yield Gap(("data",), given[""])
    for path, node in walk(root):
        if node.kind != "object" or not _is_data(path) or ("" in given and path == ("data",)):
            continue
        url, name = node.text("url"), node.text("name")
        if url is not None:
            kind = node.get("format")
            said = kind.text("type") if kind is not None else None
            yield Gap(path, file=FileRows(url, said or url.rpartition(".")[2].lower()))
        elif name is not None and name not in own and not any(node.get(k) is not None for k in _SELF_MADE):
            yield Gap(path, given.get(name, name))


_SELF_MADE = frozenset({"values", "sequence", "graticule", "sphere", "source"})


def _is_data(path: Path) -> bool:
    """A Vega-Lite view's `data` (or a lookup's), one of Vega's list of them."""
    return path[-1:] == ("data",) or (len(path) > 1 and path[-2] == "data" and isinstance(path[-1], int))


# -- Polynote's table streams


def _of_stream(text: str) -> tuple[str, list[dict[str, Any]]] | None:
    """(the value, the transforms that do what its stream does) for `df.aggregate(…)`; None where there are none."""
    name, calls = head_name(text), stream_calls(text)
    if not name or calls is None:
        return None
    transforms: list[dict[str, Any]] = []
    for method, arguments in calls:
        if method in ("useUnsafeLongs", "select", *ROW_METHODS):
            continue
        known = _STREAMS.get(method)
        made = known(arguments) if known is not None else None
        if made is None:
            return None
        transforms += made
    return name, transforms


def _aggregate(arguments: list[Any]) -> list[dict[str, Any]] | None:
    if len(arguments) != 2 or not isinstance(arguments[0], list):
        return None
    pairs = arguments[1] if isinstance(arguments[1], list) else [arguments[1]]
    operations = []
    for pair in pairs:
        for field, operation in pair.items() if isinstance(pair, Mapping) else ():
            if operation not in _MEASURES and operation not in _AGGREGATES:
                return None
            named = f"{operation}({field})"
            operations.append({"op": _AGGREGATES.get(operation, operation), "field": field, "as": named})
    return [{"aggregate": operations, "groupby": arguments[0]}]


def _histogram(arguments: list[Any]) -> list[dict[str, Any]] | None:
    if len(arguments) != 2 or not isinstance(arguments[0], str) or not isinstance(arguments[1], int):
        return None
    return [
        {"bin": {"maxbins": arguments[1]}, "field": arguments[0], "as": ["start", "end"]},
        {"aggregate": [{"op": "count", "as": "count"}], "groupby": ["start", "end"]},
    ]


_STREAMS = {"aggregate": _aggregate, "histogram": _histogram}


def _before(content: Any, path: Path, transforms: list[dict[str, Any]]) -> Any:
    """The specification with transforms put before those of the view at `path`."""
    if not transforms:
        return content
    if not path:
        return {**content, "transform": [*transforms, *content.get("transform", [])]}
    step, rest = path[0], path[1:]
    if isinstance(content, list):
        return [_before(item, rest, transforms) if at == step else item for at, item in enumerate(content)]
    return {**content, step: _before(content[step], rest, transforms)}
