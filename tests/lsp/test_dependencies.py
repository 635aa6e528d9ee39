"""Dependencies over the protocol: the list, findings and edits in a notebook's JSON, the command for notebooks."""

from __future__ import annotations

import json
from typing import Any

from tests.dependencies.cases import polynote
from tests.lsp.client import run
from tests.lsp.test_actions import BOOK, CAPABILITIES, actions, applied, started

ADDING = {"commands": ["polycell.addToMetadata"]}


def notebook(metadata: dict[str, Any], *sources: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [source]} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_the_list_of_an_open_notebook() -> None:
    async def test() -> None:
        client = await started(CAPABILITIES, ADDING)
        client.open_notebook(BOOK, ("python", "%pip install pandas==2 bad=1"), ("python", "import pandas, yaml"))
        await client.settled()
        answer = await client.request("polycell/dependencies", {"textDocument": {"uri": BOOK}})
        rows = [(d["text"], d["state"], d["cell"], d["used"], d["uri"]) for d in answer["dependencies"]]
        assert rows == [
            ("pandas==2", "declared", 1, [2], f"cell:{BOOK}#0"),
            ("bad=1", "malformed", 1, [], f"cell:{BOOK}#0"),
            ("pyyaml", "missing", 2, [2], f"cell:{BOOK}#1"),
        ]
        assert answer["wrong"] == 2
        (action,) = answer["dependencies"][2]["actions"]
        assert action["command"] == "polycell.addToMetadata"
        assert action["arguments"] == [
            {"notebook": BOOK, "path": ["polyglot", "dependencies", "python"], "value": "pyyaml"}
        ]
        by_cell = await client.request("polycell/dependencies", {"textDocument": {"uri": f"cell:{BOOK}#1"}})
        assert by_cell == answer

    run(test)


def test_the_list_of_what_is_not_open() -> None:
    async def test() -> None:
        client = await started()
        for params in ({"textDocument": {"uri": "file:///gone.ipynb"}}, {"textDocument": 3}, {}, None):
            assert await client.request("polycell/dependencies", params) is None

    run(test)


def test_metadata_are_changed_by_a_command_where_the_client_has_it() -> None:
    async def test() -> None:
        for options, wanted in ((ADDING, True), ({}, False)):
            client = await started(CAPABILITIES, options)
            client.open_notebook(BOOK, ("python", "import yaml"))
            await client.settled()
            found = await actions(client, f"cell:{BOOK}#0", 0, 8)
            commands = [a["command"]["command"] for a in found if "command" in a]
            assert commands == (["polycell.addToMetadata"] if wanted else [])

    run(test)


def test_in_the_json_of_a_polynote_notebook() -> None:
    """The finding stands at the coordinate itself, and the action edits the list and nothing else."""

    async def test() -> None:
        client = await started()
        uri = "file:///nowhere/poly.ipynb"
        cell = {
            "cell_type": "code",
            "language": "python",
            "metadata": {"language": "python"},
            "source": ["import yaml"],
        }
        metadata = polynote(["org:name"], ["pandas"])
        text = json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4}, indent=2)
        client.open_text(uri, "json", text)
        await client.settled()
        (finding,) = [d for d in client.diagnostics(uri) or () if d["code"] == "malformed-dependency"]
        lines = text.split("\n")
        start, end = finding["range"]["start"], finding["range"]["end"]
        assert lines[start["line"]][start["character"] : end["character"]] == "org:name"
        line = next(n for n, t in enumerate(lines) if "import yaml" in t)
        (action,) = [
            a for a in await actions(client, uri, line, lines[line].index("yaml") + 1) if "metadata" in a["title"]
        ]
        (change,) = action["edit"]["documentChanges"]
        changed = applied(text, change["edits"])
        metadata["config"]["dependencies"]["python"].append("pyyaml")
        assert changed == json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4}, indent=2)

    run(test)
