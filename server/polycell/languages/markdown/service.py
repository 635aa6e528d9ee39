"""The service for markup cells. Blocks of Vega-Lite and Vega in them, which JupyterLab, Quarto and others draw, are
fragments of the chart's language; everything else is prose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polycell.core.facts import Facts, Fragment
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.results import Mention
from polycell.core.service import Context, LanguageService
from polycell.core.text import Span
from polycell.formats.fences import fences
from polycell.formats.languages import canonical

_CHARTS = frozenset({"vega-lite", "vega"})


class MarkdownService(LanguageService):
    languages = frozenset({"markdown"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        return Facts(fragments=tuple(_charts(cell.text, cell.body)) if cell.kind == "markup" else ())

    def spoken(self, context: Context) -> Iterable[str]:
        return ()

    def hidden(self, context: Context, name: str) -> Iterable[Span]:
        return ()

    def mentions(self, context: Context, name: str) -> Iterable[Mention]:
        return ()


def _charts(text: str, start: int) -> Iterator[Fragment]:
    if "```" not in text and "~~~" not in text:
        return
    for fence in fences(text, start, lambda info: False):
        language = canonical(fence.info.strip("{} \t").split(" ")[0].lower())
        # A block in a list or a quote has marks before its lines that are not the specification's.
        if language in _CHARTS and not fence.indent.strip() and fence.inner_end > fence.inner:
            yield Fragment(language, Span(fence.inner, fence.inner_end), dialect="")
