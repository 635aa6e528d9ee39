"""`unknown-column`: a column is read that its table certainly does not have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from difflib import get_close_matches

from polycell.core.patterns import pattern
from polycell.core.results import Edit, Finding, Fix
from polycell.core.service import Context
from polycell.core.types import Table
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.uses import Absence, Uses, bound_on_some_paths
from polycell.languages.python.known.frame_attributes import read_as_column

CODE = "unknown-column"
LISTED = 6  # columns named in a message where none is near
WIDEST = 500  # columns among which a near one is looked for


def unknown_columns(context: Context, made: Interpreter, uses: Uses) -> Iterator[Finding]:
    """Findings for the columns that the cell reads and that cannot be there, in order of text. `made` is the
    interpreter at the cell's end, `uses` what it saw."""
    text = context.cell.text
    for absence in sorted(uses.absences(), key=lambda a: (a.span, a.name)):
        shown = absence.span.of(text)
        if not absence.name:
            continue  # an editor closes quotes that are opened: the name is about to be written
        if absence.later and not _is_final(context, made, absence):
            continue
        if absence.attribute and not _is_column(context, absence):
            continue
        if absence.literal and not absence.bare and shown[1:-1] != absence.name and absence.name not in shown:
            continue  # older Pythons do not know where the parts of an f-string stand
        if not bound_on_some_paths(made, absence.owner):
            yield _finding(context, made, absence)


def _is_column(context: Context, absence: Absence) -> bool:
    """Whether `df.x` can only be meant for a column. pandas lets anybody hang attributes on a frame; there it must also
    be near to a column."""
    flavour, text = absence.table.flavour, context.cell.text
    if not read_as_column(flavour, text[absence.span.end : absence.span.end + 200]):
        return False
    given = re.compile(rf"\.\s*{re.escape(absence.name)}\s*=[^=]|attr\(|_accessor\(")
    if any(absence.name in cell.text and given.search(cell.text) for cell in context.notebook.cells):
        return False
    return flavour == "spark" or bool(_near(absence.table, absence.name))


_REMADE = pattern(r"\btransform_\w|\bdata\s*=|\.data\b")


def _is_final(context: Context, run: Interpreter, absence: Absence) -> bool:
    """Whether a field of a chart is missing for good: nothing behind it gives the chart other fields, and it is drawn
    at once, or so near to one that is there that it can only be a slip."""
    if _REMADE.search(context.cell.text, absence.span.end):
        return False
    tree = run.source.tree
    for statement in tree.body if tree is not None else ():
        span = run.source.span(statement)
        if span.start <= absence.span.start < span.end:
            return isinstance(statement, ast.Expr) or bool(_near(absence.table, absence.name))
    return False


def _finding(context: Context, run: Interpreter, absence: Absence) -> Finding:
    table, name = absence.table, absence.name
    near = _near(table, name)
    advice = f"Did you mean `{near}`?" if near else _listed(table)
    if any(c.name == name for c in table.index):
        advice = "It is in the index: `reset_index()` makes it a column."
        near = ""
    fixes: tuple[Fix, ...] = ()
    shown = absence.span.of(context.cell.text)
    quote, inside = ("", shown) if absence.bare else (shown[:1], shown[1:-1])
    unwritable = "'\"\\:.[]()" if absence.bare else f"{quote}\\"
    if (absence.word or absence.attribute) and not near.isidentifier():
        near = ""  # it would need backticks, or a subscript
    if near and absence.literal and inside == name and not set(unwritable) & set(near):
        edit = Edit(context.cell.id, absence.span, f"{quote}{near}{quote}")
        fixes = (Fix(f"Change to `{near}`", (edit,), preferred=near.casefold() == name.casefold()),)
    message = f"`{name}` is not a column of {_owner(run, absence.owner)}. {advice}".rstrip()
    return Finding(CODE, absence.span, message, fixes=fixes)


def _owner(run: Interpreter, owner: ast.expr) -> str:
    """The table in a few words: its name and what made it."""
    if not isinstance(owner, ast.Name):
        text = run.text_of(owner)
        return f"`{text}`" if len(text) <= 40 and "`" not in text else "this table"
    slot = run.slot(owner.id)
    source = slot.source if slot is not None else ""
    return f"`{owner.id}` (`{source}`)" if source and len(source) <= 60 and "`" not in source else f"`{owner.id}`"


def _near(table: Table, name: str) -> str:
    names = [c.name for c in table.columns[:WIDEST]]
    folded = {n.casefold().strip(): n for n in names}
    same = folded.get(name.casefold().strip())
    if same is not None:
        return same
    close = get_close_matches(name, names, 1, 0.75)
    return close[0] if close else ""


def _listed(table: Table) -> str:
    names = [f"`{c.name}`" for c in table.columns if "`" not in c.name]
    if not names:
        return "It has no columns." if not table.columns else ""
    more = len(table.columns) - LISTED
    return f"It has {', '.join(names[:LISTED])}{f' and {more} more' if more > 0 else ''}."
