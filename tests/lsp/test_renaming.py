"""textDocument/prepareRename and rename as clients ask for them, with the real languages."""

from __future__ import annotations

import json
from typing import Any

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, run
from tests.lsp.test_actions import BOOK, applied

CAPABILITIES = {
    "textDocument": {"rename": {"prepareSupport": True}},
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}
FRAME = "import pandas as pd\nsales = pd.DataFrame({'a': [1]})"
QUERY = '%%sql t <<\nselect a from "sales" -- 😀 sales\njoin sales s using (a)'


async def started(capabilities: Any = CAPABILITIES, **more: Any) -> Client:
    client = Client(default_parts)
    await client.start(capabilities, **more)
    return client


async def rename(client: Client, uri: str, line: int, character: int, name: str) -> dict[str, Any]:
    """The whole answer, `result` or `error`."""
    return await client.answer(client.ask("textDocument/rename", {**at(uri, line, character), "newName": name}))


def changed(answer: dict[str, Any], texts: dict[str, str]) -> dict[str, str]:
    changes = {c["textDocument"]["uri"]: c["edits"] for c in answer["result"]["documentChanges"]}
    return {uri: applied(texts[uri], edits) for uri, edits in changes.items()}


def test_a_frame_is_renamed_in_python_and_sql() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY), ("python", "t.merge(sales)"))
        uris = [f"cell:{BOOK}#{n}" for n in range(3)]
        prepared = await client.request("textDocument/prepareRename", at(uris[0], 1, 2))
        assert prepared == {
            "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 5}},
            "placeholder": "sales",
        }
        answer = await rename(client, uris[0], 1, 2, "orders")
        assert changed(answer, dict(zip(uris, (FRAME, QUERY, "t.merge(sales)"), strict=True))) == {
            uris[0]: FRAME.replace("sales", "orders"),
            uris[1]: '%%sql t <<\nselect a from "orders" -- 😀 sales\njoin orders s using (a)',
            uris[2]: "t.merge(orders)",
        }
        # The same from SQL, with the quotes that a person may type.
        from_sql = await rename(client, uris[1], 1, 17, '"orders"')
        assert sorted(c["textDocument"]["uri"] for c in from_sql["result"]["documentChanges"]) == uris

    run(test)


def test_the_result_of_a_query_is_renamed() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY), ("python", "t.merge(sales)"))
        uris = [f"cell:{BOOK}#{n}" for n in range(3)]
        answer = await rename(client, uris[2], 0, 0, "totals")
        assert changed(answer, {uris[1]: QUERY, uris[2]: "t.merge(sales)"}) == {
            uris[1]: QUERY.replace("t <<", "totals <<"),
            uris[2]: "totals.merge(sales)",
        }

    run(test)


def test_a_refusal_is_an_error_with_a_sentence() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", FRAME), ("python", "orders = 1"))
        answer = await rename(client, f"cell:{BOOK}#0", 1, 2, "orders")
        assert answer["error"] == {"code": -32803, "message": "`orders` is defined already (Cell 2)."}
        client.open_notebook(f"{BOOK}2", ("python", "print(unheard_of)"))
        msg_id = client.ask("textDocument/prepareRename", at(f"cell:{BOOK}2#0", 0, 8))
        prepared = await client.answer(msg_id)
        assert "outside of the notebook" in prepared["error"]["message"]
        assert client.sent[-1] == prepared  # no window message beside it
        nothing = await client.request("textDocument/prepareRename", at(f"cell:{BOOK}#0", 1, 14))
        assert nothing is None

    run(test)


def test_in_a_script_and_in_json() -> None:
    async def test() -> None:
        client = await started()
        script = "# %%\nimport pandas as pd\nsales = pd.DataFrame({'a': [1]})\n# %% [sql]\nselect a\nfrom sales\n"
        client.open_text("file:///nowhere/a.py", "python", script)
        answer = await rename(client, "file:///nowhere/a.py", 2, 1, "orders")
        uri = "file:///nowhere/a.py"
        assert changed(answer, {uri: script}) == {uri: script.replace("sales", "orders")}
        book = {
            "cells": [
                {"cell_type": "code", "metadata": {}, "source": FRAME.splitlines(True), "outputs": []},
                {"cell_type": "code", "metadata": {}, "source": QUERY, "outputs": []},
            ],
            "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        text = json.dumps(book, indent=1)
        client.open_text(BOOK, "json", text)
        lines = text.split("\n")
        line = next(i for i, one in enumerate(lines) if "sales = " in one)
        answer = await rename(client, BOOK, line, lines[line].index("sales"), "orders")
        after = json.loads(changed(answer, {BOOK: text})[BOOK])
        assert ["".join(c["source"]) for c in after["cells"]] == [
            FRAME.replace("sales", "orders"),
            QUERY.replace('"sales"', '"orders"').replace("join sales", "join orders"),
        ]

    run(test)


def test_beside_another_python_server_only_what_crosses_languages() -> None:
    async def test() -> None:
        client = await started(initializationOptions={"python": "companion"})
        client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY), ("python", "x = 1\nprint(x)"))
        uris = [f"cell:{BOOK}#{n}" for n in range(3)]
        assert (await rename(client, uris[2], 0, 0, "y"))["result"] is None
        crossing = await rename(client, uris[0], 1, 2, "orders")
        assert len(crossing["result"]["documentChanges"]) == 2

    run(test)


def test_while_somebody_types_a_rename_is_for_the_text_it_was_asked_at() -> None:
    async def test() -> None:
        client = await started({**CAPABILITIES, "general": {"staleRequestSupport": {"cancel": True}}})
        client.open_notebook(BOOK, ("python", FRAME), ("python", QUERY))
        asked = client.ask("textDocument/rename", {**at(f"cell:{BOOK}#0", 1, 2), "newName": "orders"})
        client.type_in(BOOK, f"cell:{BOOK}#1", 0, 0, 0, "\n")
        answer = await client.answer(asked)
        assert answer.get("error", {}).get("code") == -32801

    run(test)


def test_the_capability_is_told_as_the_client_understands_it() -> None:
    async def test() -> None:
        for capabilities, told in ((CAPABILITIES, {"prepareProvider": True}), ({}, True)):
            client = Client(default_parts)
            answer = await client.start(capabilities)
            assert answer["capabilities"]["renameProvider"] == told

    run(test)
