"""Facts: what a cell's text alone says. A pure function of (host, language, text, metadata), cached by digest.

All spans are offsets into `Cell.text`.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from polycell.core.text import Span
from polycell.core.types import Type

Severity = Literal["error", "warning", "information", "hint"]
DefinitionKind = Literal["variable", "function", "class", "import", "table", "column", "method", "section", "result"]


class Definition(Struct, frozen=True):
    """A name that the cell binds at its top level, or (with `container`) inside one of its definitions.

    `span` is the name itself, `extent` the whole statement. `conditional`: bound on some paths only.
    """

    name: str
    kind: DefinitionKind
    span: Span
    extent: Span
    container: str = ""
    conditional: bool = False


class Use(Struct, frozen=True):
    """A name that must come from elsewhere: free in the cell, and not bound above it in the cell.

    `deferred`: inside a body that runs later (a function), so order says nothing. `guarded`: the code itself expects
    that the name may be missing (`try: x except NameError`, `"x" in globals()`). `table`: a table name in SQL, which
    may live in a catalogue that nobody sees.
    """

    name: str
    span: Span
    deferred: bool = False
    guarded: bool = False
    table: bool = False


class Reference(Struct, frozen=True):
    """Any occurrence of a top-level name, definitions included: what references and highlights are made of."""

    name: str
    span: Span
    write: bool = False
    local: bool = False  # resolved inside the cell


class Import(Struct, frozen=True):
    """`module` as written (`numpy`, `a.b`), `names` what `from` takes; `star` for `from m import *`."""

    module: str
    span: Span
    alias: str = ""
    names: tuple[tuple[str, str], ...] = ()
    star: bool = False
    level: int = 0
    guarded: bool = False
    conditional: bool = False  # in a branch or in a body that runs later: it may never run


class Magic(Struct, frozen=True):
    """A line or cell magic as written: name without `%`, the argument text and where that starts. A shell command
    (`!ls`) is the magic `!`."""

    name: str
    arguments: str
    span: Span
    arguments_start: int
    cell: bool = False


class Problem(Struct, frozen=True):
    """A syntax problem, located at the mistake."""

    span: Span
    message: str
    code: str = "syntax-error"
    severity: Severity = "error"


class Fragment(Struct, frozen=True):
    """Text of another language inside the cell (`x = %sql select …`). `result` is the name that its value gets.

    Behind a line magic: `magic` is its name, `arguments` what stands between that and the span. Of SQL in a string
    literal: `text` is what to read instead of the span's, of equal length; `dialect` is what the code around it says
    ("" when it says nothing; None for a magic), `connection` the variable it is sent to.
    Of a literal that is code in part: `holes` are the spans that stay the outer language's.
    Of a part of a query: `around` is what to put before and after it, `given` the names that hold there besides.
    Of a text that is sent further down: `seen_from` is the offset whose names it sees, or `seen_in` the cell, at its
    end. `renamed` are words of the text that mean another name of the code around it: (word, name). `judged`: not where
    the text may be another when it is sent, and where what is seen is not this cell's to record. `values`: only values
    are named there, as in a template.
    """

    language: str
    span: Span
    result: str = ""
    magic: str = ""
    arguments: str = ""
    text: str = ""
    dialect: str | None = None
    connection: str = ""
    around: tuple[str, str] = ("", "")
    given: tuple[tuple[str, Type], ...] = ()
    holes: tuple[Span, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    seen_from: int | None = None
    seen_in: str = ""
    judged: bool = True
    values: bool = False

    def has(self, offset: int) -> bool:
        """Whether the character at an offset of the outer text is this language's."""
        inside = self.span.start <= offset < self.span.end
        return inside and not any(hole.start <= offset < hole.end for hole in self.holes)

    def is_at(self, offset: int) -> bool:
        """Whether a cursor at an offset of the outer text is in this language."""
        return self.span.touches(offset) and not any(hole.touches(offset) for hole in self.holes)


class Facts(Struct, frozen=True):
    definitions: tuple[Definition, ...] = ()
    uses: tuple[Use, ...] = ()
    references: tuple[Reference, ...] = ()
    imports: tuple[Import, ...] = ()
    magics: tuple[Magic, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    problems: tuple[Problem, ...] = ()
    # Why this cell may define names that its text does not show: "from m import *", "%run other.ipynb", "exec".
    opens: tuple[str, ...] = ()
    # The language's own analysis (a syntax tree, tokens); nobody else looks inside.
    analysis: object = None


NO_FACTS = Facts()
