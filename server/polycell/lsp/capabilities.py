"""What we tell clients that we can, as plain JSON: it is the answer that an editor's start waits for."""

from __future__ import annotations

from typing import Any, get_args

from polycell import __version__
from polycell.core.results import TokenKind, TokenModifier
from polycell.lsp.client import Client

PREVIEW_CHART = "polycell.previewChart"
TRIGGERS = (".", "%", '"', "'", "[", "(", ",", " ", "`", "/")
# The numbers by which tokens and their modifiers are told are places in these.
TOKEN_KINDS: tuple[str, ...] = get_args(TokenKind)
TOKEN_MODIFIERS: tuple[str, ...] = get_args(TokenModifier)
ACTION_KINDS = ("quickfix", "refactor", "source", "source.organizeImports")
REFRESH_DATABASES = "polycell.refreshDatabases"
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
        "typeDefinitionProvider": True,
        "referencesProvider": True,
        "documentHighlightProvider": True,
        "documentSymbolProvider": True,
        "signatureHelpProvider": {"triggerCharacters": ["(", ","], "retriggerCharacters": [")"]},
        "foldingRangeProvider": True,
        "selectionRangeProvider": True,
        "inlayHintProvider": True,
        "callHierarchyProvider": True,
        "workspaceSymbolProvider": True,
        # Beside another Python server's formatter an editor would ask which of the two is meant: see `watch`.
        "documentFormattingProvider": not client.companion,
        "documentRangeFormattingProvider": not client.companion,
        "semanticTokensProvider": {
            "legend": {"tokenTypes": list(TOKEN_KINDS), "tokenModifiers": list(TOKEN_MODIFIERS)},
            "full": True,
            "range": True,
        },
        "renameProvider": {"prepareProvider": True} if client.prepares_renames else True,
        "codeActionProvider": {"codeActionKinds": list(ACTION_KINDS)} if client.code_actions else False,
        "executeCommandProvider": {"commands": [PREVIEW_CHART, REFRESH_DATABASES]},
        "workspace": {"workspaceFolders": {"supported": True, "changeNotifications": True}},
    }
