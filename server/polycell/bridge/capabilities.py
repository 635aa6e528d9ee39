"""What the bridge can do as a client, and what a server's answer to `initialize` says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polycell.bridge.positions import Encoding
from polycell.bridge.text import FULL, INCREMENTAL, NONE

# fmt: off
_TOKENS = [
    "namespace", "type", "class", "enum", "interface", "struct", "typeParameter", "parameter", "variable", "property",
    "enumMember", "event", "function", "method", "macro", "keyword", "modifier", "comment", "string", "number",
    "regexp", "operator", "decorator",
]
_MODIFIERS = [
    "declaration", "definition", "readonly", "static", "deprecated", "abstract", "async", "modification",
    "documentation", "defaultLibrary",
]
# fmt: on

# `notebookDocument` is left out whole: the server sees plain texts, and ty never answers when it comes empty.
CAPABILITIES: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-32", "utf-8", "utf-16"]},
    "workspace": {
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "workspaceFolders": True,
    },
    "textDocument": {
        "synchronization": {"dynamicRegistration": True, "didSave": False},
        "completion": {
            "dynamicRegistration": True,
            "contextSupport": True,
            "completionItem": {
                "snippetSupport": False,
                "documentationFormat": ["markdown", "plaintext"],
                "labelDetailsSupport": True,
                "resolveSupport": {"properties": ["documentation", "detail", "additionalTextEdits"]},
            },
        },
        "hover": {"dynamicRegistration": True, "contentFormat": ["markdown", "plaintext"]},
        "signatureHelp": {
            "dynamicRegistration": True,
            "signatureInformation": {
                "documentationFormat": ["markdown", "plaintext"],
                "parameterInformation": {"labelOffsetSupport": True},
                "activeParameterSupport": True,
            },
        },
        "definition": {"dynamicRegistration": True, "linkSupport": False},
        "typeDefinition": {"dynamicRegistration": True, "linkSupport": False},
        "references": {"dynamicRegistration": True},
        "documentHighlight": {"dynamicRegistration": True},
        "selectionRange": {"dynamicRegistration": True},
        "formatting": {"dynamicRegistration": True},
        "inlayHint": {"dynamicRegistration": True},
        "callHierarchy": {"dynamicRegistration": True},
        "diagnostic": {"dynamicRegistration": True, "relatedDocumentSupport": False},
        "publishDiagnostics": {"relatedInformation": True, "versionSupport": True},
        "semanticTokens": {
            "dynamicRegistration": True,
            "requests": {"range": False, "full": True},
            "tokenTypes": _TOKENS,
            "tokenModifiers": _MODIFIERS,
            "formats": ["relative"],
        },
    },
}

# Method → the server capability that announces it.
NEEDED: Mapping[str, str] = {
    "textDocument/completion": "completionProvider",
    "textDocument/hover": "hoverProvider",
    "textDocument/signatureHelp": "signatureHelpProvider",
    "textDocument/definition": "definitionProvider",
    "textDocument/typeDefinition": "typeDefinitionProvider",
    "textDocument/references": "referencesProvider",
    "textDocument/documentHighlight": "documentHighlightProvider",
    "textDocument/selectionRange": "selectionRangeProvider",
    "textDocument/formatting": "documentFormattingProvider",
    "textDocument/inlayHint": "inlayHintProvider",
    "textDocument/prepareCallHierarchy": "callHierarchyProvider",
    "textDocument/diagnostic": "diagnosticProvider",
    "textDocument/semanticTokens/full": "semanticTokensProvider",
}


def encoding_of(capabilities: Mapping[str, Any]) -> Encoding:
    """What the server chose of the encodings offered; UTF-16 where it says nothing."""
    chosen = capabilities.get("positionEncoding")
    return "utf-32" if chosen == "utf-32" else "utf-8" if chosen == "utf-8" else "utf-16"


def sync_kind(capabilities: Mapping[str, Any]) -> int:
    """How it wants to be told of changes: FULL, INCREMENTAL, or NONE (then a text is closed and opened again)."""
    said = capabilities.get("textDocumentSync")
    kind = said.get("change") if isinstance(said, Mapping) else said
    return kind if kind in (NONE, FULL, INCREMENTAL) and isinstance(kind, int) else FULL
