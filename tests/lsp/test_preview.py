"""The command that draws a chart, and the picture in a hover, with the real languages and the real renderer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, eventually, position, run

pytest.importorskip("vl_convert", reason="pictures need the extra `preview`")

BOOK = "file:///nowhere/book.ipynb"
FRAME = 'import pandas as pd\ndf = pd.DataFrame({"region": ["north"], "price": [1.5]})\n'
CHART = '{"data": {"name": "df"}, "mark": "bar", "encoding": {"x": {"field": "region"}}}'
MARKDOWN = {"textDocument": {"hover": {"contentFormat": ["markdown"]}}}


async def opened(name: str, chart: str = CHART) -> Client:
    client = Client(default_parts)
    await client.start(MARKDOWN, clientInfo={"name": name})
    client.open_notebook(BOOK, ("python", FRAME), ("vega-lite", chart))
    await client.settled()
    return client


def uri_of(client: Client, cell: int) -> str:
    (group,) = client.server.state.groups.values()
    return [face.uri for face in group.faces.values()][cell]


def is_picture(path: str) -> bool:
    return Path(path).read_bytes().startswith(b"\x89PNG")


def preview(uri: str, line: int = 0, character: int = 0) -> dict[str, Any]:
    said = {"uri": uri, "position": position(line, character)}
    return {"command": "polycell.previewChart", "arguments": [said]}


def test_the_command() -> None:
    async def test() -> None:
        client = await opened("test")
        drawn = await client.request("workspace/executeCommand", preview(uri_of(client, 1)))
        assert is_picture(drawn["path"])
        assert drawn["width"] > 20
        assert await client.request("workspace/executeCommand", preview(uri_of(client, 0))) == {
            "reason": "There is no chart at this place."
        }
        for wrong in (
            {"command": "polycell.previewChart"},
            {"command": "else", "arguments": [{"uri": uri_of(client, 1)}]},
            {"command": "polycell.previewChart", "arguments": [{"uri": "file:///gone"}]},
            {"command": "polycell.previewChart", "arguments": [3]},
        ):
            assert await client.request("workspace/executeCommand", wrong) is None

    run(test)


def test_a_hover_shows_the_picture_where_the_editor_can() -> None:
    async def test() -> None:
        client = await opened("Visual Studio Code")
        at = {"textDocument": {"uri": uri_of(client, 1)}, "position": position(0, 28)}
        found = await eventually(  # on a busy machine the picture is there for a later hover only
            lambda: client.request("textDocument/hover", at), lambda found: "![chart]" in found["contents"]["value"]
        )
        assert "![chart](data:image/png;base64," in found["contents"]["value"]
        assert found["contents"]["value"].startswith("**mark**")
        plain = await opened("Neovim")
        found = await plain.request("textDocument/hover", {**at, "textDocument": {"uri": uri_of(plain, 1)}})
        assert "data:" not in found["contents"]["value"]

    run(test)


def test_a_hover_says_why_there_is_no_picture() -> None:
    async def test() -> None:
        client = await opened("Visual Studio Code", CHART.replace('"df"', '"nobody"'))
        at = {"textDocument": {"uri": uri_of(client, 1)}, "position": position(0, 32)}
        found = await client.request("textDocument/hover", at)
        assert "*No picture: `nobody` is not made by a cell above.*" in found["contents"]["value"]

    run(test)
