"""What the client said about itself at `initialize`, read leniently from the raw message.

Capabilities are read from plain JSON, not from typed objects: a client that sends a value newer than our protocol
library must not fail to start, and building the typed tree would cost a tenth of a second of the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell.bridge.positions import Encoding

# Best first: code points are what we count in, so UTF-32 costs nothing.
_PREFERRED: tuple[Encoding, ...] = ("utf-32", "utf-8", "utf-16")


_SHOWING_IMAGES = ("Visual Studio Code", "VSCodium", "code-server", "Cursor", "Code - OSS")


def choose_encoding(offered: object) -> Encoding:
    """The cheapest encoding that the client offers; UTF-16, which every client speaks, when it offers none of ours."""
    if isinstance(offered, Sequence) and not isinstance(offered, str):
        for encoding in _PREFERRED:
            if encoding in offered:
                return encoding
    return "utf-16"


class Client(Struct, frozen=True):
    name: str = ""
    encoding: Encoding = "utf-16"
    roots: tuple[str, ...] = ()  # URIs of the workspace folders
    markdown: bool = True  # hovers and documentation may be Markdown
    label_details: bool = False
    resolves_documentation: bool = False
    insert_replace: bool = False  # a completion may have one range to insert into and one to replace
    hierarchical_symbols: bool = False
    related_information: bool = False
    diagnostic_versions: bool = False
    code_descriptions: bool = False  # a finding's code may lead to a page
    stale_requests: bool = False  # knows what ContentModified means
    watches_files: bool = False
    jupyterlab: bool = False
    code_actions: bool = False  # an action may be more than a command
    preferred_actions: bool = False
    label_offsets: bool = False  # a signature's parameters may be told by their places
    prepares_renames: bool = False
    document_changes: bool = False  # edits may name the version that they are made to
    companion: bool = False  # started beside another Python server
    registers_formatting: bool = False  # can be told later which documents are formatted
    shows_images: bool = False  # a hover may hold a picture as a data URI
    shows_progress: bool = False  # of work that the server began
    shows_documents: bool = False  # can be asked to open a file
    refreshes_hints: bool = False  # can be told to ask again for hints, and for colours
    refreshes_colours: bool = False
    commands: frozenset[str] = frozenset()  # what the client itself can do, by the names of its commands


def read_client(params: object) -> Client:
    """The client of an `initialize` request. Anything missing or misshapen counts as not supported."""
    said = _object(params)
    text = _at(said, "capabilities", "textDocument")
    item = _at(text, "completion", "completionItem")
    resolved = _list(_at(item, "resolveSupport").get("properties"))
    formats = _list(_at(text, "hover").get("contentFormat"))
    folders = folder_uris(said, "workspaceFolders")
    root = said.get("rootUri")
    # jupyterlab-lsp names a folder of its own below the one that it means.
    roots = [uri.removesuffix("/.virtual_documents") for uri in (*folders, root) if isinstance(uri, str) and uri]
    info = _object(said.get("clientInfo"))
    published = _at(text, "publishDiagnostics")
    edits = _at(said, "capabilities", "workspace", "workspaceEdit")
    return Client(
        name=str(info.get("name") or ""),
        encoding=choose_encoding(_at(said, "capabilities", "general").get("positionEncodings")),
        roots=tuple(dict.fromkeys(roots)),
        markdown="markdown" in formats or not formats,
        label_details=item.get("labelDetailsSupport") is True,
        resolves_documentation="documentation" in resolved,
        insert_replace=item.get("insertReplaceSupport") is True,
        hierarchical_symbols=_at(text, "documentSymbol").get("hierarchicalDocumentSymbolSupport") is True,
        related_information=published.get("relatedInformation") is True,
        diagnostic_versions=published.get("versionSupport") is True,
        code_descriptions=published.get("codeDescriptionSupport") is True,
        stale_requests=bool(_at(said, "capabilities", "general", "staleRequestSupport")),
        watches_files=_at(said, "capabilities", "workspace", "didChangeWatchedFiles").get("dynamicRegistration")
        is True,
        jupyterlab=_is_jupyterlab(said, info),
        code_actions=isinstance(_at(text, "codeAction").get("codeActionLiteralSupport"), Mapping),
        preferred_actions=_at(text, "codeAction").get("isPreferredSupport") is True,
        label_offsets=_at(text, "signatureHelp", "signatureInformation", "parameterInformation").get(
            "labelOffsetSupport"
        )
        is True,
        prepares_renames=_at(text, "rename").get("prepareSupport") is True,
        document_changes=edits.get("documentChanges") is True,
        companion=_at(said, "initializationOptions").get("python") == "companion",
        registers_formatting=_at(text, "formatting").get("dynamicRegistration") is True,
        # No capability says so; VS Code and what is built from it call themselves by these names.
        shows_images="markdown" in formats and str(info.get("name") or "").startswith(_SHOWING_IMAGES),
        shows_progress=_at(said, "capabilities", "window").get("workDoneProgress") is True,
        shows_documents=_at(said, "capabilities", "window", "showDocument").get("support") is True,
        refreshes_hints=_at(said, "capabilities", "workspace", "inlayHint").get("refreshSupport") is True,
        refreshes_colours=_at(said, "capabilities", "workspace", "semanticTokens").get("refreshSupport") is True,
        commands=frozenset(c for c in _list(_at(said, "initializationOptions").get("commands")) if isinstance(c, str)),
    )


def folder_uris(holder: object, key: str) -> tuple[str, ...]:
    """URIs of the workspace folders in a list of them."""
    found = (_object(folder).get("uri") for folder in _list(_object(holder).get(key)))
    return tuple(uri for uri in found if isinstance(uri, str) and uri)


def _is_jupyterlab(said: Mapping[str, Any], info: Mapping[str, Any]) -> bool:
    """jupyterlab-lsp names itself nowhere; it is known by where it keeps its documents, or by saying nothing at all."""
    root = str(said.get("rootUri") or "")
    return "/.virtual_documents" in root or (not info and not _object(said.get("capabilities")).get("general"))


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _at(value: object, *keys: str) -> Mapping[str, Any]:
    for key in keys:
        value = _object(value).get(key)
    return _object(value)
