"""What is loaded while nobody waits: after the answer to `initialize`, in a thread."""

from __future__ import annotations

import importlib
import logging
from typing import Any

from lsprotocol import types

log = logging.getLogger(__name__)

_MODULES = ("polycell.compose", "polycell.formats.registry", "sqlglot", "pyarrow")


def warm_up(converter: Any) -> None:
    """Import the heavy libraries and let cattrs compile what the first requests need. Never raises."""
    for name in _MODULES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            log.info("not loaded ahead: %s", error)
    try:
        _converters(converter)
    except Exception:
        log.exception("warming up failed")


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
