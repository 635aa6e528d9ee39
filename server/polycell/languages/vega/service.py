"""The service for charts: Vega-Lite and Vega cells, and Polynote's viz cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.results import (
    NO_COMPLETIONS,
    Action,
    Completions,
    Finding,
    Fold,
    Hover,
    Location,
    Mention,
    WrittenPath,
)
from polycell.core.service import Context, LanguageService
from polycell.core.text import Span
from polycell.languages.vega import check, mentions
from polycell.languages.vega.actions import of_viz_cell, to_altair
from polycell.languages.vega.complete import complete
from polycell.languages.vega.facts import facts
from polycell.languages.vega.hover import define, hover
from polycell.languages.vega.path_strings import written_path
from polycell.languages.vega.reading import read
from polycell.languages.vega.tree import Tree, walk
from polycell.tables.charts.names import is_path

CHARTS = frozenset({"vega-lite", "vega"})


class VegaService(LanguageService):
    languages = CHARTS | {"viz"}

    def facts(self, cell: Cell, host: Host) -> Facts:
        return facts(cell, host)

    def diagnose(self, context: Context) -> Sequence[Finding]:
        if context.cell.language not in CHARTS or context.facts.problems:
            return ()
        return tuple(check.findings(read(context), context))

    async def complete(self, context: Context, offset: int) -> Completions:
        if context.cell.language not in CHARTS or offset < context.cell.body:
            return NO_COMPLETIONS
        return complete(read(context), offset)

    def path(self, context: Context, offset: int) -> WrittenPath | None:
        return written_path(context.cell.text, offset) if context.cell.language in CHARTS else None

    async def hover(self, context: Context, offset: int) -> Hover | None:
        if context.cell.language not in CHARTS:
            return None
        return hover(read(context), context, offset)

    async def define(self, context: Context, offset: int) -> Sequence[Location]:
        if context.cell.language not in CHARTS:
            return ()
        return define(read(context), context, offset)

    def actions(self, context: Context, span: Span) -> Sequence[Action]:
        return tuple(of_viz_cell(context) if context.cell.language == "viz" else to_altair(context))

    def folds(self, context: Context) -> Sequence[Fold]:
        """Objects and lists over several lines; the line of the closing bracket stays in sight."""
        tree, text = context.facts.analysis, context.cell.text
        if not isinstance(tree, Tree) or tree.root is None:
            return ()
        made = []
        for _, node in walk(tree.root):
            end = text.rfind("\n", node.start, node.end)
            if node.kind in ("object", "array", "data") and node.start >= context.cell.body and end > 0:
                first = text.find("\n", node.start, node.end)
                if first < end:
                    made.append(Fold(Span(node.start, end)))
        return tuple(made)

    def mention_at(self, context: Context, offset: int) -> Mention | None:
        return mentions.mention_at(read(context), offset) if context.cell.language in CHARTS else None

    def mentions(self, context: Context, name: str) -> Iterable[Mention]:
        return mentions.mentions(read(context), name) if context.cell.language in CHARTS else ()

    def inputs(self, context: Context, span: Span) -> Iterable[Mention]:
        return mentions.inputs(read(context), span)

    def column_spelling(self, context: Context, span: Span, name: str) -> str | None:
        """Inside of the marks that stand there; in an expression only what is a word."""
        text = context.cell.text
        quoted = text[span.start - 1 : span.start] in ("'", '"') and text[span.end : span.end + 1] in ("'", '"')
        if is_path(name) or not name.isprintable() or {"'", '"', "\\", "`"} & set(name):
            return None
        return name if quoted or name.isidentifier() else None

    def spoken(self, context: Context) -> Iterable[str]:
        return (reference.name for reference in context.facts.references)

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        """Names stand where the tree says that data or expressions are; only a text that cannot be read hides some."""
        tree = context.facts.analysis
        readable = isinstance(tree, Tree) and tree.root is not None and not tree.mistakes
        return () if readable else super().hidden(context, name)
