"""Hover in Python cells: names, columns, and what their types are."""

from __future__ import annotations

from polycell.core.environment import Binding
from polycell.core.patterns import pattern
from polycell.core.results import Hover
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import (
    NULL,
    Class,
    Column,
    Evidence,
    Function,
    Module,
    Record,
    Row,
    Scalar,
    Table,
    Unknown,
    describe,
)
from polycell.core.values import replace
from polycell.languages.python.columns.mentions import mention_at
from polycell.languages.python.columns.named import column_at
from polycell.languages.python.flow.at_cursor import Place, after_statement, word_end
from polycell.tables.describe import binding_line, column_from, column_type, origin_text, table_markdown

_KIND = pattern(r"```python\n(?P<name>\w+: )(?P<kind>dict|list|tuple|set|frozenset)(?P<held>\[[^\n]*\])?\n```")
_BARE = pattern(r"\b(?:dict|list|tuple|set|frozenset)\b(?!\[)")
_UNKNOWN = pattern(r"\b(?:Unknown|Todo|Never)\b")


def hover(context: Context, offset: int) -> Hover | None:
    """Markdown for the word at the offset, or None."""
    text = context.cell.text
    found = column_at(context, offset)
    if found is not None:
        return Hover(column_markdown(context, found.column), found.span)
    made = mention_at(context, offset)
    if made is not None and made.column is not None:
        return Hover(column_markdown(context, made.column), made.span)
    end = word_end(text, offset)
    place = Place(context, end)
    site = place.site
    if site.comment or site.quote or not site.word:
        return None
    if site.attribute:
        owner = place.type_of(site.receiver)
        fields = dict(owner.fields) if isinstance(owner, Record) and owner.name != "dict" else {}
        known = fields.get(site.word)
        if known is not None and known != Scalar(NULL) and describe(known):  # else an engine may know more
            field = Binding(site.word, known)
            if isinstance(field.type, Table):
                return Hover(binding_markdown(context, field), site.span)
            return Hover(code_block(headline(field, describe(field.type))), site.span)
        return None
    binding = binding_at(context, place)
    return Hover(binding_markdown(context, binding), site.span) if binding is not None else None


def binding_at(context: Context, place: Place) -> Binding | None:
    """What the name at a place is: where it is bound, as it is behind that statement."""
    name = place.site.word
    for reference in context.facts.references:
        if reference.write and reference.span.touches(place.offset):
            made = after_statement(context, reference.span.start)
            slot = made.slot(name)
            if slot is not None:
                return made.binding(name, slot)
    slot = place.run.slot(name)
    return place.run.binding(name, slot) if slot is not None else None


def binding_markdown(context: Context, binding: Binding) -> str:
    described = describe(binding.type)
    table = binding.type.table if isinstance(binding.type, Row) else binding.type
    if isinstance(table, Table):
        heading = f"**{binding.name}** · {described}"
        shown = (heading, binding_line(context.notebook, binding), table_markdown(context.notebook, table))
        return "\n\n".join(filter(None, shown))
    parts = [code_block(headline(binding, described))]
    documentation = getattr(binding.type, "documentation", "")
    if documentation:
        parts.append(documentation.strip())
    where = from_cell(context, binding)
    source = f"`{binding.source.replace('`', chr(39))}`" if binding.source and binding.kind != "import" else ""
    line = " ".join(part for part in (where, source) if part)
    if line:
        parts.append(line)
    return "\n\n".join(parts)


def code_block(text: str) -> str:
    return f"```python\n{text}\n```"


def headline(binding: Binding, described: str) -> str:
    """What is shown as code: a signature, or `name: type`."""
    type_ = binding.type
    if isinstance(type_, Function):
        return f"def {binding.name}{type_.signature}"
    if isinstance(type_, Class):
        return f"class {binding.name}{type_.signature}"
    return f"{binding.name}: {described}" if described else binding.name


def from_cell(context: Context, binding: Binding) -> str:
    """`from cell 3, Python`; nothing for a name of the same cell."""
    if binding.origin is None or binding.origin.cell == context.cell.id:
        return ""
    where = origin_text(context.notebook, binding.origin)
    if not where or binding.origin.uri:
        return f"from {where}" if where else ""
    index = context.notebook.index(binding.origin.cell)
    language = context.notebook.cells[index].language if index is not None else ""
    words = {"python": "Python", "sql": "SQL", "scala": "Scala", "r": "R"}
    return f"from {where}, {words.get(language, language)}" if language else f"from {where}"


def column_markdown(context: Context, column: Column) -> str:
    type_ = column_type(column)
    parts = [code_block(f"{column.name}: {type_}" if type_ else column.name)]
    notes = []
    if column.nullable:
        notes.append("may be missing in some rows")
    if column.maybe:
        notes.append("may not be there")
    where = column_from(context.notebook, column)
    if where:
        notes.insert(0, where if column.evidence is Evidence.USAGE else f"from {where}")
    if notes:
        parts.append("; ".join(notes))
    return "\n\n".join(parts)


def library_name(context: Context, span: Span) -> bool:
    """Whether what is hovered over is a name about which an engine says more than we do: a module, an import, or a
    method, whose documentation we do not keep."""
    name = span.of(context.cell.text)
    place = Place(context, span.end)
    if place.site.quote:
        return False
    if place.site.attribute:
        owner = place.type_of(place.site.receiver)
        return isinstance(owner, (Record, Class)) and any(
            field == name and isinstance(type_, Function)
            for field, type_ in (owner.fields if isinstance(owner, Record) else owner.members)
        )
    binding = binding_at(context, place)
    return binding is not None and binding.name == name and isinstance(binding.type, (Module, Unknown))


def told_by_kind(own: Hover) -> bool:
    """Whether all that is known of a value, or of what is in it, is which builtin holds it (`x: dict`)."""
    known = _KIND.match(own.markdown)
    return known is not None and (known["held"] is None or _BARE.search(known["held"]) is not None)


def with_elements(own: Hover, library: Hover | None) -> Hover:
    """The same with what is in it, as an engine tells (`x: dict[str, int]`)."""
    known = _KIND.match(own.markdown)
    said = library.markdown.partition("```python\n")[2].partition("\n")[0] if library is not None else ""
    if known is None or not said.startswith(f"{known['kind']}[") or _UNKNOWN.search(said):
        return own
    return replace(own, markdown=f"{code_block(known['name'] + said)}{own.markdown[known.end() :]}")


def beside(own: Hover | None, library: Hover | None) -> Hover | None:
    """What a library says about a name, with the place where the notebook has it from."""
    if own is None or library is None:
        return library or own
    if library.markdown.startswith("```xml\n<module"):  # all that ty says about a module
        return own
    where = own.markdown.rpartition("\n\n")[2]
    return Hover(f"{library.markdown}\n\n{where}" if where.startswith("from ") else library.markdown, library.span)
