"""Long work leaves the loop to others whenever its slice is over."""

from __future__ import annotations

import asyncio
import threading

import pytest

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.steps import Steps
from polycell.lsp import scheduler
from tests.lsp.client import Client, Words, run


def test_work_in_slices_lets_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scheduler, "SLICE", 0)
    turns: list[str] = []

    def work() -> Steps[str]:
        for _ in range(3):
            turns.append("work")
            yield
        return "done"

    async def other() -> None:
        for _ in range(3):
            turns.append("other")
            await asyncio.sleep(0)

    async def session() -> None:
        answer, _ = await asyncio.gather(scheduler.in_slices(work()), other())
        assert answer == "done"

    run(session)
    assert turns == ["work", "other"] * 3


def test_large_cells_are_read_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a cell cannot be interrupted, so that others would wait until the end of a large one."""
    loops, read = threading.get_ident(), list[tuple[int, bool]]()
    facts = Words.facts

    def noted(self: Words, cell: Cell, host: Host) -> Facts:
        read.append((len(cell.text), threading.get_ident() == loops))
        return facts(self, cell, host)

    monkeypatch.setattr(Words, "facts", noted)
    large = f"b = words\n{'#' * scheduler.LARGE}\n"

    async def session() -> None:
        client = Client()
        await client.start()
        client.open_notebook("file:///n.ipynb", ("python", "a = words"), ("python", large))
        await client.settled()
        assert sorted(read) == [(9, True), (len(large), False)]
        read.clear()
        client.type_in("file:///n.ipynb", "cell:file:///n.ipynb#1", 2, 0, 0, "a")
        assert [item["label"] for item in await client.complete("cell:file:///n.ipynb#1", 2, 1)] == ["a"]
        await client.settled()
        assert not any(on_loop for _, on_loop in read)
        assert (await client.hover("cell:file:///n.ipynb#1", 2, 1))["contents"]["value"] == "**a** in python: `words`"

    run(session)
