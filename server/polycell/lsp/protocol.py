"""Our protocol class: everything that must be routed around in pygls, in one file, each with its own test.

pygls keeps its own copy of every document and updates that before it calls a handler. That copy loses documents
(close and open of one URI in one event), cannot forget metadata, and where its update raises our handler is never
called. So its built-in handlers are replaced, and all text is ours (`polycell.lsp.state`).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Generator, Iterator
from typing import Any
from typing import Protocol as Interface

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException, JsonRpcRequestCancelled
from pygls.protocol import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage, LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

log = logging.getLogger(__name__)

# Read as plain JSON by their handlers: a notification that a strict converter rejects is an edit that is lost for good.
PLAIN = frozenset(
    {
        types.INITIALIZE,
        types.TEXT_DOCUMENT_DID_OPEN,
        types.TEXT_DOCUMENT_DID_CHANGE,
        types.TEXT_DOCUMENT_DID_SAVE,
        types.TEXT_DOCUMENT_DID_CLOSE,
        types.NOTEBOOK_DOCUMENT_DID_OPEN,
        types.NOTEBOOK_DOCUMENT_DID_CHANGE,
        types.NOTEBOOK_DOCUMENT_DID_SAVE,
        types.NOTEBOOK_DOCUMENT_DID_CLOSE,
        types.WORKSPACE_DID_CHANGE_CONFIGURATION,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES,
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS,
        types.WORKSPACE_EXECUTE_COMMAND,
        types.SET_TRACE,
    }
)

INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32600, -32601, -32602
REQUEST_FAILED = -32803  # the request was right and cannot be fulfilled; editors show the message


class _Expected(logging.Filter):
    """Keeps pygls from logging a traceback for answers that are part of the protocol."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        expected = (JsonRpcContentModified, JsonRpcRequestCancelled)
        return not isinstance(error, expected) and getattr(error, "code", None) != REQUEST_FAILED


logging.getLogger("pygls.protocol.json_rpc").addFilter(_Expected())


def _ours(method: str) -> Callable[..., Iterator[Any]]:
    """A built-in handler that does nothing but call the registered one."""

    @lsp_method(method)
    def handler(self: LanguageServerProtocol, params: Any) -> Iterator[Any]:
        ours = self.fm.features.get(method)
        if ours is not None:
            yield ours, (params,), None

    return handler


class Conversation(Interface):
    """What the protocol needs of the server behind it (`conversation.PolycellServer`)."""

    def bind(self, params: Any) -> None: ...
    def initialize(self, params: Any) -> dict[str, Any]: ...
    def stop(self, code: int) -> None: ...


