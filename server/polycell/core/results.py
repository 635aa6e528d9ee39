"""What features answer, in plain frozen data. Spans are offsets into the text of the cell that was asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from polycell.core.facts import Definition, Severity
from polycell.core.text import Position, Span
from polycell.core.types import Anchor, Column, Table
from polycell.core.values import replace

CompletionKind = Literal[
    "variable", "function", "class", "module", "table", "column", "keyword", "method", "property", "value", "magic",
    "file", "folder", "operator",
]  # fmt: skip


class Completion(NamedTuple):
    """`replace` is what the item stands in for; `rank` sorts, lower first; `detail` is its type in a few words. `edits`
    of the same cell come with it, away from `replace`: the import that the name needs."""

    label: str
    kind: CompletionKind
    replace: Span
    insert: str = ""
    detail: str = ""
    documentation: str = ""
    rank: int = 50
    filter: str = ""
    edits: tuple[Edit, ...] = ()


class Completions(Struct, frozen=True):
    items: tuple[Completion, ...] = ()
    incomplete: bool = False


NO_COMPLETIONS = Completions()


class WrittenPath(NamedTuple):
    """The path of a file that is being written: `folder` as far as its last slash ("" where there is none), with what
    the code around puts before it, and the span of the name that stands behind that."""

    folder: str
    name: Span

    @classmethod
    def of(cls, written: str, offset: int, end: int) -> WrittenPath:
        """Of what is written up to `offset`, with a name that goes on to `end`."""
        folder, slash, begun = written.rpartition("/")
        return cls(folder + slash, Span(offset - len(begun), end))


class Hover(Struct, frozen=True):
    """`markdown` for the word at `span`. `draws`: the word stands for a chart, whose picture an editor may add."""

    markdown: str
    span: Span
    draws: bool = False


class Location(Struct, frozen=True):
    """A span of a cell, or (with `uri`) a file outside the notebook. There `anchor` is the place, since the core reads
    no files, or `lines` are where it starts and ends, as a server told that has read it."""

    span: Span
    cell: str = ""
    uri: str = ""
    anchor: Anchor | None = None
    lines: tuple[Position, Position] | None = None


class Related(Struct, frozen=True):
    location: Location
    message: str


class Edit(Struct, frozen=True):
    """`span` of the cell's text is replaced by `text`. Edits of one cell must not overlap."""

    cell: str
    span: Span
    text: str


class NewCell(Struct, frozen=True):
    """A cell to insert behind cell `after`. `text` is all of its source, a first-line magic included."""

    after: str
    language: str
    text: str


class Move(Struct, frozen=True):
    """Cell `cell` is to stand directly before cell `before`."""

    cell: str
    before: str


class Fix(Struct, frozen=True):
    """A repair of one finding. Its edits are in the finding's own cell: a finding is kept while the texts of other
    cells change, and positions in those would be wrong. Repairs elsewhere are computed in `LanguageService.actions`.

    `preferred`: the one that an editor may apply without asking which; at most one a finding, and only when it is
    beyond doubt.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    preferred: bool = False
    move: Move | None = None


class MetadataChange(Struct, frozen=True):
    """A text in a list of the notebook's metadata. `path` leads to the list, to which `value` is appended (the list is
    made where it is not there); or, with a number at its end, to an entry that is `old`: `value` takes its place, or it
    is taken out."""

    path: tuple[str | int, ...]
    value: str | None
    old: str = ""


ActionKind = Literal[
    "quickfix", "refactor", "refactor.extract", "refactor.inline", "refactor.rewrite", "source",
    "source.organizeImports",
]  # fmt: skip


class Action(Struct, frozen=True):
    """Something that an editor offers at a place. It edits (cells, metadata, or both), inserts a cell, or moves one."""

    title: str
    kind: ActionKind = "refactor"
    edits: tuple[Edit, ...] = ()
    insert_cell: NewCell | None = None
    move: Move | None = None
    preferred: bool = False
    finding: Finding | None = None  # what a quick fix repairs
    metadata: tuple[MetadataChange, ...] = ()


class Finding(Struct, frozen=True):
    """A diagnostic. `code` is stable and documented; `message` says what is wrong and what to do.

    With `path` it is about that value of the notebook's metadata; `span` is where those show it who see cells alone.
    `opt_in`: it is reported only to who asks for its code.
    """

    code: str
    span: Span
    message: str
    severity: Severity = "warning"
    related: tuple[Related, ...] = ()
    fixes: tuple[Fix, ...] = ()
    path: tuple[str | int, ...] = ()
    opt_in: bool = False

    def shifted(self, by: int) -> Finding:
        """The finding of a text that begins at offset `by` of the cell."""
        moved = tuple(
            replace(fix, edits=tuple(replace(e, span=e.span.shift(by)) for e in fix.edits)) for fix in self.fixes
        )
        return replace(self, span=self.span.shift(by), fixes=moved)


class Symbol(Struct, frozen=True):
    name: str
    kind: str
    span: Span
    extent: Span
    container: str = ""
    detail: str = ""


class Highlight(Struct, frozen=True):
    span: Span
    write: bool


class Mention(Struct, frozen=True):
    """A place that names a column, as text: `span` is the name without quotes, `name` the column's.

    `column` is what is meant, with the places that gave it its name; None where nobody can tell. `tables` are those in
    which the name must stay free of others. `refusal`: why this place cannot be renamed, or is not known, for people.
    `implied`: the name is not written there, but what stands there makes one column of several (`a.merge(b)`).
    """

    span: Span
    name: str
    column: Column | None = None
    tables: tuple[Table, ...] = ()
    write: bool = False
    refusal: str = ""
    implied: bool = False

    @property
    def origins(self) -> tuple[Anchor, ...]:
        return self.column.origins if self.column is not None else ()


class Renameable(Struct, frozen=True):
    """What stands at the cursor: the span that is replaced, its present name, or why it cannot be renamed."""

    span: Span
    name: str
    refusal: str = ""
    column: bool = False


class Renamed(Struct, frozen=True):
    """The edits of a rename, or why it is refused: one sentence for people."""

    edits: tuple[Edit, ...] = ()
    refusal: str = ""
    column: bool = False


class InnerPlace(Struct, frozen=True):
    """A mention of an inner name. `before` goes before a new name that takes its place (`numpy as `)."""

    cell: str
    span: Span
    write: bool = False
    before: str = ""


class InnerName(Struct, frozen=True):
    """A name that other cells do not see: a parameter, what a function binds for itself. `places` are all its mentions
    (the keywords of calls in other cells among them), `taken` the names that it must not get; `refusal`: why it cannot
    be renamed, for people."""

    name: str
    places: tuple[InnerPlace, ...]
    taken: frozenset[str] = frozenset()
    refusal: str = ""


ANYTHING = "*"


class Attribute(NamedTuple):
    """A place that names an attribute. `owner` is the class whose body gives it there, `derives` whether that has
    bases; `called` what is called where the place is a keyword (`Box(size=1)`), ANYTHING where only a run can tell."""

    span: Span
    write: bool = False
    owner: str = ""
    derives: bool = False
    called: str = ""


class CallSite(NamedTuple):
    """A place that calls something: `span` is the callee's name, `caller` the innermost definition around (None: the
    cell itself), `callee` the definition that is called where the text of the cell alone tells."""

    span: Span
    caller: Definition | None = None
    callee: Definition | None = None


class Calls(Struct, frozen=True):
    """What a cell's text says about calls: what of it can be called (inner functions too), and who calls."""

    callables: tuple[Definition, ...] = ()
    sites: tuple[CallSite, ...] = ()


