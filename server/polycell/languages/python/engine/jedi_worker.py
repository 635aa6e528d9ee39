"""jedi as a language server: a process of its own with exactly one thread, for jedi is not thread safe.

It speaks the part of the protocol that the engine asks for, so that ty and jedi are exchangeable behind the bridge.
Offsets are code points here (UTF-32), which is what jedi counts columns in.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from polycell.bridge.framing import Frames, framed, parse

log = logging.getLogger(__name__)

_KINDS: Mapping[str, int] = {
    "module": 9,
    "class": 7,
    "function": 3,
    "instance": 6,
    "param": 6,
    "statement": 6,
    "keyword": 14,
    "property": 10,
    "path": 17,
    "namespace": 9,
}
MOST_EXPLAINED = 40  # items whose type and documentation are looked up: it costs more than completing
CAPABILITIES: Mapping[str, Any] = {
    "positionEncoding": "utf-32",
    "textDocumentSync": {"openClose": True, "change": 1},
    "completionProvider": {"triggerCharacters": ["."]},
    "hoverProvider": True,
    "definitionProvider": True,
    "typeDefinitionProvider": True,
    "signatureHelpProvider": {"triggerCharacters": ["(", ","]},
}


class Worker:
    """The texts that are open and the environment that imports are looked for in."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._environment: Any = None
        self._root = ""

    def initialize(self, params: Mapping[str, Any]) -> Any:
        import jedi

        options = params.get("initializationOptions") or {}
        self._root = _path(params.get("rootUri") or "")
        python = options.get("python")
        if python:
            try:
                self._environment = jedi.create_environment(python, safe=False)
            except Exception as problem:
                log.warning("jedi does not take %s for an environment: %s", python, problem)
        return {"capabilities": CAPABILITIES, "serverInfo": {"name": "jedi", "version": jedi.__version__}}

    def opened(self, params: Mapping[str, Any]) -> None:
        document = params["textDocument"]
        self._texts[document["uri"]] = document["text"]

    def changed(self, params: Mapping[str, Any]) -> None:
        self._texts[params["textDocument"]["uri"]] = params["contentChanges"][-1]["text"]

    def closed(self, params: Mapping[str, Any]) -> None:
        self._texts.pop(params["textDocument"]["uri"], None)

    def complete(self, params: Mapping[str, Any]) -> Any:
        script, line, column = self._at(params)
        found = script.complete(line, column)
        return {"items": [_item(one, len(found) <= MOST_EXPLAINED) for one in found]}

    def hover(self, params: Mapping[str, Any]) -> Any:
        script, line, column = self._at(params)
        parts = []
        for one in script.help(line, column)[:1]:
            signatures = one.get_signatures()
            head = "\n".join(s.to_string() for s in signatures[:3]) or one.description
            parts.append(f"```python\n{head}\n```")
            documentation = one.docstring(raw=True)
            if documentation:
                parts.append(documentation)
        return {"contents": {"kind": "markdown", "value": "\n\n".join(parts)}} if parts else None

    def signature(self, params: Mapping[str, Any]) -> Any:
        script, line, column = self._at(params)
        found = script.get_signatures(line, column)
        if not found:
            return None
        made = [
            {
                "label": one.to_string(),
                "documentation": one.docstring(raw=True),
                "parameters": [{"label": p.to_string()} for p in one.params],
            }
            for one in found
        ]
        return {"signatures": made, "activeSignature": 0, "activeParameter": found[0].index}

    def define(self, params: Mapping[str, Any]) -> Any:
        script, line, column = self._at(params)
        return list(_locations(script.goto(line, column, follow_imports=True), params["textDocument"]["uri"]))

    def define_type(self, params: Mapping[str, Any]) -> Any:
        script, line, column = self._at(params)
        return list(_locations(script.infer(line, column), params["textDocument"]["uri"]))

    def _at(self, params: Mapping[str, Any]) -> tuple[Any, int, int]:
        import jedi

        uri, where = params["textDocument"]["uri"], params["position"]
        path = _path(uri)
        folder = os.path.dirname(path) or self._root or "."
        project = jedi.Project(folder, smart_sys_path=False, added_sys_path=(folder,))
        script = jedi.Script(self._texts[uri], path=path, environment=self._environment, project=project)
        return script, where["line"] + 1, where["character"]


