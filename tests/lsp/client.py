"""A client in the same process: messages in as JSON, messages out as JSON, nothing in between.

`Words` is a language that needs no engine: `name = words` binds a name; TODO is reported; completion offers the names
that are visible, hover says what is known. It makes protocol tests independent of how clever the real languages are.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

from polycell.core.environment import Binding, Exports
from polycell.core.facts import Definition, Facts, Problem, Reference, Use
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.results import Completion, Completions, Finding, Hover
from polycell.core.service import Context, LanguageService, Services, services
from polycell.core.text import Span
from polycell.core.types import STRING, Anchor, Column, Opaque, Table
from polycell.core.values import replace
from polycell.lsp.conversation import PolycellServer
from polycell.lsp.state import State

T = TypeVar("T")

_NAME = re.compile(r"[^\W\d]\w*")


class Words(LanguageService):
    """Python and SQL in one class, sharing names; `frame(a, b)` makes a table with these columns."""

    languages = frozenset({"python", "sql"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        definitions, references, uses = [], [], []
        for found in re.finditer(r"^(\w+) = .*$", cell.code, re.MULTILINE):
            span = Span(*found.span(1)).shift(cell.body)
            definitions.append(Definition(found[1], "variable", span, Span(*found.span()).shift(cell.body)))
        written = {d.span for d in definitions}
        for found in _NAME.finditer(cell.code):
            span = Span(*found.span()).shift(cell.body)
            references.append(Reference(found[0], span, write=span in written, local=span in written))
            if span not in written:
                uses.append(Use(found[0], span))
        problems = [
            Problem(Span(*found.span()).shift(cell.body), "left to do", "todo", "warning")
            for found in re.finditer("TODO", cell.code)
        ]
        return Facts(tuple(definitions), tuple(uses), tuple(references), problems=tuple(problems))

    def exports(self, context: Context) -> Exports:
        made = []
        for d in context.facts.definitions:
            value = d.extent.of(context.cell.text).partition(" = ")[2]
            columns = re.fullmatch(r"frame\((.*)\)", value)
            kind = Table(tuple(Column(c.strip(), STRING) for c in columns[1].split(","))) if columns else Opaque(value)
            made.append(
                Binding(
                    d.name,
                    kind,
                    space=context.cell.language,
                    origin=Anchor.at(context.cell.text, d.span.start, d.name, cell=context.cell.id),
                )
            )
        return Exports(tuple(made))

    def diagnose(self, context: Context) -> Sequence[Finding]:
        return [
            Finding("missing", use.span, f"{use.name} is missing", "information")
            for use in context.facts.uses
            if use.name.startswith("missing_") and context.view.lookup(use.name) is None
        ]

    async def complete(self, context: Context, offset: int) -> Completions:
        await asyncio.sleep(0)
        start = offset
        while start > 0 and (context.cell.text[start - 1].isalnum() or context.cell.text[start - 1] == "_"):
            start -= 1
        prefix = context.cell.text[start:offset]
        replace = Span(start, offset)
        items = []
        for binding in context.view.bindings(prefix):
            items.append(
                Completion(binding.name, "variable", replace, detail="seen", documentation=f"**{binding.name}**")
            )
            if isinstance(binding.type, Table):
                items += [Completion(c.name, "column", replace, rank=10) for c in binding.type.columns]
        if prefix == "many":
            items += [Completion(f"many{n}", "value", replace) for n in range(500)]
        return Completions(tuple(items))

    async def hover(self, context: Context, offset: int) -> Hover | None:
        await asyncio.sleep(0)
        for reference in context.facts.references:
            if reference.span.touches(offset):
                binding = context.view.lookup(reference.name)
                value = binding.type.name if binding is not None and isinstance(binding.type, Opaque) else "?"
                return Hover(f"**{reference.name}** in {context.cell.language}: `{value}`", reference.span)
        return None


def words_services() -> Services:
    return services([Words()])


def words_parts(state: State, on_ready: object) -> tuple[Services, None]:
    return words_services(), None


_MADE: list[Client] = []  # by the test that runs


class Client:
    """`sent` is everything that the server said, in order. Without `library` it is loaded as a real server loads it."""

    def __init__(self, parts: Callable[..., Any] | None = None, idle: float = 0.0, *, library: bool = True) -> None:
        self.server = PolycellServer(parts or words_parts, idle=idle)
        self.server._warm_up = lambda: None  # type: ignore[method-assign]
        # What other servers know is tested with the engines.
        self.server.state.settings = replace(self.server.state.settings, engine="off", scala_engine="off")
        self.server.set_writer(self)
        if library:
            assert self.server.library  # what is asked is handled at once
        self.sent: list[dict[str, Any]] = []
        _MADE.append(self)
        self._ids = 1000  # beyond the ids that recordings use

    def end(self) -> None:
        """Stop listening to files and looking at notebooks."""
        if self.server._sources is not None:
            self.server._sources.close()
        for group in list(self.server.state.groups.values()):
            self.server.scheduler.closed(group.uri)

    def write(self, data: bytes) -> None:
        self.sent.append(json.loads(data.partition(b"\r\n\r\n")[2]))

    def close(self) -> None:
        pass

    def raw(self, message: Any) -> None:
        # As from the wire: nothing that a test keeps is shared with the server.
        self.server.receive(json.loads(json.dumps(message)))

    def notify(self, method: str, params: Any) -> None:
        self.raw({"jsonrpc": "2.0", "method": method, "params": params})

    def ask(self, method: str, params: Any) -> int:
        self._ids += 1
        self.raw({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})
        return self._ids

    async def answer(self, msg_id: int) -> dict[str, Any]:
        async def look() -> list[dict[str, Any]]:
            return [m for m in self.sent if m.get("id") == msg_id and "method" not in m]

        found = await eventually(look, bool)
        assert len(found) == 1, f"{len(found)} answers to request {msg_id}"
        return found[0]

    async def request(self, method: str, params: Any) -> Any:
        answer = await self.answer(self.ask(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    async def start(self, capabilities: Any = None, **more: Any) -> Any:
        said = {"clientInfo": {"name": "test"}, "capabilities": capabilities or {}, "processId": None}
        return await self.request("initialize", {**said, **more})

    async def settled(self) -> None:
        await self.server.scheduler.quiet()

    def diagnostics(self, uri: str) -> list[dict[str, Any]] | None:
        """The set sent last for a document; None when none was ever sent."""
        found = [m["params"] for m in self.sent if m.get("method") == "textDocument/publishDiagnostics"]
        sets = [p["diagnostics"] for p in found if p["uri"] == uri]
        return sets[-1] if sets else None

    def published(self) -> list[tuple[str, list[str]]]:
        """(URI, messages) of every set sent, in order."""
        found = [m["params"] for m in self.sent if m.get("method") == "textDocument/publishDiagnostics"]
        return [(p["uri"], [d["message"] for d in p["diagnostics"]]) for p in found]

    def texts(self, notebook: str) -> list[tuple[str, str]]:
        """(language, text) of the cells of a notebook as the server has them now."""
        snapshot = self.server.state.session.snapshot(notebook)
        assert snapshot is not None
        return [(c.language, c.text) for c in snapshot.notebook.cells]

    # -- shorthands of the protocol

    def open_notebook(self, uri: str, *cells: tuple[str, str], metadata: Any = None) -> None:
        """Cells are (language, text); their URIs are `cell:0`, `cell:1`, …"""
        uris = [f"cell:{uri}#{index}" for index in range(len(cells))]
        self.notify(
            "notebookDocument/didOpen",
            {
                "notebookDocument": {
                    "uri": uri,
                    "notebookType": "jupyter-notebook",
                    "version": 0,
                    "metadata": metadata or {"metadata": {"kernelspec": {"name": "python3", "language": "python"}}},
                    "cells": [
                        {
                            "kind": 1 if language == "markdown" else 2,
                            "document": u,
                            "metadata": {"metadata": {}, "id": u[-1]},
                        }
                        for u, (language, _) in zip(uris, cells, strict=True)
                    ],
                },
                "cellTextDocuments": [
                    {"uri": u, "languageId": language, "version": 1, "text": text}
                    for u, (language, text) in zip(uris, cells, strict=True)
                ],
            },
        )

    def change_notebook(self, uri: str, **change: Any) -> None:
        self.notify("notebookDocument/didChange", {"notebookDocument": {"uri": uri, "version": 1}, "change": change})

    def type_in(self, notebook: str, cell: str, line: int, start: int, end: int, text: str, version: int = 2) -> None:
        change = {"range": {"start": position(line, start), "end": position(line, end)}, "text": text}
        content = {"document": {"uri": cell, "version": version}, "changes": [change]}
        self.change_notebook(notebook, cells={"textContent": [content]})

    def open_text(self, uri: str, language: str, text: str) -> None:
        document = {"uri": uri, "languageId": language, "version": 0, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def edit_text(self, uri: str, text: str, version: int = 1) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    async def complete(self, uri: str, line: int, character: int, trigger: str = "") -> list[dict[str, Any]]:
        context = {"triggerKind": 2, "triggerCharacter": trigger} if trigger else {"triggerKind": 1}
        answer = await self.request("textDocument/completion", {**at(uri, line, character), "context": context})
        return [] if answer is None else list(answer["items"])

    async def hover(self, uri: str, line: int, character: int) -> Any:
        return await self.request("textDocument/hover", at(uri, line, character))


async def eventually(look: Callable[[], Awaitable[T]], is_it: Callable[[T], object]) -> T:
    """What `look` finds once `is_it` holds for it, or what it finds after five minutes, for the slowest machine."""
    until = time.monotonic() + 300
    while True:
        found = await look()
        if is_it(found) or time.monotonic() > until:
            return found
        await asyncio.sleep(0.002)


def position(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def at(uri: str, line: int, character: int) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "position": position(line, character)}


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a test, and end what its servers have begun: a file that is read late would start a pass in a closed loop."""

    async def whole() -> None:
        try:
            await test()
        finally:
            for _ in range(2):  # what a thread has told already comes in the next turn
                for client in _MADE:
                    client.end()
                await asyncio.sleep(0)
            _MADE.clear()

    asyncio.run(whole())
