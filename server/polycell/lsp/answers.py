"""Results of the core as the protocol has them. Ranges are given by the caller, who knows the face; nothing here looks
at text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest
from typing import TYPE_CHECKING

from polycell.core.matching import MOST, distance
from polycell.core.results import Completion, Symbol
from polycell.lsp.convert import Json

if TYPE_CHECKING:
    from lsprotocol import types

# Kinds and severities by the numbers of the protocol: what is told first is told without its library.
_COMPLETION_KINDS: Mapping[str, int] = {
    "variable": 6,
    "function": 3,
    "class": 7,
    "module": 9,
    "table": 22,
    "column": 5,
    "keyword": 14,
    "method": 2,
    "property": 10,
    "value": 12,
    "magic": 23,
    "file": 17,
    "operator": 24,
    "folder": 19,
}

_SYMBOL_KINDS: Mapping[str, int] = {
    "variable": 13,
    "function": 12,
    "class": 5,
    "import": 2,
    "table": 23,
    "column": 8,
    "method": 6,
    "section": 15,
    "result": 23,
    "cell": 3,
}

SEVERITIES: Mapping[str, int] = {"error": 1, "warning": 2, "information": 3, "hint": 4}


def completion_kind(item: Completion) -> int:
    return _COMPLETION_KINDS.get(item.kind, 1)


def symbol_kind(kind: str) -> types.SymbolKind:
    from lsprotocol import types

    return types.SymbolKind(_SYMBOL_KINDS.get(kind, _SYMBOL_KINDS["variable"]))


def best(items: Sequence[Completion], typed: str) -> tuple[list[Completion], bool]:
    """The items to send, best first, and whether some were left out: then those that match what is typed go first."""
    if len(items) <= MOST:
        return sorted(items, key=_order), False
    if not typed:
        return nsmallest(MOST, items, key=_order), True
    folded = typed.casefold()
    chosen = nsmallest(
        MOST, items, key=lambda item: (distance(folded, (item.filter or item.label).casefold()), *_order(item))
    )
    return chosen, True


def _order(item: Completion) -> tuple[int, str, str]:
    """By rank, then by the alphabet; columns of equal rank stay in the order of their table, which people know."""
    if item.kind == "column":
        return item.rank, "", ""
    return item.rank, item.label.casefold(), item.label


def markup(markdown: str, as_markdown: bool) -> types.MarkupContent:
    from lsprotocol import types

    if as_markdown:
        return types.MarkupContent(types.MarkupKind.Markdown, markdown)
    return types.MarkupContent(types.MarkupKind.PlainText, plain(markdown))


def markup_json(markdown: str, as_markdown: bool) -> Json:
    """The same as plain JSON."""
    kind, said = ("markdown", markdown) if as_markdown else ("plaintext", plain(markdown))
    return {"kind": kind, "value": said}


def plain(markdown: str) -> str:
    """Markdown for clients that show it as it is: fences, emphasis and escapes are taken out, the words stay."""
    lines = [line for line in markdown.split("\n") if not re.match(r"\s*(```|~~~)", line)]
    text = "\n".join(lines)
    text = re.sub(r"\*\*(.+?)\*\*", r"\1", text)
    text = re.sub(r"`([^`\n]+)`", r"\1", text)
    text = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", r"\1", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>])", r"\1", text)
    return text.strip("\n")


def nested(
    symbols: Sequence[Symbol], ranges: Mapping[Symbol, tuple[types.Range, types.Range]]
) -> list[types.DocumentSymbol]:
    """Symbols as a tree: those with a container go under the definition of that name which stands before them."""
    from lsprotocol import types

    top: list[types.DocumentSymbol] = []
    by_name: dict[str, types.DocumentSymbol] = {}
    for symbol in symbols:
        if symbol not in ranges:
            continue
        extent, name = ranges[symbol]
        made = types.DocumentSymbol(
            symbol.name or "?", symbol_kind(symbol.kind), extent, name, detail=symbol.detail or None
        )
        parent = by_name.get(symbol.container.rpartition(".")[2]) if symbol.container else None
        if parent is None:
            top.append(made)
        else:
            parent.children = [*(parent.children or ()), made]
        by_name[symbol.name] = made
    return top


def flat(symbols: Iterable[types.DocumentSymbol], uri: str, container: str = "") -> list[types.SymbolInformation]:
    """The same for clients that know no trees."""
    from lsprotocol import types

    made = []
    for symbol in symbols:
        made.append(
            types.SymbolInformation(
                types.Location(uri, symbol.selection_range), symbol.name, symbol.kind, container_name=container or None
            )
        )
        made.extend(flat(symbol.children or (), uri, symbol.name))
    return made
