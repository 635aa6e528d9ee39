"""The compiler's answers, as the rest of Polycell has them. What lies in the glue is nobody's business and left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from polycell.bridge.files import path_of
from polycell.bridge.kinds import COMPLETION_KINDS
from polycell.core.patterns import pattern
from polycell.core.results import Completion, CompletionKind, Completions, Edit, Hover, Location, Signature, Signatures
from polycell.core.text import Span
from polycell.languages.scala.document import Made
from polycell.languages.scala.glue import without_glue

# A range of the answer as a span of the document.
Ranges = Callable[[Any], Span | None]

# A constructor is called as a function is, a constant is a value, and a struct is a class.
_KINDS: Mapping[int, CompletionKind] = {**COMPLETION_KINDS, 4: "function", 21: "value", 22: "class"}
_STOP = pattern(r"\$(?:\d+|\{\d+:?([^}]*)\})")
_RANK = 40


def completions(answer: Any, document: Made, cell: str, ranges: Ranges, at: int) -> Completions:
    """`at`: where in the cell an import goes."""
    if not isinstance(answer, Mapping):
        return Completions()
    items = answer.get("items")
    made = _items(items if isinstance(items, list) else [], document, cell, ranges, at)
    return Completions(tuple(made), bool(answer.get("isIncomplete")))


def _items(items: list[Any], document: Made, cell: str, ranges: Ranges, at: int) -> Iterator[Completion]:
    for rank, item in enumerate(items):
        edit = item.get("textEdit") or {}
        span = ranges(edit.get("range") or edit.get("replace"))
        placed = document.map.span_to_cell(span) if span is not None else None
        if placed is None or placed[0] != cell:
            continue
        label = str(item.get("filterText") or item.get("label", ""))
        imports = [str(one.get("newText", "")) for one in item.get("additionalTextEdits") or ()]
        if any(without_glue(text) != text for text in imports):
            continue  # out of another cell's document
        yield Completion(
            label,
            _KINDS.get(int(item.get("kind") or 0), "value"),
            placed[1],
            _plain(str(edit.get("newText") or label)),
            _detail(item),
            rank=_RANK + min(rank, 400) + (400 if imports or _is_operator(label) else 0),
            # The compiler puts an import at the top of its document; ours belongs into the cell.
            edits=tuple(Edit(cell, Span(at, at), f"{text.strip()}\n") for text in imports),
        )


def _is_operator(name: str) -> bool:
    """Behind a dot nobody looks for `!=` and `+` first, which the compiler sorts before letters."""
    return not (name[:1].isalpha() or name[:1] in "_`$")


def _plain(inserted: str) -> str:
    """Without the stops of a snippet: `map($0)` is `map`, since what the user wants next nobody knows."""
    if "$0" in inserted:
        inserted = re.split(r"[({ ]?\$0", inserted, maxsplit=1)[0].rstrip(" ({")
    return _STOP.sub(lambda found: found[1] or "", inserted)


def _detail(item: Any) -> str:
    detail = str(item.get("detail") or "").strip()
    return without_glue(detail.removeprefix(":").strip())


def hover(answer: Any, word: Span) -> Hover | None:
    """`word` is what the cursor is on: at a definition the compiler gives the whole line."""
    contents = answer.get("contents") if isinstance(answer, Mapping) else None
    text = contents.get("value") if isinstance(contents, Mapping) else contents
    return Hover(without_glue(text.strip()), word) if isinstance(text, str) and text.strip() else None


def signatures(answer: Any) -> Signatures | None:
    found = answer.get("signatures") if isinstance(answer, Mapping) else None
    if not found:
        return None
    made = []
    for one in found:
        label = without_glue(str(one.get("label", "")))
        parameters, start = [], 0
        for parameter in one.get("parameters") or ():
            written = without_glue(str(parameter.get("label", "")))
            at = label.find(written, start)
            if at >= 0:
                parameters.append(Span(at, at + len(written)))
                start = at + len(written)
        made.append(Signature(label, tuple(parameters), _text(one.get("documentation"))))
    active = answer.get("activeParameter")
    return Signatures(tuple(made), int(answer.get("activeSignature") or 0), active if isinstance(active, int) else None)


def _text(documentation: Any) -> str:
    value = documentation.get("value") if isinstance(documentation, Mapping) else documentation
    return str(value or "").strip()


def locations(answer: Any, document: Made, uri: str, ranges: Ranges) -> Iterator[Location]:
    """Places in the notebook; the sources of libraries are not fetched."""
    own = path_of(uri)
    for one in answer if isinstance(answer, list) else ():
        span = ranges(one.get("range"))
        placed = document.map.span_to_cell(span) if span is not None and path_of(str(one.get("uri"))) == own else None
        if placed is not None:
            yield Location(placed[1], placed[0])