class Protocol(LanguageServerProtocol):
    _server: Conversation  # type: ignore[assignment]

    # -- messages in

    def structure_message(self, data: Any) -> Any:
        """Leave JSON as it is. pygls calls this for every nested object, and takes one with a `jsonrpc` key (such as a
        notebook's metadata may hold) for a message; `handle_message` types the outermost object, and that alone."""
        return data

    def handle_message(self, message: Any) -> None:
        """Type one message and hand it on. Each request is answered, whatever is wrong with it."""
        if not isinstance(message, dict):
            log.warning("ignoring a message that is no JSON object")
            return
        method, msg_id = message.get("method"), message.get("id")
        if not isinstance(method, str):
            self._handle_answer(message)
            return
        message.setdefault("jsonrpc", self.VERSION)
        if self._shutdown and method == types.INITIALIZE:
            self._shutdown = False  # jupyter-lsp: one process, and another browser window begins
        if self._shutdown and method != types.EXIT:
            if msg_id is not None:
                self._refuse(msg_id, INVALID_REQUEST, "the server is shutting down")
            return
        if method != types.CANCEL_REQUEST and not self._is_known(method):
            log.debug("nobody handles %s", method)
            if msg_id is not None:
                self._refuse(msg_id, METHOD_NOT_FOUND, f"no such method: {method}")
            return
        # A request is answered for the state that it was asked at, though its handler may start after later edits.
        self._server.bind(message.get("params") if msg_id is not None else None)
        try:
            typed = self._typed(message, method)
        except Exception as error:
            log.warning("%s has parameters that cannot be read: %s", method, error, exc_info=True)
            if msg_id is not None:
                self._refuse(msg_id, INVALID_PARAMS, f"the parameters of {method} cannot be read: {error}")
            return
        super().handle_message(typed)

    def _is_known(self, method: str) -> bool:
        return method in self.fm.builtin_features or method in self.fm.features

    def _typed(self, message: dict[str, Any], method: str) -> Any:
        if method in PLAIN or method not in types.METHOD_TO_TYPES:
            # pygls would make a named tuple class for every object of an unknown method's parameters.
            params = message.get("params")
            if "id" in message:
                return JsonRPCRequestMessage(message["id"], method, self.VERSION, params)
            return JsonRPCNotification(method, self.VERSION, params)
        _clamp(message.get("params"))
        return super().structure_message(message)

    def _handle_answer(self, message: dict[str, Any]) -> None:
        msg_id = message.get("id")
        if not isinstance(msg_id, (int, str)) or msg_id not in self._request_futures:
            return  # an answer to another client of this process, or to nobody
        self._result_types.pop(msg_id, None)
        error = message.get("error")
        if error is None:
            super().handle_message(JsonRPCResponseMessage(msg_id, self.VERSION, message.get("result")))
            return
        future = self._request_futures.pop(msg_id)
        log.debug("the client answered %r with an error: %s", msg_id, error)
        if not future.done():
            future.set_exception(JsonRpcException(str(error)))

    def _send_response(self, msg_id: int | str, result: Any = None, error: types.ResponseError | None = None) -> None:
        """Send results that are plain JSON as they are. pygls would look at each object in them for its type."""
        if error is not None or not isinstance(result, (dict, list)):
            super()._send_response(msg_id, result, error)
            return
        self._result_types.pop(msg_id, None)
        self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": result})

    def _refuse(self, msg_id: int | str, code: int, text: str) -> None:
        self._send_response(msg_id, None, types.ResponseError(code=code, message=text))

    def _handle_cancel_notification(self, msg_id: int | str) -> None:
        """The request may be long answered: that is normal, not worth a warning."""
        future = self._request_futures.pop(msg_id, None)
        if future is not None:
            future.cancel()

    # -- life cycle

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: Any) -> Any:
        """Answer every `initialize`, also a second one: a JupyterLab server runs one process for all its windows, and
        pygls would drop all documents."""
        return self._server.initialize(params)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Any:
        """Requests under way are still answered: clients that are fed from a file send everything at once."""
        self._shutdown = True

    @property
    def is_ending(self) -> bool:
        """Whether the client has asked for the end, and not begun anew since."""
        return bool(self._shutdown)

    @property
    def is_quiet(self) -> bool:
        """Whether no request of the client is under way. Its own answers are not waited for: some never come."""
        return not any(isinstance(future, asyncio.Future) for future in self._request_futures.values())

    async def drain(self, patience: float = 1.0) -> None:
        """Wait a moment for the requests under way, then cancel what is left of them."""
        futures: list[Any] = list(self._request_futures.values())
        running = [future for future in futures if isinstance(future, asyncio.Future)]
        if running:
            _, left = await asyncio.wait(running, timeout=patience)
            for future in left:
                future.cancel()
            if left:  # which takes as many turns as the request is deep
                await asyncio.wait(left, timeout=patience)
        await asyncio.sleep(0)  # what is done is answered in a callback

    @lsp_method(types.EXIT)
    def lsp_exit(self, *args: Any) -> Any:
        """End the process by way of its transport; `sys.exit` here would leave its threads behind."""
        self._server.stop(0 if self._shutdown else 1)

    @lsp_method(types.SET_TRACE)
    def lsp_set_trace(self, params: Any) -> Any:
        log.debug("$/setTrace %s", params)

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: Any) -> Generator[Any, Any, Any]:
        """pygls calls a command with its arguments as typed objects; ours take the request as it came."""
        result = yield self.fm.features[types.WORKSPACE_EXECUTE_COMMAND], (params,), None
        return result

    @lsp_method(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def lsp_workspace__did_change_workspace_folders(self, params: Any) -> Iterator[Any]:
        ours = self.fm.features.get(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
        if ours is not None:
            yield ours, (params,), None

    lsp_work_done_progress_cancel = _ours(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    lsp_text_document__did_open = _ours(types.TEXT_DOCUMENT_DID_OPEN)
    lsp_text_document__did_change = _ours(types.TEXT_DOCUMENT_DID_CHANGE)
    lsp_text_document__did_close = _ours(types.TEXT_DOCUMENT_DID_CLOSE)
    lsp_notebook_document__did_open = _ours(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    lsp_notebook_document__did_change = _ours(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    lsp_notebook_document__did_close = _ours(types.NOTEBOOK_DOCUMENT_DID_CLOSE)


def _clamp(value: Any) -> None:
    """Make negative line and character numbers zero, in place: jupyterlab-lsp 5.3 sends `"character": -4` for lines
    behind a `%%sql` line with arguments, and pygls would neither accept nor answer that."""
    stack = [value]
    while stack:
        found = stack.pop()
        if isinstance(found, dict):
            for key in ("line", "character"):
                number = found.get(key)
                if isinstance(number, int) and number < 0:
                    found[key] = 0
            # Only positions and what holds them: notebook metadata, settings and texts stay as they are.
            stack.extend(
                found[key] for key in ("position", "range", "start", "end", "positions", "context") if key in found
            )
        elif isinstance(found, list):
            stack.extend(found)