NO_CALLS = Calls()


@dataclass(frozen=True, slots=True)
class Caller:
    """Something that calls or is called: a function, method or class of a cell, a cell itself (kind "cell"), or, where
    `place` has a URI, what another server knows by `token`. `place` is its name, `extent` all of it."""

    name: str
    kind: str
    place: Location
    extent: Location
    detail: str = ""
    token: Mapping[str, Any] | None = field(default=None, compare=False)


class Call(Struct, frozen=True):
    """The other end of a call, and the places where it is called."""

    other: Caller
    places: tuple[Location, ...]


class Signature(Struct, frozen=True):
    """`label` is the whole call form, `price(a, b=1) -> int`; `parameters` are spans of the label."""

    label: str
    parameters: tuple[Span, ...] = ()
    documentation: str = ""


class Signatures(Struct, frozen=True):
    """Call forms for the call around the cursor. `active` is the likeliest; `parameter` counts from 0, None: none."""

    signatures: tuple[Signature, ...]
    active: int = 0
    parameter: int | None = 0


HintKind = Literal["table", "type", "argument"]


class Hint(Struct, frozen=True):
    """Text shown at `offset` that is not in the cell: behind a statement what it does to a table (`+ total: double`),
    behind a name its type (`: int`), before an argument the name of its parameter (`rate=`)."""

    offset: int
    text: str
    tooltip: str = ""
    kind: HintKind = "table"


FoldKind = Literal["", "cell", "imports", "comment", "region"]


class Fold(Struct, frozen=True):
    """A span whose lines but the first can be hidden."""

    span: Span
    kind: FoldKind = ""


# The protocol's own names, which every editor's themes know.
TokenKind = Literal[
    "namespace", "type", "class", "enum", "interface", "struct", "typeParameter", "parameter", "variable", "property",
    "enumMember", "event", "function", "method", "macro", "keyword", "modifier", "comment", "string", "number",
    "regexp", "operator", "decorator",
]  # fmt: skip
TokenModifier = Literal[
    "declaration", "definition", "readonly", "static", "deprecated", "abstract", "async", "modification",
    "documentation", "defaultLibrary",
]  # fmt: skip


class SemanticToken(NamedTuple):
    """What the text at `span` is. Thousands are made for one answer."""

    span: Span
    kind: TokenKind
    modifiers: tuple[TokenModifier, ...] = ()


class Layout(Struct, frozen=True):
    """What the editor says about the layout of its documents."""

    tab_size: int = 4
    spaces: bool = True


class Formatted(Struct, frozen=True):
    """Edits of one cell that do not overlap; or why nothing is done: one sentence for people. Both empty: it is
    formatted already."""

    edits: tuple[Edit, ...] = ()
    refusal: str = ""


NOT_FORMATTED = Formatted()
