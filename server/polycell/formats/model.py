"""What a format reader gives: notebooks, the map back into the document, and what was wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from polycell.core.notebook import CellKind, Notebook
from polycell.core.text import Span
from polycell.core.virtual import SegmentMap


class DocumentProblem(Struct, frozen=True):
    """Something wrong with the document itself, at `span` (code points of the document's text)."""

    message: str
    span: Span


class Document(Struct, frozen=True):
    """A read document. Most hold one notebook; a Deepnote project holds several.

    `map` ties cell offsets to offsets of the document's text. Cell ids are unique over all notebooks of the document.
    """

    notebooks: tuple[Notebook, ...] = ()
    map: SegmentMap = field(default_factory=lambda: SegmentMap(()))
    problems: tuple[DocumentProblem, ...] = ()


class CellSource(Struct, frozen=True):
    """A cell as a format or a client gives it, before its language is decided (`cells.make_cell`).

    `declared` is the format's or client's own word for the language, empty when it says nothing. `outer` holds keys
    that hosts write beside the metadata (`language` on the cell itself, as Polynote does).
    """

    id: str
    text: str
    kind: CellKind = "code"
    declared: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outer: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    result: str = ""
    execution_count: int | None = None


class Format(Struct, frozen=True):
    """`detect` looks at the text's head and the path's suffix; `read(text, uri, path)` is total."""

    name: str
    suffixes: tuple[str, ...]
    detect: Callable[[str, str], bool]
    read: Callable[[str, str, str], Document]
