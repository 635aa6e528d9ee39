"""Answers about files that are still being read: they wait a moment, and never claim to be complete."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from polycell.lsp import arrivals
from polycell.lsp.conversation import default_parts
from polycell.tables.files import FileRequest, FileSources
from tests.lsp.client import Client, at, run

READS = "import pandas as pd\nsales = pd.read_csv('sales.csv')"


class Slow:
    """Files that are read when the test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        read = FileSources._schema

        def slow(sources: FileSources, key: FileRequest) -> Any:
            self.begun.set()
            self.go.wait(60)
            return read(sources, key)

        monkeypatch.setattr(FileSources, "_schema", slow)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


async def opened(folder: Path, *cells: str) -> tuple[Client, list[str]]:
    (folder / "sales.csv").write_text("region,paid\nnorth,1\n")
    client = Client(default_parts)
    await client.start(rootUri=folder.as_uri(), workspaceFolders=[{"uri": folder.as_uri(), "name": "w"}])
    book = (folder / "book.ipynb").as_uri()
    client.open_notebook(book, *(("python", cell) for cell in cells))
    return client, [f"cell:{book}#{n}" for n in range(len(cells))]


async def asked(client: Client, uri: str, line: int, character: int) -> tuple[list[str], bool]:
    answer = await client.answer(client.ask("textDocument/completion", at(uri, line, character)))
    return [item["label"] for item in answer["result"]["items"]], answer["result"]["isIncomplete"]


@pytest.mark.parametrize("cells", [(READS, 'sales["'), (f'{READS}\nsales["',)], ids=["above", "in the cell itself"])
def test_a_completion_waits_for_the_file_that_it_is_about(tmp_path: Path, slow: Slow, cells: tuple[str, ...]) -> None:
    async def test() -> None:
        client, uris = await opened(tmp_path, *cells)
        line = cells[-1].count("\n")
        asking = asyncio.ensure_future(asked(client, uris[-1], line, 7))
        await asyncio.to_thread(slow.begun.wait, 60)
        slow.go.set()
        assert await asking == (["region", "paid"], False)
        client.end()

    run(test)


def test_what_comes_too_late_is_said_to_be_missing_and_not_waited_for_again(
    tmp_path: Path, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE", 0.2)

    async def test() -> None:
        client, uris = await opened(tmp_path, READS, 'sales["', "prin")
        began = time.monotonic()
        assert await asked(client, uris[1], 0, 7) == ([], True)
        assert time.monotonic() - began >= 0.2
        monkeypatch.setattr(arrivals, "PATIENCE", 300.0)
        assert await asked(client, uris[1], 0, 7) == ([], True)
        labels, incomplete = await asked(client, uris[2], 0, 4)
        assert ("print" in labels, incomplete) == (True, True)
        slow.go.set()
        for _ in range(3000):
            if not client.server.state.session.first_reads():
                break
            await asyncio.sleep(0.02)
        assert await asked(client, uris[1], 0, 7) == (["region", "paid"], False)
        client.end()

    run(test)


def test_nobody_waits_for_what_is_read_for_cells_below(tmp_path: Path, slow: Slow) -> None:
    async def test() -> None:
        client, uris = await opened(tmp_path, "other = {'a': 1}\nother['", READS)
        await client.settled()
        await asyncio.to_thread(slow.begun.wait, 60)
        assert await asked(client, uris[0], 1, 7) == (["a"], False)
        slow.go.set()
        client.end()

    run(test)


def test_a_completion_that_waits_can_be_given_up(tmp_path: Path, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "PATIENCE", 300.0)

    async def test() -> None:
        client, uris = await opened(tmp_path, READS, 'sales["')
        number = client.ask("textDocument/completion", at(uris[1], 0, 7))
        await asyncio.to_thread(slow.begun.wait, 60)
        client.notify("$/cancelRequest", {"id": number})
        assert (await client.answer(number))["error"]["code"] == -32800
        slow.go.set()
        client.end()

    run(test)


def test_a_hover_waits_too(tmp_path: Path, slow: Slow) -> None:
    async def test() -> None:
        client, uris = await opened(tmp_path, READS, "sales")
        asking = asyncio.ensure_future(client.answer(client.ask("textDocument/hover", at(uris[1], 0, 2))))
        await asyncio.to_thread(slow.begun.wait, 60)
        slow.go.set()
        assert "region" in (await asking)["result"]["contents"]["value"]
        client.end()

    run(test)


def test_columns_are_offered_before_all_cells_above_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decides the frame's columns is read first; the list says that there may be more."""
    waited: list[int | None] = []

    async def never(snapshot: Any, until: int | None = None, patience: float = 0) -> bool:
        waited.append(until)
        return False

    async def test() -> None:
        frame = "import pandas as pd\ndf = pd.DataFrame({'price': [1]})"
        client, uris = await opened(tmp_path, frame, *(f"x{n} = {n}" for n in range(50)), 'df["')
        assert await asked(client, uris[-1], 0, 4) == (["price"], True)
        assert waited == []

    monkeypatch.setattr("polycell.lsp.completion.settle", never)
    run(test)
