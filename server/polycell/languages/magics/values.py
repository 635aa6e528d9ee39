"""What JupySQL's `%sqlcmd`, `%sqlplot` and `%sqlrender` take: their commands, tables, columns, saved queries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polycell.core.environment import Binding, View
from polycell.core.patterns import pattern
from polycell.core.results import Completion, Completions
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table, describe

_LINE = pattern(
    r"[ \t]*(?:[^\W\d]\w*[ \t]*=[ \t]*)?%(?P<magic>sqlcmd|sqlplot|sqlrender)[ \t]+"
    r"(?P<line>(?:.*[ \t])?)(?P<word>[\w.]*)\Z"
)
_TABLE = pattern(r"(?:^|[ \t])(?:--table|-t)[ \t=]+[\"']?([\w.]+)")
_COMMANDS = {
    "sqlcmd": {
        "tables": "the database's tables",
        "columns": "the columns of a table",
        "profile": "statistics of a table's columns",
        "explore": "a table to page through and sort",
        "test": "check a column's values against a condition",
        "snippets": "the saved queries",
        "connect": "choose a connection",
    },
    "sqlplot": {
        "histogram": "how often values are",
        "hist": "how often values are",
        "boxplot": "quartiles and outliers",
        "box": "quartiles and outliers",
        "bar": "a bar for each value",
        "pie": "a slice for each value",
    },
}
_SAVED = "%%"  # what a binding's source begins with where `--save` made it


def values(context: Context, offset: int) -> Completions | None:
    """What may stand at an offset of such a line, but for options; None elsewhere."""
    text = context.cell.text
    found = _LINE.match(text[text.rfind("\n", 0, offset) + 1 : offset])
    if found is None or context.cell.language != "python":
        return None
    end = offset
    while end < len(text) and (text[end].isalnum() or text[end] in "_."):
        end += 1
    span = Span(offset - len(found["word"]), end)
    words = found["line"].replace("=", " ").split()
    return Completions(
        tuple(_offered(context.view.with_overlay({}, "sql"), found["magic"], words, found["line"], span))
    )


def _offered(view: View, magic: str, words: list[str], line: str, span: Span) -> Iterator[Completion]:
    last = words[-1] if words else ""
    if last in ("--table", "-t"):
        yield from _tables(view, view.bindings(), span)
    elif last in ("--with", "-w") or (magic == "sqlrender" and not words):
        yield from _tables(view, (b for b in view.bindings() if b.source.startswith(_SAVED)), span)
    elif last in ("--column", "-c"):
        named = _TABLE.search(line)
        binding = view.lookup_folded(named[1]) if named is not None else None
        if binding is not None and isinstance(binding.type, Table):
            for column in binding.type.columns:
                kind = str(column.type) if column.type is not None else ""
                yield Completion(column.name, "column", span, "", kind, f"column of `{binding.name}`", 10)
    elif not words:
        for name, summary in _COMMANDS.get(magic, {}).items():
            yield Completion(name, "keyword", span, "", "", summary.capitalize() + ".", 10)


def _tables(view: View, bindings: Iterable[Binding], span: Span) -> Iterator[Completion]:
    for binding in bindings:
        if isinstance(binding.type, Table):
            yield Completion(binding.name, "table", span, "", describe(binding.type), binding.source, 10)
