"""What is loaded while nobody waits: after the answer to `initialize`, in a thread."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from lsprotocol import types

from polycell.core.values import replace
from polycell.lsp import garbage

log = logging.getLogger(__name__)

_REHEARSAL = (
    ("python", "import pandas as pd\ndf = pd.DataFrame({'a': [1], 'b': ['x']})"),
    ("sql", "select a from df"),
    ("python", "%%sql total <<\nselect b, count(*) as n from df group by b"),
    ("python", "total['n']\n"),
)


def warm_up(converter: Any) -> None:
    """Go once through everything that the first requests need. Never raises.

    What reads files (pyarrow) stays out: its readers have threads of their own, and many notebooks need none.
    """
    try:
        _converters(converter)
        _rehearse()
    except Exception:
        log.exception("warming up failed")
    garbage.keep_what_is_loaded()


def _rehearse() -> None:
    """A small notebook of its own, with services of its own: what the languages import late is imported now."""
    from polycell import compose
    from polycell.core import features
    from polycell.core.notebook import Notebook
    from polycell.core.session import Session
    from polycell.formats.cells import make_cell
    from polycell.formats.model import CellSource

    notebook = Notebook("rehearsal:")
    sources = [CellSource(f"c{n}", text, declared=name) for n, (name, text) in enumerate(_REHEARSAL)]
    session = Session(compose.default_services())
    for language in session.services.languages:
        session.services.of(language)
    snapshot = session.update(replace(notebook, cells=tuple(make_cell(source, notebook) for source in sources)))
    for index in range(len(sources)):
        features.findings(snapshot, index)
        features.symbols(snapshot, index)

    async def ask() -> None:
        for cell in snapshot.notebook.cells:
            await features.complete(snapshot, session.services, cell.id, len(cell.text))
            await features.hover(snapshot, session.services, cell.id, 3)

    asyncio.run(ask())


def _converters(converter: Any) -> None:
    asked = {"textDocument": {"uri": "x:"}, "position": {"line": 0, "character": 0}}
    for method in (types.TEXT_DOCUMENT_COMPLETION, types.TEXT_DOCUMENT_HOVER, types.TEXT_DOCUMENT_DEFINITION):
        message = {"jsonrpc": "2.0", "id": 0, "method": method, "params": asked}
        converter.structure(message, types.METHOD_TO_TYPES[method][0])
    start = types.Position(0, 0)
    where = types.Range(start, start)
    item = types.CompletionItem("x", kind=types.CompletionItemKind.Field, text_edit=types.TextEdit(where, "x"))
    item.label_details = types.CompletionItemLabelDetails(description="x")
    converter.unstructure(types.CompletionList(False, [item]))
    converter.unstructure(types.Hover(types.MarkupContent(types.MarkupKind.Markdown, "x"), where))
    converter.unstructure(types.PublishDiagnosticsParams("x:", [types.Diagnostic(where, "x", code="x")], 1))
