"""The call hierarchy over cells: what notebooks define needs no engine, libraries are known by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from polycell.core.values import replace
from polycell.languages.python.engine import alone
from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, run
from tests.lsp.test_actions import BOOK

LOAD = "%matplotlib inline\nimport json\ndef load(path):\n    return json.loads(path)\n%time 1"
CLASS = (
    "class Model:\n    def run(self):\n        def inner():\n            return self.step(load(1))\n"
    "        return inner()\n"
    "    def step(self, x):\n        return x\nclass Better(Model): ...\nshort = lambda x: load(x)"
)
USE = "%%time\nmodel = Better()\n!ls\nmodel.run()\n[short(n) for n in range(3)]\nx = f'{load(2)}'\n%timeit load(3)"
AGAIN = "def load(path): ...\nload(4)\njson.loads('5')"
CELLS = (("python", LOAD), ("markdown", "# load(0)"), ("python", CLASS), ("python", USE), ("python", AGAIN))

Item = Mapping[str, Any]


async def opened(engine: str = "off", **settings: Any) -> Client:
    client = Client(default_parts)
    await client.start({}, initializationOptions=settings)
    client.server.state.settings = replace(client.server.state.settings, engine=engine)
    client.open_notebook(BOOK, *CELLS)
    return client


async def prepared(client: Client, cell: int, word: str) -> list[Any]:
    offset = CELLS[cell][1].index(word)
    line = CELLS[cell][1].count("\n", 0, offset)
    column = offset - CELLS[cell][1].rfind("\n", 0, offset) - 1
    where = at(f"cell:{BOOK}#{cell}", line, column + 1)
    found: list[Any] = await client.request("textDocument/prepareCallHierarchy", where)
    return found


async def called(client: Client, item: Item, direction: str) -> dict[str, list[str]]:
    """Name of the other end → the lines of the cell that hold the calls."""
    made: dict[str, list[str]] = {}
    for call in await client.request(f"callHierarchy/{direction}Calls", {"item": item}):
        other = call["from" if direction == "incoming" else "to"]
        uri = other["uri"] if direction == "incoming" else item["uri"]
        index = uri.rpartition("#")[2]
        lines = CELLS[int(index)][1].split("\n") if index.isdigit() else []
        made[other["name"]] = [
            lines[r["start"]["line"]][r["start"]["character"] : r["end"]["character"]] if lines else ""
            for r in call["fromRanges"]
        ]
    return made


def test_callers_over_cells_with_magics_around() -> None:
    async def test() -> None:
        client = await opened()
        for cell, word in ((0, "load(path)"), (3, "load(2)"), (3, "load(3)")):
            (load,) = await prepared(client, cell, word)
            assert (load["name"], load["uri"]) == ("load", f"cell:{BOOK}#0")
            callers = await called(client, load, "incoming")
            assert callers == {"inner": ["load"], "short": ["load"], "Cell 4": ["load", "load"]}
        (later,) = await prepared(client, 4, "load(4)")
        assert later["uri"] == f"cell:{BOOK}#4"
        assert await called(client, later, "incoming") == {"Cell 5": ["load"]}

    run(test)


def test_methods_inner_functions_and_lambdas() -> None:
    async def test() -> None:
        client = await opened()
        (method,) = await prepared(client, 3, "run()")  # of a base class
        assert (method["name"], method["detail"]) == ("run", "Model, cell 3")
        assert await called(client, method, "incoming") == {"Cell 4": ["run"]}
        assert await called(client, method, "outgoing") == {"inner": ["inner"]}
        (inner,) = await prepared(client, 2, "inner()\n")
        assert await called(client, inner, "outgoing") == {"step": ["step"], "load": ["load"]}
        (step,) = await prepared(client, 2, "step(self")
        assert await called(client, step, "incoming") == {"inner": ["step"]}
        (class_,) = await prepared(client, 3, "Better")
        assert await called(client, class_, "incoming") == {"Cell 4": ["Better"]}

    run(test)


def test_a_cell_calls_too() -> None:
    async def test() -> None:
        client = await opened()
        (load,) = await prepared(client, 0, "load(path)")
        calls = await client.request("callHierarchy/incomingCalls", {"item": load})
        (cell,) = [call["from"] for call in calls if call["from"]["name"] == "Cell 4"]
        expected = {"Better": ["Better"], "run": ["run"], "short": ["short"], "load": ["load", "load"]}
        assert await called(client, cell, "outgoing") == expected
        assert await called(client, cell, "incoming") == {}

    run(test)


def test_what_cannot_be_called_and_what_is_gone() -> None:
    async def test() -> None:
        client = await opened()
        assert await prepared(client, 3, "model") == []
        assert await prepared(client, 0, "matplotlib") == []
        assert await prepared(client, 1, "load") == []
        (load,) = await prepared(client, 0, "load(path)")
        client.type_in(BOOK, f"cell:{BOOK}#0", 2, 0, 15, "x = 1")
        assert await called(client, load, "incoming") == {}
        assert await client.request("callHierarchy/outgoingCalls", {"item": {**load, "data": {"token": 1}}}) == []

    run(test)


def test_another_server_has_the_python_cells() -> None:
    async def test() -> None:
        assert await prepared(await opened(python="companion"), 0, "load(path)") == []

    run(test)


def test_functions_of_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "PATIENCE", 60.0)

    async def test() -> None:
        client = await opened("ty")
        (load,) = await prepared(client, 0, "load(path)")
        assert await called(client, load, "outgoing") == {"loads": ["loads"]}
        (library,) = await prepared(client, 4, "loads")
        assert (library["name"], library["detail"]) == ("loads", "json")
        assert await called(client, library, "incoming") == {"load": ["loads"], "Cell 5": ["loads"]}
        assert await client.request("callHierarchy/outgoingCalls", {"item": library}) == []  # a stub calls nothing
        (made,) = await prepared(client, 3, "range")  # and not `__new__`, which is what is called
        assert (made["name"], await called(client, made, "incoming")) == ("range", {"Cell 4": ["range"]})
        await client.server.finish()

    run(test)
