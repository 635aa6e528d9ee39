"""What the client is asked for once it is there: to tell of changed data files (and what it told), and to have its SQL
formatted here where another server formats Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from polycell.core.service import FileChange
from polycell.lsp.client import Client
from polycell.lsp.frame import path_of

PATTERN = (
    "**/*.{csv,tsv,txt,parquet,pq,feather,arrow,arrows,ipc,orc,json,jsonl,ndjson,xlsx,xlsm,db,ddb,duckdb,sqlite,sqlite3,"
    "gz,zip,bz2,xz,zst}"
)
# What tells of dependencies: lists beside notebooks, modules beside them, and what an installer leaves last.
DEPENDENCIES = ("**/*.{toml,yml,yaml,lock,py}", "**/*.dist-info/RECORD", "**/pyvenv.cfg")


def watch_files(server: LanguageServer, client: Client) -> None:
    """Ask the client to tell of changed data files and of what is declared and installed, where it can.

    Its answer is not waited for: some never answer.
    """
    if not client.watches_files:
        return
    options = types.DidChangeWatchedFilesRegistrationOptions(
        [types.FileSystemWatcher(pattern) for pattern in (PATTERN, *DEPENDENCIES)]
    )
    registration = types.Registration(
        "polycell-data-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, server.protocol._converter.unstructure(options)
    )
    server.client_register_capability(types.RegistrationParams([registration]))


def offer_formatting(server: LanguageServer, client: Client) -> None:
    """In companion mode, say that documents in SQL are formatted here, and no others."""
    if not client.companion or not client.registers_formatting:
        return
    selector = types.DocumentRangeFormattingRegistrationOptions([types.TextDocumentFilterLanguage("sql")])
    options = server.protocol._converter.unstructure(selector)
    wanted = (types.TEXT_DOCUMENT_FORMATTING, types.TEXT_DOCUMENT_RANGE_FORMATTING)
    made = [types.Registration(f"polycell-{method}", method, options) for method in wanted]
    server.client_register_capability(types.RegistrationParams(made))


_KINDS: Mapping[int, FileChange] = {1: "created", 2: "changed", 3: "deleted"}


def watched_files(params: Any) -> dict[str, FileChange]:
    """The files that a workspace/didChangeWatchedFiles names, and what happened to each."""
    changes = params.get("changes") if isinstance(params, Mapping) else None
    made: dict[str, FileChange] = {}
    for change in changes if isinstance(changes, list) else ():
        uri = change.get("uri") if isinstance(change, Mapping) else None
        path = path_of(uri) if isinstance(uri, str) else None
        if path:
            kind = change.get("type")
            made[path] = _KINDS.get(kind, "changed") if isinstance(kind, int) else "changed"
    return made
