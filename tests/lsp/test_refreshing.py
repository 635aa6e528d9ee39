"""What a client shows of one cell may be another thing after an edit of another cell: it is told to ask again."""

from __future__ import annotations

from typing import Any

from tests.lsp.client import Client, run

BOOK = "file:///w/a.ipynb"
HINTS, COLOURS = "workspace/inlayHint/refresh", "workspace/semanticTokens/refresh"
ABLE = {"workspace": {"inlayHint": {"refreshSupport": True}, "semanticTokens": {"refreshSupport": True}}}


async def opened(capabilities: Any = None, **options: Any) -> Client:
    client = Client()
    await client.start(ABLE if capabilities is None else capabilities, initializationOptions=options)
    client.notify("initialized", {})
    client.open_notebook(BOOK, ("python", "a = words"), ("python", "b = a"), ("python", "missing_c"))
    await client.settled()
    assert refreshes(client) == []  # what has just been opened is asked for anyway
    return client


def refreshes(client: Client) -> list[str]:
    """Those sent since the last look."""
    found = [m["method"] for m in client.sent if str(m.get("method")).endswith("/refresh")]
    client.sent.clear()
    return found


async def edit(client: Client, cell: int, text: str) -> list[str]:
    content = {"document": {"uri": f"cell:{BOOK}#{cell}", "version": 2}, "changes": [{"text": text}]}
    client.change_notebook(BOOK, cells={"textContent": [content]})
    await client.settled()
    return refreshes(client)


def test_an_edit_has_the_hints_of_other_cells_asked_for_again() -> None:
    async def test() -> None:
        client = await opened(variableTypes=True)
        assert HINTS in await edit(client, 0, "a = others")
        structure = {"array": {"start": 0, "deleteCount": 1, "cells": []}, "didOpen": [], "didClose": []}
        client.change_notebook(BOOK, cells={"structure": structure})
        await client.settled()
        assert HINTS in refreshes(client)

    run(test)


def test_colours_only_where_other_cells_were_judged_again() -> None:
    async def test() -> None:
        client = await opened()
        assert await edit(client, 1, "b = a + a") == []
        assert await edit(client, 0, "missing_c = words") == [COLOURS]

    run(test)


def test_a_document_of_its_own_is_asked_about_by_the_client() -> None:
    async def test() -> None:
        client = Client()
        await client.start(ABLE, initializationOptions={"variableTypes": True})
        client.open_text("file:///w/a.py", "python", "# %%\na = words\n# %%\nmissing_c")
        await client.settled()
        client.edit_text("file:///w/a.py", "# %%\nmissing_c = words\n# %%\nmissing_c")
        await client.settled()
        assert refreshes(client) == []

    run(test)


def test_nobody_is_asked_for_what_is_not_shown_or_not_understood() -> None:
    async def test() -> None:
        client = await opened()
        assert HINTS not in await edit(client, 0, "missing_c = others")
        client = await opened({}, variableTypes=True)
        assert await edit(client, 0, "missing_c = others") == []

    run(test)


def test_a_setting_of_hints_counts_at_once() -> None:
    async def test() -> None:
        client = await opened()
        for value in (True, False):
            client.notify("workspace/didChangeConfiguration", {"settings": {"argumentNames": value}})
            assert refreshes(client) == [HINTS]
        client.notify("workspace/didChangeConfiguration", {"settings": {"argumentNames": False}})
        assert refreshes(client) == []

    run(test)
