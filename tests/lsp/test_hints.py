"""textDocument/inlayHint: what a statement does to a table, types, names of arguments, when they are wanted."""

from __future__ import annotations

from typing import Any

import pytest

from polycell.core.values import replace
from polycell.languages.python.engine import alone
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
        client.type_in(BOOK, f"cell:{BOOK}#1", 3, 0, 5, "df.")  # a line that is being typed hides none above it
        assert await hints(client, f"cell:{BOOK}#1") == [(0, "+ total: double"), (1, "- id")]

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


ABOVE = "import pandas as pd, json\ndf = pd.DataFrame({'id': [1]})\ndef price(amount, rate=2) -> float: ..."
AROUND = (
    "%matplotlib inline\n!ls\nx = 1\ncost = price(x, 3)\nfiles = !ls ('a')\n%time later = price(x, rate=4)\n"
    "some = df[df.id > 1]\nwith open('f') as f: json.load(f)\nquery = %sql select 1\nunknown = nobody(1)\n"
    "%timeit price(5)"
)


async def shown(client: Client, uri: str, text: str) -> str:
    """The text with its hints in brackets."""
    found: list[Any] = await client.request(
        "textDocument/inlayHint",
        {"textDocument": {"uri": uri}, "range": {"start": position(0, 0), "end": position(99, 0)}},
    )
    lines = text.split("\n")
    for hint in sorted(found, key=lambda h: (h["position"]["line"], -h["position"]["character"])):
        line, at = hint["position"]["line"], hint["position"]["character"]
        lines[line] = f"{lines[line][:at]}[{hint['label']}]{lines[line][at:]}"
    return "\n".join(lines)


def test_types_and_arguments_with_magics_around(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "PATIENCE", 60.0)

    async def test() -> None:
        client = Client(default_parts)
        await client.start({}, initializationOptions={"variableTypes": True, "argumentNames": True})
        client.server.state.settings = replace(client.server.state.settings, engine="ty")
        client.open_notebook(BOOK, ("python", ABOVE), ("python", AROUND))
        found = (await shown(client, f"cell:{BOOK}#1", AROUND)).split("\n")
        assert found[:4] == ["%matplotlib inline", "!ls", "x = 1", "cost[: float] = price([amount=]x, [rate=]3)"]
        assert found[5] == "%time later[: float] = price([amount=]x, rate=4)"
        assert found[6] == "some[: DataFrame] = df[df.id > 1]"
        assert "open([file=]'f')" in found[7]
        assert found[8:] == ["query[: ResultSet] = %sql select 1", "unknown = nobody(1)", "%timeit price([amount=]5)"]
        assert found[4] in ("files[: SList] = !ls ('a')", "files[: list[str]] = !ls ('a')")
        client.notify("workspace/didChangeConfiguration", {"settings": {"variableTypes": False}})
        assert "[: " not in await shown(client, f"cell:{BOOK}#1", AROUND)
        await client.server.finish()

    run(test)
