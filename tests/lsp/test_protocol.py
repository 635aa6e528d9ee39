"""What is routed around in pygls: each test fails when its override in `protocol.py` is taken out."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from polycell.core.service import FileChanges, services
from tests.lsp.client import Client, Words, at, eventually, position, run

NB = "file:///w/a.ipynb"
CELL = f"cell:{NB}#0"


async def opened(*cells: tuple[str, str], **more: Any) -> Client:
    client = Client()
    await client.start(**more)
    client.open_notebook(NB, *(cells or (("python", "x = one"), ("python", "x"))))
    return client


def test_close_and_open_of_one_uri_in_one_event_keeps_the_cell() -> None:
    async def test() -> None:
        client = await opened()
        client.change_notebook(
            NB,
            cells={
                "structure": {
                    "array": {"start": 0, "deleteCount": 1, "cells": [{"kind": 2, "document": CELL}]},
                    "didOpen": [{"uri": CELL, "languageId": "sql", "version": 2, "text": "select 1"}],
                    "didClose": [{"uri": CELL}],
                }
            },
        )
        client.type_in(NB, CELL, 0, 7, 8, "23", version=3)
        assert client.texts(NB) == [("sql", "select 23"), ("python", "x")]

    run(test)


def test_notebook_metadata_can_be_cleared() -> None:
    async def test() -> None:
        client = await opened()
        client.change_notebook(NB, metadata={"metadata": {"polyglot": {"dependencies": {"python": ["pandas"]}}}})
        snapshot = client.server.state.session.snapshot(NB)
        assert snapshot is not None
        assert "polyglot" in snapshot.notebook.metadata
        client.change_notebook(NB, metadata={})
        snapshot = client.server.state.session.snapshot(NB)
        assert snapshot is not None
        assert snapshot.notebook.metadata == {}

    run(test)


@pytest.mark.parametrize("strange", ["\f", "\u2028", "\u0085", "\x1c"])
def test_only_line_ends_of_the_protocol_end_lines(strange: str) -> None:
    async def test() -> None:
        client = await opened(("python", f"a = 1 # {strange} here\nb = 2"))
        client.type_in(NB, CELL, 1, 4, 5, "three")
        assert client.texts(NB) == [("python", f"a = 1 # {strange} here\nb = three")]

    run(test)


def test_an_empty_document_and_positions_outside_are_answered() -> None:
    async def test() -> None:
        client = await opened(("python", ""))
        assert await client.complete(CELL, 0, 0) == []
        assert await client.complete(CELL, 99, 99) == []
        client.type_in(NB, CELL, 7, 7, 9, "x = 1")
        assert client.texts(NB) == [("python", "x = 1")]

    run(test)


def test_metadata_that_look_like_messages_are_only_metadata() -> None:
    async def test() -> None:
        client = await opened()
        sample = {"jsonrpc": "2.0", "method": "initialize", "id": 1, "params": {"result": {"jsonrpc": "2.0"}}}
        client.change_notebook(NB, metadata={"metadata": {"example": sample}})
        snapshot = client.server.state.session.snapshot(NB)
        assert snapshot is not None
        assert snapshot.notebook.metadata["example"] == sample

    run(test)


def test_unknown_cells_and_notebooks_are_answered_empty_without_a_file_being_read() -> None:
    async def test() -> None:
        client = await opened()
        where = "file:///etc/hostname"
        assert await client.hover(where, 0, 0) is None
        assert await client.request("textDocument/completion", at(where, 0, 0)) is None
        assert await client.request("textDocument/documentSymbol", {"textDocument": {"uri": where}}) == []
        context = {"context": {"includeDeclaration": True}}
        assert await client.request("textDocument/references", {**at(where, 0, 0), **context}) == []
        client.change_notebook("file:///w/other.ipynb", metadata={})
        client.type_in(NB, "cell:nowhere", 0, 0, 0, "y")
        assert client.texts(NB) == [("python", "x = one"), ("python", "x")]

    run(test)


def test_a_request_is_answered_for_the_state_it_was_asked_at() -> None:
    async def test() -> None:
        client = await opened()
        asked = client.ask("textDocument/hover", at(f"cell:{NB}#1", 0, 0))
        client.type_in(NB, CELL, 0, 4, 7, "two")  # in the same packet: before the handler's task begins
        later = client.ask("textDocument/hover", at(f"cell:{NB}#1", 0, 0))
        assert "`one`" in (await client.answer(asked))["result"]["contents"]["value"]
        assert "`two`" in (await client.answer(later))["result"]["contents"]["value"]

    run(test)


def test_negative_positions_are_clamped() -> None:
    async def test() -> None:
        client = await opened()
        answer = await client.hover(f"cell:{NB}#1", -1, -4)
        assert answer["range"] == {"start": position(0, 0), "end": position(0, 1)}

    run(test)


def test_a_second_initialize_keeps_the_documents() -> None:
    async def test() -> None:
        client = await opened()
        answer = await client.start()
        assert answer["serverInfo"]["name"] == "polycell"
        assert client.texts(NB) == [("python", "x = one"), ("python", "x")]
        assert "`one`" in (await client.hover(f"cell:{NB}#1", 0, 0))["contents"]["value"]

    run(test)


def test_initialize_is_answered_whatever_the_client_says_about_itself() -> None:
    async def test() -> None:
        client = Client()
        strange: Any
        for strange in (None, [], "x", {"capabilities": 3}, {"capabilities": {"textDocument": {"completion": [1]}}}):
            answer = await client.request("initialize", strange)
            assert answer["capabilities"]["positionEncoding"] == "utf-16"

    run(test)


def test_unknown_methods_are_refused_or_ignored_without_a_word_to_the_user() -> None:
    async def test() -> None:
        client = await opened()
        answer = await client.answer(client.ask("metals/whatever", {"deep": [{"jsonrpc": "2.0"}]}))
        assert answer["error"]["code"] == -32601
        client.notify("$/somethingNew", {"value": 1})
        client.notify("metals/status", [{"a": 1}])
        await asyncio.sleep(0)
        assert not [m for m in client.sent if str(m.get("method", "")).startswith("window/")]

    run(test)


def test_parameters_that_cannot_be_read_are_refused_and_the_next_request_is_served() -> None:
    async def test() -> None:
        client = await opened()
        answer = await client.answer(client.ask("textDocument/hover", {"textDocument": 3}))
        assert answer["error"]["code"] == -32602
        assert await client.hover(CELL, 0, 0) is not None
        for garbage in ([], 7, {}, {"id": 1}, {"method": 5}, {"jsonrpc": "2.0", "result": 1, "id": "nobody"}):
            client.raw(garbage)
        for method in ("notebookDocument/didOpen", "notebookDocument/didChange", "textDocument/didChange"):
            params: Any
            for params in (None, [], {"notebookDocument": {"uri": 3}}, {"textDocument": {"uri": NB}}, {"change": 1}):
                client.notify(method, params)
        assert await client.hover(CELL, 0, 0) is not None

    run(test)


def test_errors_reach_the_user_once_and_the_log_always(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        client = await opened()
        client.server.protocol.fm.features["test/broken"] = _raises
        for _ in range(5):
            client.notify("test/broken", {})
        await asyncio.sleep(0)
        shown = [m for m in client.sent if m.get("method") == "window/showMessage"]
        assert len(shown) == 1
        assert "its log" in shown[0]["params"]["message"]

    with caplog.at_level(logging.ERROR, logger="polycell"):
        run(test)
    assert len([r for r in caplog.records if r.name == "polycell.lsp.conversation"]) == 5


def test_jupyterlab_gets_no_dialogs() -> None:
    async def test() -> None:
        client = Client()
        await client.request("initialize", {"capabilities": {}, "rootUri": "file:///w/.virtual_documents"})
        client.server.protocol.fm.features["test/broken"] = _raises
        client.notify("test/broken", {})
        await asyncio.sleep(0)
        assert not [m for m in client.sent if m.get("method") == "window/showMessage"]
        assert [m for m in client.sent if m.get("method") == "window/logMessage"]

    run(test)


def _raises(params: Any) -> None:
    raise RuntimeError("broken")


def test_cancel_answers_and_a_cancel_too_late_is_nothing() -> None:
    async def test() -> None:
        client = await opened()

        async def slow(params: Any) -> None:
            await asyncio.sleep(10)

        client.server.protocol.fm.features["test/slow"] = slow
        asked = client.ask("test/slow", {})
        await asyncio.sleep(0)
        client.notify("$/cancelRequest", {"id": asked})
        assert (await client.answer(asked))["error"]["code"] == -32800
        client.notify("$/cancelRequest", {"id": asked})
        client.notify("$/cancelRequest", {"id": 4711})

    run(test)


def test_after_shutdown_requests_are_refused_and_initialize_begins_anew() -> None:
    async def test() -> None:
        client = await opened()
        pending = client.ask("textDocument/hover", at(CELL, 0, 0))
        assert await client.request("shutdown", None) is None
        assert "result" in await client.answer(pending)
        refused = await client.answer(client.ask("textDocument/hover", at(CELL, 0, 0)))
        assert refused["error"]["code"] == -32600
        await client.start()
        assert await client.hover(CELL, 0, 0) is not None

    run(test)


@pytest.mark.parametrize(("before", "code"), [(True, 0), (False, 1)])
def test_exit_tells_the_transport_to_end(before: bool, code: int) -> None:
    async def test() -> None:
        client = await opened()
        stopped = asyncio.Event()
        client.server.on_stop(stopped.set)
        if before:
            await client.request("shutdown", None)
        client.notify("exit", None)
        assert stopped.is_set()
        assert client.server.exit_code == code

    run(test)


def test_trace_and_folders_are_accepted() -> None:
    async def test() -> None:
        client = await opened()
        client.notify("$/setTrace", {"value": "verbose"})
        client.notify("$/setTrace", {"value": "something new"})
        client.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": []}})
        await asyncio.sleep(0)
        assert not [m for m in client.sent if m.get("method") == "window/showMessage"]

    run(test)


def test_colliding_ids_of_two_windows_are_each_answered() -> None:
    async def test() -> None:
        client = await opened()
        for _ in range(2):
            client.raw({"jsonrpc": "2.0", "id": 77, "method": "textDocument/hover", "params": at(CELL, 0, 0)})

        async def answers() -> list[Any]:
            return [m for m in client.sent if m.get("id") == 77]

        assert ["result" in m for m in await eventually(answers, lambda found: len(found) > 1)] == [True, True]

    run(test)


def test_languages_are_told_of_changed_files() -> None:
    told: list[FileChanges] = []

    class Listening(Words):
        def files_changed(self, files: FileChanges) -> None:
            told.append(files)

    async def test() -> None:
        client = Client(lambda state, on_ready: (services([Listening()]), None))
        await client.start()
        client.open_notebook(NB, ("python", "x = 1"))
        changes = [
            {"uri": "file:///w/a.py", "type": 1},
            {"uri": "file:///w/b.py", "type": 3},
            {"uri": 3},
            {"type": 2},
            3,
        ]
        client.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        client.notify("workspace/didChangeWatchedFiles", {"changes": None})
        assert told == [{"/w/a.py": "created", "/w/b.py": "deleted"}]

    run(test)
