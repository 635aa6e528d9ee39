"""Templates that are filled with values of Python: `{{ limit_rows }}`, `{% for name in names %}`, `:low`.

Each expression in them is a fragment of Python in the SQL cell, so that it completes, is explained and renamed like
any name there. Only where the convention is certain: Jinja in Snowflake's and Deepnote's SQL cells and in JupySQL's
magics, whose `:x` is a variable too; in those magics that take `-j` where that stands. Names that the template itself
binds (`{% set x = 1 %}`, `{% for x in … %}`) are not Python's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from polycell.core.facts import Fragment
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.formats.connection_words import JUPYSQL_MAGICS
from polycell.languages.sql.syntax.templates import mask

_JINJA_HOSTS = frozenset({"snowflake", "deepnote"})
# Hosts that have a `%%sql` of their own.
_OWN_MAGICS = frozenset({"databricks", "synapse", "sparkmagic"})
# Magics that read templates when they are told to.
_TOLD: Mapping[str, tuple[str, ...]] = {"sparksql": ("-j", "--jinja"), "dql": ("-j", "--jinja2")}
_VALUES = pattern(r"\{\{-?(?P<value>(?:[^{}|\r\n]|\{[^{}]*\})*?)(?:-?\}\}|\||(?=[\r\n]|\Z))")
_STATEMENTS = pattern(
    r"\{%-?\s*(?:for\s+[\w, ]+?\s+in|if|elif|set\s+\w+\s*=)(?P<value>(?:[^%\r\n|]|%(?!\}))*?)(?:-?%\}|\||(?=[\r\n]|\Z))"
)
_BINDS = pattern(r"\{%-?\s*(?:for\s+(?P<for>[\w, ]+?)\s+in|set\s+(?P<set>\w+)|macro\s+\w+\((?P<macro>[^)]*)\))")
_WORDS = pattern(r"(?<![\w.])[A-Za-z_]\w*")


def filled(cell: Cell, host: str, text: str) -> tuple[Fragment, ...]:
    """The expressions of Python in the cell's templates; `text` is its SQL at the cell's offsets."""
    named = cell.magic is not None and cell.magic.name in JUPYSQL_MAGICS and host not in _OWN_MAGICS
    if ("{" not in text and ":" not in text) or not (named or _is_jinja(cell, host)):
        return ()
    bound = {
        word for match in _BINDS.finditer(text) for word in _WORDS.findall(" ".join(g for g in match.groups() if g))
    } | {"loop"}
    made = [span for span in _expressions(text) if bound.isdisjoint(_WORDS.findall(span.of(text)))]
    if named and ":" in text:
        holes = (h for h in mask(text).holes if text[h.start] == ":" and h.start >= cell.body)
        made += [Span(h.start + 1, h.end) for h in holes]
    return tuple(
        Fragment("python", span, judged=False, values=True) for span in sorted(made, key=lambda span: span.start)
    )


def _is_jinja(cell: Cell, host: str) -> bool:
    if cell.magic is None:
        return host in _JINJA_HOSTS
    words = cell.magic.arguments.split()
    return any(option in words for option in _TOLD.get(cell.magic.name, ()))


def _expressions(text: str) -> Iterator[Span]:
    for found in (_VALUES, _STATEMENTS):
        for match in found.finditer(text):
            start, end = match.span("value")
            inner = match["value"]
            if inner.strip():
                start, end = start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())
            elif found is _STATEMENTS and not inner:
                continue  # `{% for x in%}`: nothing can be typed there
            yield Span(start, end)
