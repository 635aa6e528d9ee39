"""What real editors sent, replayed: every request is answered once and well, and the server's texts are the client's.

The client's side is modelled here independently, as the protocol's text describes it: UTF-16 bytes are spliced, arrays
are spliced, nothing is shared with the server's code.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, position, run, words_parts
from tests.shared import SHARED, needs_shared

RECORDED = SHARED / "e2e" / "recorded"
NAMES = sorted(path.name.removesuffix(".c2s.jsonl") for path in RECORDED.glob("*.c2s.jsonl"))


def messages(name: str) -> list[dict[str, Any]]:
    lines = (RECORDED / f"{name}.c2s.jsonl").read_text(encoding="utf-8").splitlines()
    return [entry["msg"] for entry in map(json.loads, lines) if entry["dir"] == "c2s"]


class Model:
    """What the client shows."""

    def __init__(self, encoding: str) -> None:
        self.width = {"utf-16": 2, "utf-8": 1, "utf-32": 4}[encoding]
        self.codec = {"utf-16": "utf-16-le", "utf-8": "utf-8", "utf-32": "utf-32-le"}[encoding]
        self.texts: dict[str, str] = {}
        self.notebooks: dict[str, list[str]] = {}
        self.closed: set[str] = set()

    def _edited(self, text: str, change: dict[str, Any]) -> str:
        if "range" not in change:
            return str(change["text"])
        lines = text.replace("\r\n", "\n").split("\n")

        def offset(where: dict[str, int]) -> int:
            before = "".join(line + "\n" for line in lines[: where["line"]])
            return len(before.encode(self.codec)) + where["character"] * self.width

        data = text.encode(self.codec)
        start, end = offset(change["range"]["start"]), offset(change["range"]["end"])
        return (data[:start] + change["text"].encode(self.codec) + data[end:]).decode(self.codec)

    def see(self, method: str, params: dict[str, Any]) -> None:
        if method == "textDocument/didOpen":
            self.texts[params["textDocument"]["uri"]] = params["textDocument"]["text"]
        elif method == "textDocument/didChange":
            for change in params["contentChanges"]:
                uri = params["textDocument"]["uri"]
                self.texts[uri] = self._edited(self.texts[uri], change)
        elif method == "notebookDocument/didOpen":
            self._open(params["cellTextDocuments"])
            notebook = params["notebookDocument"]
            self.notebooks[notebook["uri"]] = [cell["document"] for cell in notebook["cells"]]
        elif method == "notebookDocument/didClose":
            for cell in self.notebooks.pop(params["notebookDocument"]["uri"]):
                self.closed.add(cell)
        elif method == "notebookDocument/didChange":
            self._change(params["notebookDocument"]["uri"], params["change"].get("cells") or {})

    def _open(self, documents: list[dict[str, Any]]) -> None:
        for document in documents:
            self.texts[document["uri"]] = document["text"]
            self.closed.discard(document["uri"])

    def _change(self, uri: str, cells: dict[str, Any]) -> None:
        structure = cells.get("structure")
        if structure:
            array = structure["array"]
            new = [cell["document"] for cell in array.get("cells") or []]
            self.notebooks[uri][array["start"] : array["start"] + array["deleteCount"]] = new
            self.closed.update(document["uri"] for document in structure.get("didClose") or [])
            self._open(structure.get("didOpen") or [])
        for content in cells.get("textContent") or []:
            document = content["document"]["uri"]
            for change in content["changes"]:
                self.texts[document] = self._edited(self.texts[document], change)


def check(client: Client, model: Model) -> None:
    for uri, cells in model.notebooks.items():
        snapshot = client.server.state.session.snapshot(uri)
        assert snapshot is not None
        assert [(c.id, c.text) for c in snapshot.notebook.cells] == [(u, model.texts[u]) for u in cells]
    documents = {uri: text for uri, text in model.texts.items() if not uri.startswith("vscode-notebook-cell")}
    for uri, text in documents.items():
        asked = client.server.state.asked(uri)
        assert asked is not None
        assert asked.face.text == text


@pytest.fixture(scope="module", autouse=True)
def _no_garbage() -> None:
    """What other modules left behind is told of now, and not as a record of a test here."""
    gc.collect()


PARTS = {"words": words_parts, "real languages": default_parts}


@needs_shared
@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_recording(name: str, parts: str, caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        client = Client(PARTS[parts])
        asked: list[int] = []
        model = Model("utf-16")
        for message in messages(name):
            if message["method"] == "exit":
                break
            client.raw(message)
            if "id" in message:
                asked.append(message["id"])
            if message["method"] == "initialize":
                said = (await client.answer(message["id"]))["result"]["capabilities"]
                model = Model(said["positionEncoding"])
            model.see(message["method"], message.get("params") or {})
            check(client, model)
            if "id" in message:
                await client.answer(message["id"])
        await client.settled()
        answers = [m for m in client.sent if "method" not in m]
        assert sorted(m["id"] for m in answers) == sorted(asked)
        assert [m for m in answers if "error" in m] == []
        for uri in model.closed:
            assert client.diagnostics(uri) == []
        assert not [m for m in client.sent if m.get("method") == "window/showMessage"]

    with caplog.at_level(logging.WARNING):
        run(test)
    assert [record.getMessage() for record in caplog.records] == []


@needs_shared
@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("name", NAMES)
def test_recording_in_one_burst(name: str, parts: str, caplog: pytest.LogCaptureFixture) -> None:
    """All messages before the loop turns once: requests are bound to their states, and nothing is lost."""

    async def test() -> None:
        client = Client(PARTS[parts])
        said = [m for m in messages(name) if m["method"] not in ("exit", "shutdown")]
        for message in said:
            client.raw(message)
        for message in said:
            if "id" in message:
                answer = await client.answer(message["id"])
                # A cell that was edited behind the question has no positions to give (VS Code knows this error).
                assert answer.get("error", {"code": -32801})["code"] == -32801
        await client.settled()

    with caplog.at_level(logging.WARNING):
        run(test)
    assert [record.getMessage() for record in caplog.records] == []


def test_the_model_edits_as_the_protocol_says() -> None:
    model = Model("utf-16")
    change = {"range": {"start": position(1, 2), "end": position(1, 3)}, "text": "!"}
    assert model._edited("a\n\U0001f600bc", change) == "a\n\U0001f600!c"


@needs_shared
def test_neovim_in_a_percent_script(tmp_path: Path) -> None:
    """The recorded document, then what its user would do next."""

    async def test() -> None:
        client = Client(default_parts)
        opened = [m for m in messages("neovim-0.10") if m["method"] in ("initialize", "initialized")]
        for message in opened:
            client.raw(message)
        await client.answer(1)
        said = next(m for m in messages("neovim-0.10") if m["method"] == "textDocument/didOpen")
        client.raw(said)
        uri = said["params"]["textDocument"]["uri"]
        await client.settled()
        found = client.diagnostics(uri)
        assert found is not None
        assert [(d["code"], d["range"]["start"]["line"]) for d in found] == [("syntax-error", 12)]
        text = said["params"]["textDocument"]["text"].replace("x.\n", "ma\n")
        client.edit_text(uri, text)
        items = await client.complete(uri, 12, 2)
        assert {"start": position(12, 0), "end": position(12, 2)} in [i["textEdit"]["range"] for i in items]
        assert "math" in [item["label"] for item in items]
        await client.settled()
        await asyncio.sleep(0)
        answer = await client.request("textDocument/definition", at(uri, 5, 4))
        assert answer == [{"uri": uri, "range": {"start": position(4, 7), "end": position(4, 11)}}]

    run(test)
