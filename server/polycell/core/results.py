"""What features answer, in plain frozen data. Spans are offsets into the text of the cell that was asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from polycell.core.facts import Severity
from polycell.core.text import Span

CompletionKind = Literal[
    "variable", "function", "class", "module", "table", "column", "keyword", "method", "property", "value", "magic",
    "file", "operator",
]  # fmt: skip


class Completion(NamedTuple):
    """`replace` is what the item stands in for; `rank` sorts, lower first; `detail` is its type in a few words.

    Hundreds are made at each keystroke, and a frozen dataclass takes four times as long to make.
    """

    label: str
    kind: CompletionKind
    replace: Span
    insert: str = ""
    detail: str = ""
    documentation: str = ""
    rank: int = 50
    filter: str = ""


@dataclass(frozen=True, slots=True)
class Completions:
    items: tuple[Completion, ...] = ()
    incomplete: bool = False


NO_COMPLETIONS = Completions()


@dataclass(frozen=True, slots=True)
class Hover:
    """`markdown` for the word at `span`."""

    markdown: str
    span: Span


@dataclass(frozen=True, slots=True)
class Location:
    """A span of a cell, or (with `uri`) of a file outside the notebook."""

    span: Span
    cell: str = ""
    uri: str = ""


@dataclass(frozen=True, slots=True)
class Related:
    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic. `code` is stable and documented; `message` says what is wrong and what to do."""

    code: str
    span: Span
    message: str
    severity: Severity = "warning"
    related: tuple[Related, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    name: str
    kind: str
    span: Span
    extent: Span
    container: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Highlight:
    span: Span
    write: bool
