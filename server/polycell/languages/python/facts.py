"""Facts of a Python cell: what `PythonService.facts` answers."""

from __future__ import annotations

import ast
from itertools import islice
from keyword import iskeyword

from polycell.core.environment import Binding, BindingKind, Exports
from polycell.core.facts import Definition, Facts, Reference, Use
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.text import LineIndex
from polycell.core.types import Anchor
from polycell.core.values import replace
from polycell.formats.magics import binds_python_names
from polycell.languages.python.charts.literals import chart_fragments
from polycell.languages.python.syntax.guesses import names_at_margin
from polycell.languages.python.syntax.magics import AUTOMAGICS
from polycell.languages.python.syntax.names import Scopes
from polycell.languages.python.syntax.parse import parse, readable
from polycell.languages.python.syntax.scopes import analyse
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_literals import sql_fragments

# A larger cell holds data, and reading it would hold up everybody else: it is read by its words only.
LARGEST = 200_000  # characters
MOST = 10_000  # words and signs, of which each costs 2 to 10 microseconds
KNOWN = 500  # names that are told of such a cell: each is followed like any other, and it may give more anyway
MANY = 3  # broken statements after which nothing that a cell seems to lack is believed
_WORD = pattern(r"[^\W\d]\w*")
_NAME = pattern(r"(?<![\w.])[^\W\d]\w*")  # no attribute
_TOKEN = pattern(r"\w+|[^\w\s]")


def python_facts(cell: Cell, host: Host) -> Facts:
    """Pure in the cell and the host; total. `analysis` is the cell's `PythonSource`."""
    source = _unread(cell) if too_large(cell.text) else parse(cell, host)
    try:
        scopes = analyse(source)
    except RecursionError:
        scopes = Scopes(opens=("code nested too deep to read",))
    source = replace(source, calls=scopes.calls, stores=scopes.stores)
    opens = tuple(dict.fromkeys(source.opens + scopes.opens))
    problems = source.problems + (() if host.name == "marimo" else scopes.problems)
    uses = scopes.uses
    if uses and may_be_automagic(source.tree, source.code):
        uses = tuple(replace(use, guarded=True) for use in uses)
    if uses and source.broken:
        uses = _guarded_by_broken(source, cell.text, uses)
    if source.isolated and opens:  # they bring names to this process alone
        uses, opens = tuple(replace(use, guarded=True) for use in uses), ()
    if cell.space.startswith("isolated:file:") and binds_python_names(cell.magic, host.name):
        opens = ("a startup file of IPython",)
    return Facts(
        scopes.definitions,
        uses,
        _with_comments(scopes, cell.text),
        () if source.isolated else scopes.imports,  # another interpreter may run it, with other packages
        source.magics,
        (*source.fragments, *sql_fragments(source, cell.text), *chart_fragments(source, cell.text)),
        problems,
        opens,
        source,
    )


def _with_comments(scopes: Scopes, text: str) -> tuple[Reference, ...]:
    """The frames that schema comments name are mentioned there, so that a rename takes the comment along."""
    if "schema" not in text:
        return scopes.references
    from polycell.languages.python.syntax.schema_comments import schema_comments

    defined = {definition.name for definition in scopes.definitions}
    mentions = [Reference(c.name, c.name_span, False, c.name in defined) for c in schema_comments(text)]
    return tuple(sorted((*scopes.references, *mentions), key=lambda r: r.span)) if mentions else scopes.references


def _guarded_by_broken(source: PythonSource, text: str, uses: tuple[Use, ...]) -> tuple[Use, ...]:
    """Statements that could not be read may bind any of their words, in a function's body too; many of them, anything.

    One mistake is one finding: what follows from it is said when it is mended.
    """
    words = {word for span in source.broken for word in _WORD.findall(span.of(text))}
    everything = len(source.broken) >= MANY
    return tuple(
        Use(use.name, use.span, use.deferred, True) if not use.guarded and (everything or use.name in words) else use
        for use in uses
    )


def half_written(cell: Cell, facts: Facts) -> frozenset[str]:
    """The names in the statements of a cell that could not be read."""
    source = facts.analysis
    spans = source.broken if isinstance(source, PythonSource) else ()
    return frozenset(name for span in spans for name in _NAME.findall(span.of(cell.text)) if not iskeyword(name))


def too_large(text: str) -> bool:
    """Whether a cell is so large that its names are told from its words only."""
    if len(text) <= MOST:
        return False
    return len(text) > LARGEST or sum(1 for _ in islice(_TOKEN.finditer(text), MOST + 1)) > MOST


def _unread(cell: Cell) -> PythonSource:
    code = readable(cell.text)
    given = names_at_margin(code) if cell.magic is None and len(code) <= LARGEST else []
    return PythonSource(code, None, LineIndex(code), names=tuple(given[:KNOWN]), opens=("a cell too large to read",))


def may_be_automagic(tree: ast.Module | None, code: str) -> bool:
    """Whether IPython may read a cell of one line that is Python too (`ls`, `ls -l`) as a magic."""
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return False
    line = code.strip()
    word = line.split(maxsplit=1)[0].rstrip(";") if line else ""
    return word in AUTOMAGICS and "\n" not in line and "\r" not in line


_KINDS: dict[str, BindingKind] = {"function": "function", "class": "class", "import": "import"}


def name_exports(cell: Cell, facts: Facts) -> Exports:
    """The names that a cell gives, without their types."""
    space = cell.space or "python"
    found: dict[str, Binding] = {}
    for definition in facts.definitions:
        if not definition.container:
            found[definition.name] = Binding(
                definition.name,
                kind=_KINDS.get(definition.kind, "variable"),
                space=space,
                origin=anchor(cell, definition),
                maybe=definition.conditional,
            )
    for name, start in _deleted(facts.analysis):
        last = max((d.span.start for d in facts.definitions if d.name == name and not d.container), default=-1)
        if start > last:
            found[name] = Binding(name, kind="deleted", space=space)
    return Exports(tuple(found.values()), facts.opens)


def anchor(cell: Cell, definition: Definition) -> Anchor | None:
    """A definition's place in a form that survives edits; None for a name that the cell's text does not spell."""
    if definition.span.of(cell.text) != definition.name:
        return None
    return Anchor.at(cell.text, definition.span.start, definition.name, cell=cell.id)


def _deleted(source: object) -> list[tuple[str, int]]:
    """Names that `del` takes away for certain, and where."""
    if not isinstance(source, PythonSource) or source.tree is None:
        return []
    return [
        (target.id, source.span(target).start)
        for statement in source.tree.body
        if isinstance(statement, ast.Delete)
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]
