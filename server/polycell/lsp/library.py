"""Requests as the protocol library reads and dispatches them: who handles what.

Loaded behind the first answers, or when the first request comes that takes it (`conversation`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from polycell.lsp import late_types

late_types.load()  # before pygls does: the classes are built at their first use

from lsprotocol import types  # noqa: E402
from pygls.exceptions import FeatureRequestError, JsonRpcContentModified  # noqa: E402
from pygls.lsp.server import LanguageServer  # noqa: E402
from pygls.protocol import default_converter  # noqa: E402

from polycell import __version__  # noqa: E402
from polycell.lsp import (  # noqa: E402
    actions,
    calls,
    completion,
    dependencies,
    folding,
    formatting,
    hints,
    hover,
    renaming,
    requests,
    selection,
    semantic_tokens,
    signature,
    workspace_symbols,
)
from polycell.lsp.asked import Stale  # noqa: E402
from polycell.lsp.conversation import PolycellServer  # noqa: E402
from polycell.lsp.protocol import Protocol  # noqa: E402
from polycell.lsp.state import State  # noqa: E402
from polycell.lsp.watch import offer_formatting, watch_files  # noqa: E402


class Library(LanguageServer):
    """pygls' server, behind the conversation that it is a part of."""

    protocol: Protocol

    def __init__(self, conversation: PolycellServer) -> None:
        self._conversation = conversation
        super().__init__("polycell", __version__, protocol_cls=Protocol, converter_factory=default_converter)
        register(self, conversation)

    def bind(self, params: Any) -> None:
        self._conversation.bind(params)

    def initialize(self, params: Any) -> dict[str, Any]:
        return self._conversation.initialize(params)

    def stop(self, code: int) -> None:
        self._conversation.stop(code)

    def report_server_error(self, error: Exception, source: Any) -> None:
        if source is not FeatureRequestError:  # the answer says so already, and pygls has logged what was not expected
            self._conversation.failed(error)

    def ask(self, method: str) -> None:
        """Send a request whose answer says nothing; it is not waited for."""
        self.protocol.send_request(method, None)

    def register_with_client(self) -> None:
        """Ask the client for what it is asked for once it is there."""
        client = self._conversation.state.client
        watch_files(self, client)
        offer_formatting(self, client)


def register(library: Library, conversation: PolycellServer) -> None:
    """Who handles what."""
    features = library.protocol.fm.features
    for method, handle in conversation.notifications().items():
        features[method] = lambda params, handle=handle: handle(params)
    features[types.WINDOW_WORK_DONE_PROGRESS_CANCEL] = lambda params: conversation.work.cancelled(params)
    features[types.WORKSPACE_EXECUTE_COMMAND] = conversation.execute_command
    answered: Mapping[str, Callable[[State, Any], Any]] = {
        types.TEXT_DOCUMENT_COMPLETION: _complete,
        types.COMPLETION_ITEM_RESOLVE: completion.resolve,
        types.TEXT_DOCUMENT_HOVER: _hover,
        types.TEXT_DOCUMENT_DEFINITION: requests.definition,
        types.TEXT_DOCUMENT_TYPE_DEFINITION: requests.type_definition,
        types.TEXT_DOCUMENT_REFERENCES: requests.references,
        types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: requests.highlight,
        types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: requests.symbols,
        types.TEXT_DOCUMENT_CODE_ACTION: actions.code_action,
        types.TEXT_DOCUMENT_PREPARE_RENAME: renaming.prepare_rename,
        types.TEXT_DOCUMENT_RENAME: renaming.rename,
        types.TEXT_DOCUMENT_SIGNATURE_HELP: signature.signature_help,
        types.TEXT_DOCUMENT_FOLDING_RANGE: folding.folding,
        types.TEXT_DOCUMENT_SELECTION_RANGE: selection.selection_ranges,
        types.TEXT_DOCUMENT_INLAY_HINT: hints.inlay_hints,
        types.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: calls.prepare,
        types.CALL_HIERARCHY_INCOMING_CALLS: calls.incoming,
        types.CALL_HIERARCHY_OUTGOING_CALLS: calls.outgoing,
        types.TEXT_DOCUMENT_FORMATTING: formatting.whole,
        types.TEXT_DOCUMENT_RANGE_FORMATTING: formatting.within,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: semantic_tokens.full,
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: semantic_tokens.within,
        dependencies.METHOD: dependencies.dependencies,
        types.WORKSPACE_SYMBOL: workspace_symbols.workspace_symbols,
    }
    for method, answer in answered.items():
        features[method] = _asynchronous(conversation.state, answer)


async def _complete(state: State, params: types.CompletionParams) -> Any:
    return await completion.completion(state, completion.cursor_of(params))


async def _hover(state: State, params: types.HoverParams) -> Any:
    return await hover.hover(state, params.position)


def _asynchronous(state: State, answer: Callable[[State, Any], Any]) -> Callable[[Any], Any]:
    async def handler(params: Any) -> Any:
        try:
            return await answer(state, params)
        except Stale as stale:
            raise JsonRpcContentModified(str(stale)) from stale

    return handler
