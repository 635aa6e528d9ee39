"""Dependencies over the protocol: the list, findings and edits in a notebook's JSON, the command for notebooks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.dependencies.cases import polynote
from tests.dependencies.environments import install, make_environment
from tests.lsp.client import eventually, run
from tests.lsp.test_actions import BOOK, CAPABILITIES, actions, applied, started

CHANGING = {"commands": ["polycell.changeMetadata"]}


def notebook(metadata: dict[str, Any], *sources: str) -> str:
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [source]} for source in sources]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def test_the_list_of_an_open_notebook() -> None:
    async def test() -> None:
        client = await started(CAPABILITIES, CHANGING)
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
        assert action["name"] == "declare"
        assert action["action"]["command"]["command"] == "polycell.changeMetadata"
        change = {"path": ["polyglot", "dependencies", "python"], "value": "pyyaml", "old": ""}
        assert action["action"]["command"]["arguments"] == [{"notebook": BOOK, "changes": [change]}]
        assert answer["dependencies"][0]["range"] == {
            "start": {"line": 0, "character": 13},
            "end": {"line": 0, "character": 22},
        }
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
        for options, wanted in ((CHANGING, True), ({}, False)):
            client = await started(CAPABILITIES, options)
            client.open_notebook(BOOK, ("python", "import yaml"))
            await client.settled()
            found = await actions(client, f"cell:{BOOK}#0", 0, 8)
            commands = [a["command"]["command"] for a in found if "command" in a]
            assert commands == (["polycell.changeMetadata"] if wanted else [])

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


def test_entries_of_the_metadata_are_pinned_and_removed(tmp_path: Path) -> None:
    """In the JSON at the entry itself, over cells from the list of dependencies."""
    install(make_environment(tmp_path / ".venv"), "pandas", "2.2.3")
    metadata = {"runt": {"uv": {"dependencies": ["pandas", "yaml"]}}}

    async def in_json() -> None:
        client = await started()
        uri = (tmp_path / "a.ipynb").as_uri()
        text = notebook(metadata, "import pandas")
        client.open_text(uri, "json", text)
        await client.settled()
        lines = text.split("\n")

        async def found(word: str) -> dict[str, str]:
            line = next(n for n, t in enumerate(lines) if f'"{word}"' in t)
            offered = await actions(client, uri, line, lines[line].index(word) + 1)
            return {a["title"]: applied(text, a["edit"]["documentChanges"][0]["edits"]) for a in offered}

        pinned = await eventually(lambda: found("pandas"), bool)
        wanted = {"runt": {"uv": {"dependencies": ["pandas==2.2.3", "yaml"]}}}
        assert pinned == {"Pin `pandas` to 2.2.3, which is installed": notebook(wanted, "import pandas")}
        wanted = {"runt": {"uv": {"dependencies": ["pandas"]}}}
        assert await found("yaml") == {"Remove `yaml`, which no cell imports": notebook(wanted, "import pandas")}

    async def over_cells() -> None:
        client = await started(CAPABILITIES, CHANGING)
        uri = (tmp_path / "b.ipynb").as_uri()
        client.open_notebook(uri, ("python", "import pandas\n%pip install yaml"), metadata={"metadata": metadata})
        await client.settled()

        async def rows() -> list[Any]:
            answer = await client.request("polycell/dependencies", {"textDocument": {"uri": uri}})
            return [(d["text"], d["style"], d["actions"]) for d in answer["dependencies"]]

        def known(found: list[Any]) -> bool:
            return any(actions and actions[0]["name"] == "pin" for _, _, actions in found)

        pandas, in_list, in_cell = await eventually(rows, known)
        assert pandas[:2] == ("pandas", "runt")
        (pin,) = pandas[2]
        change = {"path": ["runt", "uv", "dependencies", 0], "value": "pandas==2.2.3", "old": "pandas"}
        assert pin["action"]["command"]["arguments"] == [{"notebook": uri, "changes": [change]}]
        ((remove,), (gone,)) = in_list[2], in_cell[2]
        change = {"path": ["runt", "uv", "dependencies", 1], "value": None, "old": "yaml"}
        assert remove["action"]["command"]["arguments"] == [{"notebook": uri, "changes": [change]}]
        (edits,) = gone["action"]["edit"]["documentChanges"]
        assert applied("import pandas\n%pip install yaml", edits["edits"]) == "import pandas\n"

    run(in_json)
    run(over_cells)


def test_moving_install_lines_edits_cells_and_metadata() -> None:
    async def test() -> None:
        client = await started()
        uri = "file:///nowhere/moved.ipynb"
        text = notebook({}, "%pip install a>=1", "import a")
        client.open_text(uri, "json", text)
        await client.settled()
        lines = text.split("\n")
        line = next(n for n, t in enumerate(lines) if "%pip" in t)
        (move,) = [a for a in await actions(client, uri, line, 12) if a["title"].endswith("the notebook's metadata")]
        (change,) = move["edit"]["documentChanges"]
        book = json.loads(applied(text, change["edits"]))
        assert book["metadata"] == {"polyglot": {"dependencies": {"python": ["a>=1"]}}}
        assert "".join(book["cells"][0]["source"]) == ""

        client = await started(CAPABILITIES, CHANGING)
        client.open_notebook(BOOK, ("python", "%pip install a>=1"))
        await client.settled()
        found = await actions(client, f"cell:{BOOK}#0", 0, 3)
        (move,) = [a for a in found if a["title"].endswith("the notebook's metadata")]
        assert move["edit"]
        assert move["command"]["command"] == "polycell.changeMetadata"

    run(test)


def test_completion_and_hover_in_the_metadata_of_a_notebook_s_json(tmp_path: Path) -> None:
    install(make_environment(tmp_path / ".venv"), "pandas", "2.2.3", summary="Data structures")
    metadata = {"runt": {"uv": {"dependencies": ["pandas==", "pan"]}}, "title": "no", "odd": ["\\no"]}
    text = notebook(metadata, "import pandas")
    uri = (tmp_path / "n.ipynb").as_uri()

    def behind(written: str) -> dict[str, int]:
        before = text[: text.index(written) + len(written)]
        return {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}

    async def test() -> None:
        client = await started()
        client.open_text(uri, "json", text)
        await client.settled()

        async def asked(method: str, written: str) -> Any:
            return await client.request(method, {"textDocument": {"uri": uri}, "position": behind(written)})

        async def versions() -> Any:
            return (await asked("textDocument/completion", "pandas=="))["items"]

        here = behind("pandas==")
        (item,) = await eventually(versions, bool)
        assert (item["label"], item["textEdit"]["newText"]) == ("2.2.3", "2.2.3")
        assert item["textEdit"]["range"] == {"start": here, "end": here}
        there = behind(',\n     "pan')
        names = (await asked("textDocument/completion", ',\n     "pan'))["items"]
        (chosen,) = [i for i in names if i["label"] == "pandas"]
        assert chosen["textEdit"]["range"] == {"start": {**there, "character": there["character"] - 3}, "end": there}
        for elsewhere in ('"title": "n', "\\\\n", '"runt', '"metadata": {'):
            assert not (await asked("textDocument/completion", elsewhere) or {}).get("items"), elsewhere
        told = await asked("textDocument/hover", ',\n     "pan')
        assert "Not installed" in told["contents"]["value"]

    run(test)
