"""The life of a compiler, played by a scripted server: starts that take long, ends, and what users are told."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine, Hashable
from pathlib import Path
from typing import Any

import pytest

from polycell.bridge import server as bridge
from polycell.core.values import replace
from polycell.languages.scala import light as module
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.config import Config
from polycell.languages.scala.host import java
from polycell.languages.scala.light import SPEC, Light, lacks
from polycell.languages.scala.questions import Question

SCRIPTED = Path(__file__).parents[2] / "bridge" / "scripted.py"
READY = {"say": ["polycell/ready", {"reason": ""}]}
ITEMS = {"items": [{"label": "map"}]}


class Told:
    """What was shown and told, in order."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.cancel: asyncio.Future[Callable[[], None]] = asyncio.get_running_loop().create_future()

    def begin(self, title: str, cancel: Callable[[], None] | None) -> Any:
        self.said.append(title)
        if cancel is not None:
            self.cancel.set_result(cancel)
        return self

    def report(self, message: str) -> None:
        self.said.append(f"- {message}")

    def end(self, message: str) -> None:
        self.said.append(f"= {message}")


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs a test with compilers whose process does what the script says."""
    monkeypatch.setattr(bridge, "FIRST_REST", 0.0)

    def start(test: Callable[[Compilers, Told], Coroutine[Any, Any, None]], script: Any, **more: Any) -> None:
        path = tmp_path / "script.json"
        path.write_text(json.dumps(script), encoding="utf-8")
        spec = replace(SPEC, argv=(sys.executable, "-IS", str(SCRIPTED), str(path)), find=None, **more)

        async def playing() -> None:
            told = Told()
            compilers = Compilers([Light(told.said.append, spec=spec, begin=told.begin)])
            try:
                await test(compilers, told)
            finally:
                await compilers.close()

        asyncio.run(playing())

    return start


async def complete(compilers: Compilers) -> Any:
    found = await compilers.at(Question(Config(), "n", "c", "xs."), "textDocument/completion", 3)
    return found.result if found is not None else None


def test_a_start_is_shown_and_questions_wait_for_it(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        assert await complete(compilers) == ITEMS
        assert told.said == ["Scala: starting the compiler", "- 2.13.16", "= ready"]

    starting = {"doing": "starting the compiler", "message": "2.13.16", "cancellable": False}
    play(
        test,
        {
            "initialized": [{"say": ["polycell/progress", starting], "ask": ["client/registerCapability", {}]}],
            "": [READY],  # once the client has answered
            "textDocument/completion": [{"answer": ITEMS}],
        },
    )


def test_what_takes_long_may_be_cancelled(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        asked = asyncio.ensure_future(complete(compilers))
        (await told.cancel)()
        assert await asked is None
        assert await complete(compilers) is None
        assert told.said[-1] == "= stopped"

    fetching = {"doing": "fetching jars", "message": "a.jar", "cancellable": True}
    play(test, {"initialized": [{"say": ["polycell/progress", fetching]}]})


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="a JVM more; POLYCELL_FULL=1 runs it")
def test_a_real_one_without_memory_says_so() -> None:
    if SPEC.command() is None:
        pytest.skip(SPEC.missing())

    async def asked() -> list[str]:
        notes: list[str] = []
        light = Light(notes.append, {"download": True, "memory": 8})
        compilers = Compilers([light])
        try:
            text = "object A {\nList(1).\n}\n"
            assert await compilers.at(Question(Config(), "n", "c", text), "textDocument/completion", 19) is None
        finally:
            await compilers.close()
        return notes

    assert "ran out of memory" in asyncio.run(asked())[-1]


def test_one_without_memory_says_so_and_is_started_again(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        assert await complete(compilers) is None
        assert "ran out of memory" in told.said[-1]
        assert "scalaMemory" in told.said[-1]
        assert await complete(compilers) is None  # another process, which ends in the same way
        assert compilers.servers[0].status.phase == "resting"

    play(
        test,
        {"initialized": [READY], "textDocument/completion": [{"exit": java.OUT_OF_MEMORY}]},
    )


def test_one_that_never_gets_ready_is_given_up(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        assert await complete(compilers) is None
        assert "said nothing" in compilers.servers[0].status.reason

    play(test, {}, patience=0.2)


def test_what_cannot_be_had_is_told_once(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        await complete(compilers)
        await complete(compilers)
        assert told.said == ["org:a:1: not found", "there is no compiler here"]

    play(
        test,
        {
            "initialized": [
                {
                    "say": ["polycell/missing", {"message": "org:a:1: not found"}],
                    "ask": ["client/registerCapability", {}],
                }
            ],
            "": [{"say": ["polycell/ready", {"reason": "there is no compiler here"}]}],
            "textDocument/completion": [{"error": -32803}],
        },
    )


def test_a_check_that_nobody_can_answer_is_asked_again_later(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        question = Question(Config(), "n", "c", "val x = 1")
        for _ in range(2):
            assert compilers.read(question) is None
            await compilers.quiet()
        typed = compilers.read(question)
        assert typed is not None
        assert typed.types == ((4, "x", "Int", ""),)

    answer = {"diagnostics": [], "definitions": [{"offset": 4, "name": "x", "type": "Int"}]}
    play(test, {"initialized": [READY], "polycell/compile": [{"error": -32803}, {"answer": answer}]})


def test_a_check_waits_for_the_types_of_cells_above(play: Callable[..., None]) -> None:
    async def test(compilers: Compilers, told: Told) -> None:
        first = Question(Config(), "n", "a", "val x = f")
        second = Question(Config(), "n", "b", "val y = x", frozenset({"a"}))
        third = Question(Config(), "n", "c", "val z = y", frozenset({"b"}))
        ready: list[tuple[Hashable, ...]] = []
        compilers._on_ready = ready.append
        for question in (first, second, third):
            assert compilers.read(question) is None
        await compilers.quiet()
        assert ready == [(first, second)]  # only the first was asked
        assert compilers.read(second) is None
        assert compilers.read(third) is None
        await compilers.quiet()
        assert ready[1:] == [(third,)]  # nobody answers the second, and the third waits no longer
        assert compilers.read(third) is None
        await compilers.quiet()
        assert ready[2:] == [(third,)]

    script = [{"answer": {}}, {"error": -32803}, {"answer": {}}]
    play(test, {"initialized": [READY], "polycell/compile": script})


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "lib" / "server" / "libjvm.so"
    old.parent.mkdir(parents=True)
    old.touch()
    (tmp_path / "release").write_text('JAVA_VERSION="11.0.2"\n')
    monkeypatch.setattr(java, "_bundled", lambda: "")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("JAVA_HOME", "")
    monkeypatch.setattr(module, "_PIECES", ())
    assert lacks().startswith("Scala support needs a Java runtime, 17 or newer. Set JAVA_HOME")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert f"{tmp_path} is Java 11" in lacks()
    monkeypatch.setattr(module, "_PIECES", ("a_package_that_is_not_there",))
    assert lacks() == SPEC.missing()
    assert 'pip install "polycell[scala]"' in lacks()
    assert "JAVA_HOME" not in lacks()
