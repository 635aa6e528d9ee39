"""One that answers until a slower one is ready, and while that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.languages.scala import standby
from polycell.languages.scala.config import Config
from polycell.languages.scala.questions import Absent, Answer, Question, Typed
from polycell.languages.scala.standby import Standby

COMPLETION = "textDocument/completion"
SERVER = Server(ServerSpec("played", ("none",), frozenset()))
QUESTION = Question(Config(), "n", "c", "x.")


class Played:
    """Answers with `result`, or raises it, when it `goes_on`; `asked` are the methods, in order."""

    servers: tuple[Server, ...] = ()

    def __init__(self, result: Any, *, ready: bool = True, waits: bool = False) -> None:
        self.result = result
        self.is_ready = ready
        self.asked: list[str] = []
        self.rested = asyncio.Event()
        self.begun = asyncio.Event()
        self.waiting, self.goes_on = asyncio.Event(), asyncio.Event()
        if not waits:
            self.goes_on.set()

    def ready(self, question: Question) -> bool:
        return self.is_ready

    async def begin(self, question: Question) -> None:
        self.begun.set()

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        self.asked.append(method)
        self.waiting.set()
        await self.goes_on.wait()
        if isinstance(self.result, Exception):
            raise self.result
        return Answer(self.result, Text("", ""), SERVER)

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed:
        self.asked.append("compile")
        if isinstance(self.result, Exception):
            raise self.result
        return Typed(text=str(self.result))

    async def rest(self) -> None:
        self.rested.set()

    async def leave(self, notebook: str) -> None:
        """Nothing was started."""

    async def close(self) -> None:
        """Nothing was started."""


async def said(asked: Standby, method: str = COMPLETION) -> Any:
    return (await asked.at(QUESTION, method, 2)).result


def test_the_slow_one_is_begun_when_the_other_has_answered() -> None:
    async def test() -> None:
        first, second = Played("slow", ready=False), Played("quick")
        both = Standby(first, second)
        assert await said(both) == "quick"
        await first.begun.wait()
        assert first.asked == []
        first.is_ready = True
        assert await said(both) == "slow"
        assert (await both.compile(QUESTION, lambda: True)) == Typed(text="slow")
        await both.close()

    asyncio.run(test())


@pytest.mark.parametrize("end", ["leave", "close"])
def test_nothing_is_begun_for_a_notebook_that_was_closed_meanwhile(end: str) -> None:
    async def test() -> None:
        first, second = Played("slow", ready=False), Played("quick", waits=True)
        both = Standby(first, second)
        asked = asyncio.create_task(both.at(QUESTION, COMPLETION, 2))
        await second.waiting.wait()
        await (both.leave("n") if end == "leave" else both.close())
        second.goes_on.set()
        assert (await asked).result == "quick"
        assert len(asyncio.all_tasks()) == 1
        assert not first.begun.is_set()

    asyncio.run(test())


def test_the_other_answers_while_it_is_gone_but_not_where_it_refuses() -> None:
    async def test() -> None:
        first, second = Played(Gone("it ended")), Played("quick")
        both = Standby(first, second)
        assert await said(both) == "quick"
        assert (await both.compile(QUESTION, lambda: True)) == Typed(text="quick")
        await first.begun.wait()
        first.result = Refused(-32603, "no")
        with pytest.raises(Refused):
            await said(both)
        await both.close()

    asyncio.run(test())


def test_where_there_is_no_other_the_slow_one_is_waited_for() -> None:
    async def test() -> None:
        both = Standby(Played("slow", ready=False), Played(Absent("not installed")))
        assert await said(both) == "slow"
        neither = Standby(Played(Absent("no Metals"), ready=False), Played(Absent("not installed")))
        with pytest.raises(Absent):
            await said(neither)
        await both.close()
        await neither.close()

    asyncio.run(test())


@pytest.mark.parametrize("nothing", [None, [], {"isIncomplete": False, "items": []}])
def test_one_that_never_has_anything_to_say_is_not_trusted(nothing: Any) -> None:
    async def test() -> None:
        first, second = Played(nothing), Played({"items": [1]})
        both = Standby(first, second)
        assert await said(both) == {"items": [1]}
        second.result = Gone("it ended")
        assert await said(both) == nothing
        first.result, second.result = {"items": [2]}, {"items": [1]}
        assert await said(both) == {"items": [2]}
        first.result = nothing
        assert await said(both) == nothing  # from now on it knows that there is nothing
        await both.leave("n")
        assert await said(both) == {"items": [1]}
        await both.close()

    asyncio.run(test())


def test_the_other_is_stopped_when_it_is_not_needed_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standby, "IDLE", 0.0)

    async def test() -> None:
        first, second = Played("slow", ready=False), Played("quick")
        both = Standby(first, second)
        assert await said(both) == "quick"
        await asyncio.sleep(0)
        assert not second.rested.is_set()
        first.is_ready = True
        assert await said(both) == "slow"
        await second.rested.wait()
        await both.close()

    asyncio.run(test())
