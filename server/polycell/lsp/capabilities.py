"""What we tell clients that we can, as plain JSON: it is the answer that an editor's start waits for."""

from __future__ import annotations

from typing import Any

from polycell import __version__
from polycell.lsp.client import Client

TRIGGERS = (".", '"', "'", "[", "(", ",", " ", "`")
_INCREMENTAL = 2  # TextDocumentSyncKind


def initialize_result(client: Client) -> dict[str, Any]:
    """The answer to `initialize`, in the encoding that was agreed on."""
    return {"capabilities": capabilities(client), "serverInfo": {"name": "polycell", "version": __version__}}


def capabilities(client: Client) -> dict[str, Any]:
    return {
        "positionEncoding": client.encoding,
        "textDocumentSync": {"openClose": True, "change": _INCREMENTAL, "save": {"includeText": False}},
        # Every notebook type and every cell, markup too: indices in messages count only what is selected.
        "notebookDocumentSync": {"notebookSelector": [{"notebook": "*"}], "save": True},
        "completionProvider": {
            "triggerCharacters": list(TRIGGERS),
            "resolveProvider": True,
            "completionItem": {"labelDetailsSupport": True},
        },
        "hoverProvider": True,
        "definitionProvider": True,
        "referencesProvider": True,
        "documentHighlightProvider": True,
        "documentSymbolProvider": True,
        "signatureHelpProvider": {"triggerCharacters": ["(", ","], "retriggerCharacters": [")"]},
        "foldingRangeProvider": True,
        "inlayHintProvider": True,
        "workspaceSymbolProvider": True,
        "renameProvider": {"prepareProvider": True} if client.prepares_renames else True,
        "codeActionProvider": {"codeActionKinds": ["quickfix", "refactor", "source"]} if client.code_actions else False,
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
