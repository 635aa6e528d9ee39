"""Languages hear of a notebook that speaks them, once, before anybody asks anything, and of its end."""

from __future__ import annotations

import asyncio
from typing import Any

from polycell.core.notebook import Notebook
from polycell.core.service import Services, services
from polycell.lsp.state import State
from tests.lsp.client import Client, Words, run

BOOK = "file:///book.ipynb"


class Told(Words):
    def __init__(self, failing: bool = False) -> None:
        self.told: list[str] = []
        self._failing = failing

    async def prepare(self, notebook: Notebook) -> None:
        self.told.append(notebook.uri)
        if self._failing:
            raise OSError("no such program")

    async def leave(self, notebook: str) -> None:
        self.told.append(f"left {notebook}")


def parts_of(language: Told) -> Any:
    def parts(state: State, on_ready: object) -> tuple[Services, None]:
        return services([language]), None

    return parts


def test_a_language_is_told_once() -> None:
    language = Told()

    async def session() -> None:
        client = Client(parts_of(language))
        await client.start()
        client.open_notebook(BOOK, ("python", "a = words"), ("sql", "a"))
        await client.settled()
        client.type_in(BOOK, f"cell:{BOOK}#0", 0, 0, 1, "b")
        await client.settled()
        assert language.told == [BOOK]
        client.notify("notebookDocument/didClose", {"notebookDocument": {"uri": BOOK}, "cellTextDocuments": []})
        await asyncio.gather(*client.server.scheduler._preparing)
        assert language.told == [BOOK, f"left {BOOK}"]

    run(session)


def test_one_that_fails_costs_nothing() -> None:
    language = Told(failing=True)

    async def session() -> None:
        client = Client(parts_of(language))
        await client.start()
        client.open_notebook(BOOK, ("python", "a = words"))
        await client.settled()
        assert language.told == [BOOK]

    run(session)
