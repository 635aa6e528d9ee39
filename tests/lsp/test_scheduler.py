"""Long work leaves the loop to others whenever its slice is over."""

from __future__ import annotations

import asyncio

import pytest

from polycell.core.steps import Steps
from polycell.lsp import scheduler
from tests.lsp.client import run


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
