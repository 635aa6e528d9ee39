"""What is certainly wrong with the tables that a cell works on: columns that are not there, joins that fail."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Edit, Finding, Fix
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.python.columns.unknown import unknown_columns
from polycell.languages.python.flow.exports import ANYTHING, run
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.uses import Refused, Uses, bound_on_some_paths

# A cell without any of these names no column (`df.x` does, without a call) and joins no tables.
_CONCERNS = pattern(r"""["'\[]|\b(?:merge|join|hstack)\b|[\w)]\.[^\W\d]\w*\b(?!\s*\()""")


def table_findings(context: Context) -> Iterator[Finding]:
    if _CONCERNS.search(context.cell.text) is None or context.view.opens():
        return  # whatever ran unseen may have changed a table
    if context.view.with_overlay({}, "sql").lookup(ANYTHING) is not None:
        return
    uses = Uses()
    made = run(context, uses=uses)
    yield from unknown_columns(context, made, uses)
    for refused in uses.refusals():
        if not bound_on_some_paths(made, refused.call):
            yield _finding(context, made, refused)


def _finding(context: Context, run: Interpreter, refused: Refused) -> Finding:
    fixes = []
    for remedy in refused.refusal.remedies:
        end = run.source.span(remedy.behind).end
        fixes.append(Fix(remedy.title, (Edit(context.cell.id, Span(end, end), remedy.text),)))
    span, message = refused.span, refused.refusal.message
    if refused.matter == "merge-key-types":
        return Finding("merge-key-types", span, message, fixes=tuple(fixes))
    return Finding("duplicate-columns", span, message, fixes=tuple(fixes))
