"""Facts of a Scala cell: definitions, references and imports, from its outline."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.facts import Definition, DefinitionKind, Facts, Import, Reference, Use
from polycell.core.notebook import Cell
from polycell.core.text import Span
from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.outline import Kind, Outline, outline
from polycell.languages.scala.sql_strings import sql_strings
from polycell.languages.scala.text import scala_text

_KINDS: dict[Kind, DefinitionKind] = {
    "val": "variable",
    "def": "function",
    "class": "class",
    "object": "class",
    "trait": "class",
    "type": "class",
}


def facts(cell: Cell) -> Facts:
    text = scala_text(cell)
    found = outline(text)
    definitions = tuple(Definition(n.name, _KINDS[n.kind], n.span, n.extent) for n in found.names if n.kind in _KINDS)
    references = tuple(_references(found))
    own = {n.name for n in found.names}
    uses = {r.name: r.span for r in reversed(references) if not r.write and r.name not in own}
    return Facts(
        definitions,
        # Guarded: what a name means is the compiler's to say, and no rule of ours calls one missing.
        tuple(Use(name, span, guarded=True) for name, span in uses.items()),
        references,
        tuple(Import(i.text.removeprefix("import").strip(), i.span, star=i.star) for i in found.imports),
        fragments=tuple(sql_strings(text, tokens(text))),
        analysis=found,
    )


def _references(found: Outline) -> Iterator[Reference]:
    """Occurrences of names that mean the same all over the cell; what inner scopes may bind is left to the compiler."""
    given = {name.span: name for name in found.names}
    own = {name.name for name in found.names}
    seen: set[Span] = set()
    for name, span in found.mentions:
        seen.add(span)
        if span in given:
            yield Reference(name, span, write=True)
        elif name not in found.local:
            yield Reference(name, span, local=name in own)
