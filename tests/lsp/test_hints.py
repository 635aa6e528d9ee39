"""textDocument/inlayHint: what a statement does to a table, when the user wants to see it."""

from __future__ import annotations

from typing import Any

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, position, run
from tests.lsp.test_actions import BOOK

CELLS = (
    ("python", "import pandas as pd\ndf = pd.DataFrame({'id': [1], 'price': [2.5]})"),
    ("python", "df['total'] = df['price'] * 2\ndf = df.drop(columns=['id'])\nprint(df)\nx = 1"),
)


async def hints(client: Client, uri: str, lines: int = 99) -> list[tuple[int, str]]:
    shown = {"start": position(0, 0), "end": position(lines, 0)}
    found: list[Any] = await client.request("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": shown})
    return [(hint["position"]["line"], hint["label"]) for hint in found]


def test_schema_changes_are_shown_when_wanted() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start({}, initializationOptions={"inlayHints": True})
        client.open_notebook(BOOK, *CELLS)
        assert await hints(client, f"cell:{BOOK}#0") == []
        assert await hints(client, f"cell:{BOOK}#1") == [(0, "+ total: double"), (1, "- id")]
        assert await hints(client, f"cell:{BOOK}#1", 1) == [(0, "+ total: double")]

    run(test)


def test_renamed_columns_are_told_as_such() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start({}, initializationOptions={"inlayHints": True})
        rename = "df = df.rename(columns={'id': 'key'})\ndf.columns = ['key', 'cost']\ndf.columns = ['cost', 'key']"
        client.open_notebook(BOOK, CELLS[0], ("python", rename))
        found = await hints(client, f"cell:{BOOK}#1")
        assert found[:2] == [(0, "id → key"), (1, "price → cost")]
        assert found[2] == (2, "key: double, cost: int64") or found[2] == (2, "cost: int64, key: double")

    run(test)


def test_nothing_is_shown_unasked() -> None:
    async def test() -> None:
        client = Client(default_parts)
        await client.start({})
        client.open_notebook(BOOK, *CELLS)
        assert await hints(client, f"cell:{BOOK}#1") == []

    run(test)
