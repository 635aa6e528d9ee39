"""What is answered before the protocol library is there: the same, and in the same order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from polycell.core.results import NO_COMPLETIONS, Completions
from polycell.core.service import Context, Services, services
from polycell.lsp.plain import Plain
from tests.lsp.client import Client, Words, at, run

BOOK = "file:///folder/book.ipynb"
LAST = f"cell:{BOOK}#1"
CELLS = (("python", "a = words\nab = words\nabc = words"), ("python", "ab"))


def begun(parts: Callable[..., Any] | None = None, **capabilities: Any) -> Client:
    """A client as it is when `initialize` has been answered (`server.Inbox`), with a notebook open."""
    client = Client(parts, library=False)
    client.server.initialize({"clientInfo": {"name": "test"}, "capabilities": capabilities})
    client.notify("initialized", {})
    client.open_notebook(BOOK, *CELLS)
    return client


def labels(answer: dict[str, Any]) -> list[str]:
    return [item["label"] for item in answer["result"]["items"]]


def test_a_completion_is_answered_without_the_library() -> None:
    async def session() -> None:
        there: list[bool] = []  # at each answer
        client = begun()
        write = client.write

        def noted(data: bytes) -> None:
            if b'"id"' in data:
                there.append(client.server._library is not None)
            write(data)

        client.write = noted  # type: ignore[method-assign]
        early = await client.answer(client.ask("textDocument/completion", at(LAST, 0, 2)))
        assert labels(early) == ["ab", "abc"]
        assert there == [False]
        assert client.server.library
        late = await client.answer(client.ask("textDocument/completion", at(LAST, 0, 2)))
        assert late["result"] == early["result"]

    run(session)


def test_a_hover_is_answered_without_the_library_and_afterwards_the_same() -> None:
    async def session() -> None:
        client = begun(textDocument={"hover": {"contentFormat": ["markdown"]}})
        early = await client.answer(client.ask("textDocument/hover", at(LAST, 0, 1)))
        assert early["result"]["contents"] == {"kind": "markdown", "value": "**ab** in python: `words`"}
        assert early["result"]["range"] == {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 2}}
        assert client.server.library
        late = await client.answer(client.ask("textDocument/hover", at(LAST, 0, 1)))
        assert late["result"] == early["result"]

    run(session)


def test_behind_a_shutdown_nothing_is_answered() -> None:
    async def session() -> None:
        client = begun()
        assert client.server.library
        await client.answer(client.ask("shutdown", None))
        assert (await client.answer(client.ask("textDocument/hover", at(LAST, 0, 1))))["error"]["code"] == -32600
        assert (await client.answer(client.ask("textDocument/completion", at(LAST, 0, 1))))["error"]["code"] == -32600

    run(session)


def test_what_the_library_has_to_read_waits_for_it_with_all_that_follows() -> None:
    async def session() -> None:
        client = begun()
        shown = client.ask("textDocument/documentHighlight", at(LAST, 0, 1))
        client.type_in(BOOK, f"cell:{BOOK}#0", 2, 0, 3, "abd")
        after = client.ask("textDocument/completion", at(LAST, 0, 2))
        assert client.server._library is None
        assert client.server.waits
        assert len((await client.answer(shown))["result"]) == 1
        assert labels(await client.answer(after)) == ["ab", "abd"]
        assert not client.server.waits

    run(session)


def test_notifications_are_heard_and_findings_told_without_the_library() -> None:
    async def session() -> None:
        client = begun()
        client.type_in(BOOK, LAST, 0, 0, 2, "x = TODO")
        await client.settled()
        assert client.server._library is None
        assert [found["message"] for found in client.diagnostics(LAST) or ()] == ["left to do"]
        client.notify("workspace/didChangeConfiguration", {"settings": {"severity": {"todo": "loud"}}})
        assert [m["params"]["type"] for m in client.sent if m.get("method") == "window/logMessage"] == [2]
        assert client.server._library is None

    run(session)


def test_what_nobody_can_read_is_refused_by_the_library() -> None:
    async def session() -> None:
        client = begun()
        wrong = client.ask("textDocument/completion", {"textDocument": {"uri": LAST}, "position": 5})
        nothing = client.ask("textDocument/nothing", {})
        assert (await client.answer(wrong))["error"]["code"] == -32602
        assert (await client.answer(nothing))["error"]["code"] == -32601

    run(session)


class Slow(Words):
    """Never answers."""

    async def complete(self, context: Context, offset: int) -> Completions:
        await asyncio.Event().wait()
        return NO_COMPLETIONS


def slow_parts(state: object, on_ready: object) -> tuple[Services, None]:
    return services([Slow()]), None


@pytest.mark.parametrize("later", [False, True], ids=["before the library", "after the library"])
def test_a_completion_that_is_given_up_is_answered_so(later: bool) -> None:
    async def session() -> None:
        client = begun(slow_parts)
        asked = client.ask("textDocument/completion", at(LAST, 0, 2))
        assert not client.server.is_quiet
        if later:
            assert client.server.library
        client.notify("$/cancelRequest", {"id": asked})
        assert (await client.answer(asked))["error"]["code"] == -32800
        assert client.server.is_quiet

    run(session)


def test_a_completion_under_way_ends_with_the_conversation() -> None:
    async def session() -> None:
        client = begun(slow_parts)
        asked = client.ask("textDocument/completion", at(LAST, 0, 2))
        await client.server.plain.drain(0.01)
        assert (await client.answer(asked))["error"]["code"] == -32800

    run(session)


def test_an_answer_that_fails_is_an_error() -> None:
    async def fails() -> None:
        raise ValueError("no such line")

    async def session() -> None:
        replied: list[Any] = []
        plain = Plain({}, {"ask": lambda params: fails()}, lambda number, answer: replied.append((number, answer)))
        assert plain.takes({"method": "ask", "id": 1})
        assert not plain.takes({"method": "tell"})
        assert not plain.takes([1])
        await plain.drain()
        assert replied == [(1, {"error": {"code": -32603, "message": "no such line"}})]

    run(session)


def test_the_client_is_asked_to_tell_of_files_once_the_library_is_there() -> None:
    async def session() -> None:
        watching = {"didChangeWatchedFiles": {"dynamicRegistration": True}}
        client = begun(workspace=watching)
        assert not [m for m in client.sent if m.get("method") == "client/registerCapability"]
        assert client.server.library
        assert [m for m in client.sent if m.get("method") == "client/registerCapability"]

    run(session)
