"""Queries that one cell writes and another sends: `QUERY = "select …"`, and further down `pd.read_sql(QUERY, con)`; and
those that a cell hands to a function of the notebook that sends them.

What all cells send by a name that they do not bind is gathered, and which functions send their argument. Such a text is
a fragment when it begins like SQL, seen as from the end of the cell that sends it: its tables may be made in between.
"""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator

from polycell.core.facts import Facts, Fragment
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.values import replace
from polycell.languages.python.syntax.bound_texts import bound_texts
from polycell.languages.python.syntax.built_texts import Bound, Built, built, recipe_of
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.sql_literals import SentName, begins_like_sql, fragment_of, may_send, sent_names

SENT = "queries that cells send by name"
# The first letter behind a quote is looked at before words are read in any case, which takes three times as long.
_BEGINS = pattern(
    r"""["'][\s\\n]*(?=[(/\-swfiudcmSWFIUDCM])"""
    r"""(?i:--|/\*|\(|(?:select|with|from|insert|update|delete|create|merge)\s)"""
)


class Sent:
    """Of each cell, the names that it sends."""

    name = SENT

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        source = facts.analysis
        if cell.language != "python" or not isinstance(source, PythonSource) or not may_send(source):
            return ()
        return tuple(sorted(set(sent_names(source))))

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()


def sent_elsewhere(context: Context) -> Iterator[Fragment]:
    """The queries of a cell that other cells send, by a name below or in a function above."""
    source = context.facts.analysis
    if not isinstance(source, PythonSource) or source.tree is None or not _BEGINS.search(source.code):
        return
    gathered = context.view.gathered(SENT)
    if not gathered:
        return
    places = {cell.id: index for index, cell in enumerate(context.notebook.cells)}
    functions: dict[str, SentName] = {}
    known = {fragment.span.start for fragment in context.facts.fragments}
    bound = bound_texts(source.tree)
    end = ast.copy_location(ast.Name("", ast.Load()), source.tree.body[-1]) if source.tree.body else ast.Name("")
    end.lineno, end.col_offset = len(source.lines.starts) + 1, 0
    for cell, items in gathered:
        for sent in items:
            if not isinstance(sent, SentName):
                continue
            if sent.function:
                functions[sent.name] = sent
            elif places.get(cell, -1) > context.index:
                named = ast.copy_location(ast.Name(sent.name, ast.Load()), end)
                found = _built(context, source, _filled(named, sent), bound)
                if found is not None and found.span.start not in known:
                    known.add(found.span.start)
                    yield replace(fragment_of(found, sent.dialect, sent.connection), seen_in=cell, judged=False)
    for node in source.calls if functions else ():
        sent_by = functions.get(node.func.id) if isinstance(node.func, ast.Name) else None
        given = _argument(node, sent_by) if sent_by is not None else None
        found = _built(context, source, given, bound) if given is not None else None
        if sent_by is not None and found is not None and found.span.start not in known:
            known.add(found.span.start)
            yield replace(fragment_of(found, sent_by.dialect, sent_by.connection), judged=False)


def _built(context: Context, source: PythonSource, node: ast.expr, bound: Bound) -> Built | None:
    recipe = recipe_of(node, bound)
    found = built(source, context.cell.text, recipe) if recipe is not None else None
    return found if found is not None and begins_like_sql(found.text) else None


def _filled(named: ast.expr, sent: SentName) -> ast.expr:
    """The expression by which a name was sent, as far as it matters."""
    if not sent.style:
        return named
    given = [ast.keyword(name, ast.Constant(value)) for name, value in sent.fills]
    if sent.style == "percent":
        values = ast.Dict([ast.Constant(name) for name, _ in sent.fills], [ast.Constant(v) for _, v in sent.fills])
        return ast.BinOp(named, ast.Mod(), values)
    method = {"format": "format", "template": "substitute", "jinja": "render"}[sent.style]
    return ast.Call(ast.Attribute(named, method, ast.Load()), [], given)


def _argument(call: ast.Call, sent: SentName) -> ast.expr | None:
    named = next((k.value for k in call.keywords if k.arg == sent.argument), None)
    return named or (call.args[sent.position] if len(call.args) > sent.position else None)
