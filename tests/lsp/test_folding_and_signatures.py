"""signatureHelp, foldingRange and workspace/symbol, with the real languages."""

from __future__ import annotations

from typing import Any

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, position, run
from tests.lsp.test_actions import BOOK

OFFSETS = {
    "textDocument": {"signatureHelp": {"signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}}}
}
PRICE = 'def price(a, b: int = 1, *rest, unit="é") -> float:\n    """What it costs."""\n    return a'


async def started(capabilities: Any = OFFSETS, **more: Any) -> Client:
    client = Client(default_parts)
    await client.start(capabilities, **more)
    return client


async def signature(client: Client, uri: str, line: int, character: int) -> tuple[str, str | None] | None:
    """(label, text of the parameter that is being written)."""
    answer = await client.request("textDocument/signatureHelp", at(uri, line, character))
    if answer is None:
        return None
    one = answer["signatures"][answer["activeSignature"]]
    active = answer.get("activeParameter")
    if active is None:
        return one["label"], None
    start, end = one["parameters"][active]["label"]
    return one["label"], one["label"][start:end]


def test_signature_of_a_function_of_the_notebook() -> None:
    async def test() -> None:
        client = await started()
        calls = [
            "price(",
            "price(1, [2, 3",
            "price(1, 2, 3, 4",
            'x = [price(1, unit="',
            "price(1).y",
            "print(price(1), ",
            "# price(",
        ]
        client.open_notebook(BOOK, ("python", PRICE), *(("python", call) for call in calls))
        found = [await signature(client, f"cell:{BOOK}#{n + 1}", 0, len(call)) for n, call in enumerate(calls)]
        expected = ["a", "b: int=1", "*rest", "unit='é'", None, None, None]
        assert [one and one[1] for one in found] == expected
        assert found[0] is not None
        assert found[0][0].startswith("price(a, ")
        answer = await client.request("textDocument/signatureHelp", at(f"cell:{BOOK}#1", 0, 6))
        assert "What it costs" in answer["signatures"][0]["documentation"]["value"]

    run(test)


def test_signature_of_a_sql_function() -> None:
    async def test() -> None:
        client = await started()
        text = "%%sql\nselect date_trunc('month', sold"
        client.open_notebook(
            BOOK, ("python", "import duckdb"), ("python", text), ("python", "%%sql\nselect no_such(1, ")
        )
        found = await signature(client, f"cell:{BOOK}#1", 1, 31)
        assert found is not None
        assert found[0].startswith("date_trunc(")
        assert found[1] == found[0][found[0].index(", ") + 2 : found[0].index(")")]
        assert await signature(client, f"cell:{BOOK}#2", 1, 18) is None
        assert await signature(client, f"cell:{BOOK}#1", 0, 3) is None

    run(test)


def test_beside_another_python_server_no_python_signatures() -> None:
    async def test() -> None:
        client = await started(initializationOptions={"python": "companion"})
        client.open_notebook(BOOK, ("python", PRICE), ("python", "price("))
        assert await signature(client, f"cell:{BOOK}#1", 0, 6) is None

    run(test)


async def folds(client: Client, uri: str) -> list[tuple[int, int, str | None]]:
    found = await client.request("textDocument/foldingRange", {"textDocument": {"uri": uri}})
    return [(f["startLine"], f["endLine"], f.get("kind")) for f in found]


def test_folding_of_a_script() -> None:
    async def test() -> None:
        client = await started()
        script = (
            "# %%\nimport os\nimport sys\n\ndef f():\n    return 1\n\n# %% [sql]\n"
            "with a as (\n  select 1\n)\nselect * from a\n\n# %%\nx = 1\n"
        )
        client.open_text("file:///nowhere/a.py", "python", script)
        found = await folds(client, "file:///nowhere/a.py")
        assert (1, 2, "imports") in found
        assert (4, 5, None) in found
        assert (8, 10, None) in found
        cells = [f for f in found if f[0] in (0, 7, 13)]
        assert [f[0] for f in cells] == [0, 7, 13]
        assert all(start < end for start, end, _ in found)

    run(test)


def test_folding_of_a_cell() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", PRICE), ("markdown", "# a\n\nb"), ("python", "x = (\n1"))
        assert await folds(client, f"cell:{BOOK}#0") == [(0, 2, None)]
        assert await folds(client, f"cell:{BOOK}#1") == []
        assert await folds(client, f"cell:{BOOK}#2") == []

    run(test)


def test_names_of_all_open_notebooks() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", PRICE), ("python", "%%sql prices <<\nselect 1 as a"))
        client.open_text("file:///nowhere/a.py", "python", "# %%\nunit_price = 1\n# %%\nx = 2\n")
        found = await client.request("workspace/symbol", {"query": "price"})
        assert [(s["name"], s["containerName"]) for s in found] == [
            ("price", "book.ipynb, cell 1"),
            ("prices", "book.ipynb, cell 2"),
            ("unit_price", "a.py, cell 1"),
        ]
        assert found[1]["location"]["uri"] == f"cell:{BOOK}#1"
        assert len(await client.request("workspace/symbol", {"query": ""})) == 4
        assert await client.request("workspace/symbol", {"query": "zzz"}) == []

    run(test)


def test_selections_grow_in_cells_and_in_scripts() -> None:
    async def test() -> None:
        client = await started({})
        client.open_notebook(BOOK, ("python", "x = foo(a.b)"))

        async def chains(uri: str, line: int, *characters: int) -> list[list[tuple[int, int]]]:
            places = [position(line, character) for character in characters]
            answer = await client.request("textDocument/selectionRange", {**at(uri, 0, 0), "positions": places})
            made = []
            for one in answer:
                steps = []
                while one is not None:
                    steps.append((one["range"]["start"]["character"], one["range"]["end"]["character"]))
                    one = one.get("parent")
                made.append(steps)
            return made

        within, word = await chains(f"cell:{BOOK}#0", 0, 11, 0)
        assert within == [(10, 11), (8, 11), (7, 12), (4, 12), (0, 12)]
        assert word == [(0, 1), (0, 12)]
        client.open_text("file:///a.py", "python", "# %%\nx = foo(1)\n# %%\ny = 2\n")
        assert (await chains("file:///a.py", 1, 9))[0][:4] == [(8, 9), (7, 10), (4, 10), (0, 10)]

    run(test)