def _path(uri: str) -> str:
    return url2pathname(unquote(urlsplit(uri).path)) if uri.startswith("file:") else ""


def _item(one: Any, explained: bool) -> dict[str, Any]:
    label = one.name_with_symbols
    made: dict[str, Any] = {"label": label, "kind": 2 if one.type == "function" else _KINDS.get(one.type, 6)}
    if explained:
        signatures = one.get_signatures()
        made["detail"] = signatures[0].to_string() if signatures else ""
        made["documentation"] = {"kind": "plaintext", "value": one.docstring(raw=True)}
    return made


def _locations(found: Any, uri: str) -> Iterator[dict[str, Any]]:
    for one in found:
        if one.line is None:
            continue
        start = {"line": one.line - 1, "character": one.column}
        end = {"line": one.line - 1, "character": one.column + len(one.name)}
        where = uri if one.module_path is None or str(one.module_path) == _path(uri) else one.module_path.as_uri()
        yield {"uri": where, "range": {"start": start, "end": end}}


def main() -> None:
    """Answer messages one after the other until the input ends."""
    worker = Worker()
    handlers: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
        "initialize": worker.initialize,
        "textDocument/didOpen": worker.opened,
        "textDocument/didChange": worker.changed,
        "textDocument/didClose": worker.closed,
        "textDocument/completion": worker.complete,
        "textDocument/hover": worker.hover,
        "textDocument/signatureHelp": worker.signature,
        "textDocument/definition": worker.define,
        "textDocument/typeDefinition": worker.define_type,
        "shutdown": lambda params: None,
    }
    inbox = Inbox(os.dup(0))
    outgoing = os.dup(1)
    os.dup2(2, 1)  # what a library prints must not end the conversation
    while (message := inbox.next()) is not None and message["method"] != "exit":
        if message.get("id") in inbox.cancelled:
            answer: dict[str, Any] = {"error": {"code": -32800, "message": "cancelled"}}
        else:
            answer = _answer(handlers.get(message["method"]), message)
        if "id" in message:
            _write(outgoing, framed({"jsonrpc": "2.0", "id": message["id"], **answer}))


class Inbox:
    """What comes in, in order. A thread reads ahead, so that what was cancelled meanwhile is not computed at all."""

    def __init__(self, incoming: int) -> None:
        self.cancelled: set[Any] = set()
        self._incoming = incoming
        self._messages: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="polycell-reader", daemon=True).start()

    def next(self) -> dict[str, Any] | None:
        """The next message; None at the end."""
        return self._messages.get()

    def _read(self) -> None:
        frames = Frames()
        while data := os.read(self._incoming, 1 << 16):
            for body in frames.feed(data):
                message = parse(body)
                if not isinstance(message, dict) or not isinstance(message.get("method"), str):
                    continue
                if message["method"] == "$/cancelRequest":
                    self.cancelled.add((message.get("params") or {}).get("id"))
                else:
                    self._messages.put(message)
        self._messages.put(None)


def _answer(handler: Callable[[Mapping[str, Any]], Any] | None, message: Mapping[str, Any]) -> dict[str, Any]:
    if handler is None:
        return {"error": {"code": -32601, "message": f"no such method: {message['method']}"}}
    params = message.get("params") or {}
    try:
        try:
            return {"result": handler(params)}
        except (EOFError, pickle.UnpicklingError):
            _forget_trees()
            return {"result": handler(params)}
    except RecursionError as problem:
        return {"error": {"code": -32603, "message": f"{type(problem).__name__}: {problem}"}}
    except Exception as problem:  # jedi fails on odd code with errors of any kind
        log.info("%s failed", message["method"], exc_info=True)
        return {"error": {"code": -32603, "message": f"{type(problem).__name__}: {problem}"}}


def _forget_trees() -> None:
    """parso writes the syntax trees of libraries in place: a process that is ended meanwhile leaves half a file, which
    fails whoever reads it from then on."""
    import jedi
    import parso.cache

    parso.cache.clear_cache(jedi.settings.cache_directory)  # type: ignore[no-untyped-call]


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    main()
