"""Languages hear of a notebook that speaks them, once, before anybody asks anything, and of its end."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from polycell.core.notebook import Notebook
from polycell.core.results import NO_COMPLETIONS, Completions
from polycell.core.service import Context, Services, services
from polycell.lsp.conversation import PolycellServer
from polycell.lsp.state import State
from tests.lsp.client import Client, Words, at, run

BOOK = "file:///book.ipynb"


class Told(Words):
    def __init__(self, failing: bool = False) -> None:
        self.told: list[str] = []
        self.heard = asyncio.Event()
        self._failing = failing

    async def prepare(self, notebook: Notebook) -> None:
        self.told.append(notebook.uri)
        self.heard.set()
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


def test_a_language_is_told_before_the_notebook_has_been_looked_at() -> None:
    async def session() -> None:
        language = Told()
        client = Client(parts_of(language), idle=3600.0)
        await client.start()
        client.open_notebook(BOOK, ("python", "a = words"))
        await language.heard.wait()
        assert not client.server.scheduler.is_quiet

    run(session)


def test_what_nobody_asked_for_is_loaded_once_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = asyncio.Event(), asyncio.Event()
    begun = threading.Event()
    monkeypatch.setattr("polycell.lsp.warm.warm_up", lambda converter: begun.set())
    monkeypatch.setattr("polycell.lsp.conversation.UNASKED", 3600.0)

    class Slow(Words):
        async def complete(self, context: Context, offset: int) -> Completions:
            asked.set()
            await answer.wait()
            return NO_COMPLETIONS

    async def session() -> None:
        client = Client(lambda state, on_ready: (services([Slow()]), None))
        await client.start()
        client.open_notebook(BOOK, ("python", "a"))
        request = client.ask("textDocument/completion", at(f"cell:{BOOK}#0", 0, 1))
        await asked.wait()
        PolycellServer._warm_up(client.server)
        assert not any(thread.name == "polycell-warm-up" for thread in threading.enumerate())
        answer.set()
        await client.answer(request)
        await client.settled()
        PolycellServer._warm_up(client.server)
        await asyncio.to_thread(begun.wait)

    run(session)
