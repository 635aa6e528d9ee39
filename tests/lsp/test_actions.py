"""textDocument/codeAction in notebooks, scripts and the JSON of notebooks, with the real languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, position, run

CAPABILITIES = {
    "textDocument": {"codeAction": {"codeActionLiteralSupport": {}, "isPreferredSupport": True}},
    "workspace": {"workspaceEdit": {"documentChanges": True}},
}
COMMANDS = {"commands": ["polycell.insertCell", "polycell.moveCell"]}
BOOK = "file:///nowhere/book.ipynb"


async def started(capabilities: Any = CAPABILITIES, options: Any = None) -> Client:
    client = Client(default_parts)
    await client.start(capabilities, initializationOptions=COMMANDS if options is None else options)
    return client


async def actions(client: Client, uri: str, line: int, character: int, **context: Any) -> list[dict[str, Any]]:
    where = position(line, character)
    answer = await client.request(
        "textDocument/codeAction",
        {
            "textDocument": {"uri": uri},
            "range": {"start": where, "end": where},
            "context": {"diagnostics": [], **context},
        },
    )
    return list(answer)


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    lines = text.split("\n")

    def offset(at: dict[str, int]) -> int:
        return sum(len(line) + 1 for line in lines[: at["line"]]) + at["character"]

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def test_a_fix_in_a_notebook_edits_its_cell_at_its_version() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", "orders = 1"), ("python", "print(oders)"))
        await client.settled()
        uri = f"cell:{BOOK}#1"
        (action,) = await actions(client, uri, 0, 8)
        assert action["title"] == "Change to `orders`"
        assert action["kind"] == "quickfix"
        assert action["isPreferred"] is True
        (published,) = client.diagnostics(uri) or []
        assert [(d["range"], d["message"]) for d in action["diagnostics"]] == [
            (published["range"], published["message"])
        ]
        (change,) = action["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": uri, "version": 1}
        assert applied("print(oders)", change["edits"]) == "print(orders)"

    run(test)


def test_kinds_that_the_client_does_not_ask_for_are_left_out() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", "orders = 1"), ("python", "print(oders)"))
        uri = f"cell:{BOOK}#1"
        assert await actions(client, uri, 0, 8, only=["refactor"]) == []
        assert len(await actions(client, uri, 0, 8, only=["quickfix"])) == 1
        assert len(await actions(client, uri, 0, 8, only=["", "a.kind.of.tomorrow"])) == 1
        assert await actions(client, uri, 0, 8, only=["source.organizeImports"]) == []

    run(test)


def test_a_client_that_knows_no_versions_gets_changes() -> None:
    async def test() -> None:
        client = await started({"textDocument": {"codeAction": {"codeActionLiteralSupport": {}}}})
        client.open_notebook(BOOK, ("python", "np.zeros(3)"))
        uri = f"cell:{BOOK}#0"
        (action,) = await actions(client, uri, 0, 1)
        assert "isPreferred" not in action
        assert list(action["edit"]["changes"]) == [uri]

    run(test)


def test_a_client_that_knows_commands_only_gets_none() -> None:
    async def test() -> None:
        client = await started({})
        client.open_notebook(BOOK, ("python", "np.zeros(3)"))
        assert await actions(client, f"cell:{BOOK}#0", 0, 1) == []

    run(test)


@pytest.mark.parametrize("options", [COMMANDS, {}])
def test_a_cell_is_moved_by_a_command_of_the_client(options: Any) -> None:
    async def test() -> None:
        client = await started(options=options)
        client.open_notebook(BOOK, ("python", "print(total)"), ("python", "total = 1"))
        found = await actions(client, f"cell:{BOOK}#0", 0, 8)
        if not options:
            assert found == []
            return
        (action,) = found
        assert action["command"]["command"] == "polycell.moveCell"
        assert action["command"]["arguments"] == [
            {"notebook": BOOK, "cell": f"cell:{BOOK}#1", "before": f"cell:{BOOK}#0"}
        ]

    run(test)


def test_a_fix_in_a_percent_script_is_at_its_place() -> None:
    async def test() -> None:
        client = await started()
        text = "# %%\nx = 1\n\n# %%\n# what for\ny = np.zeros(x)\n"
        client.open_text("file:///nowhere/a.py", "python", text)
        (action,) = await actions(client, "file:///nowhere/a.py", 5, 5)
        (change,) = action["edit"]["documentChanges"]
        assert applied(text, change["edits"]) == text.replace("y = np", "import numpy as np\ny = np")

    run(test)


def test_a_fix_in_the_json_of_a_notebook_is_escaped() -> None:
    async def test() -> None:
        client = await started()
        book = {
            "cells": [
                {"cell_type": "code", "metadata": {}, "source": ['s = "é"\n', "np.zeros(3)"], "outputs": []},
            ],
            "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        text = json.dumps(book, indent=1)
        client.open_text(BOOK, "json", text)
        lines = text.split("\n")
        line = next(i for i, one in enumerate(lines) if "np.zeros" in one)
        (action,) = await actions(client, BOOK, line, lines[line].index("np") + 1)
        (change,) = action["edit"]["documentChanges"]
        after = json.loads(applied(text, change["edits"]))
        assert "".join(after["cells"][0]["source"]) == 'import numpy as np\ns = "é"\nnp.zeros(3)'

    run(test)


def test_what_is_switched_off_has_no_fix() -> None:
    async def test() -> None:
        client = await started(options={"severity": {"undefined-name": "off"}})
        client.open_notebook(BOOK, ("python", "np.zeros(3)"))
        assert await actions(client, f"cell:{BOOK}#0", 0, 1) == []

    run(test)


def test_beside_another_python_server_its_findings_are_its_own() -> None:
    async def test() -> None:
        client = await started(options={"python": "companion"})
        client.open_notebook(BOOK, ("python", "np.zeros(3)"))
        assert await actions(client, f"cell:{BOOK}#0", 0, 1) == []

    run(test)


def test_a_document_that_is_not_here_has_no_actions() -> None:
    async def test() -> None:
        client = await started()
        assert await actions(client, "file:///nowhere/at/all.py", 3, 4) == []

    run(test)


FRAME = 'import pandas as pd\ndf = pd.DataFrame({"id": [1]})'


def test_a_table_is_declared_and_queried_in_a_notebook_and_in_a_percent_script() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", FRAME), ("python", "df"))
        await client.settled()
        offered = {a["title"]: a for a in await actions(client, f"cell:{BOOK}#1", 0, 1)}
        (change,) = offered["Declare the columns of `df` in a comment"]["edit"]["documentChanges"]
        assert change["textDocument"]["uri"] == f"cell:{BOOK}#1"
        assert applied("df", change["edits"]) == "# schema df: id int64\ndf"
        command = offered["New cell: SQL over `df`"]["command"]
        assert command["command"] == "polycell.insertCell"
        assert 'duckdb.sql("""\nSELECT id\nFROM df' in json.dumps(command["arguments"]).replace("\\n", "\n").replace(
            '\\"', '"'
        )
        script = f"# %%\n{FRAME}\n# %%\ndf\n"
        uri = "file:///nowhere/table.py"
        client.open_text(uri, "python", script)
        await client.settled()
        offered = {a["title"]: a for a in await actions(client, uri, 4, 1)}
        (change,) = offered["Declare the columns of `df` in a comment"]["edit"]["documentChanges"]
        assert applied(script, change["edits"]) == f"# %%\n{FRAME}\n# %%\n# schema df: id int64\ndf\n"

    run(test)
