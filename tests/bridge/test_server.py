"""The bridge with a scripted server: life and death, questions both ways, versions of texts."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from polycell.bridge import server as bridge
from polycell.bridge.connection import Gone, Refused
from polycell.bridge.files import path_of
from polycell.bridge.server import Server
from polycell.bridge.spec import ServerSpec, merged, section
from polycell.bridge.text import Text
from polycell.bridge.trace import trace_to

SCRIPTED = Path(__file__).with_name("scripted.py")
URI = "file:///w/a.py"


class Play:
    """A scripted server, and what was noted for the user."""

    def __init__(self, folder: Path, script: Any = None, **more: Any) -> None:
        path = folder / "script.json"
        path.write_text(json.dumps(script or {}), encoding="utf-8")
        self.notes: list[str] = []
        self.published: list[Any] = []
        settings = more.pop("settings", None)
        spec = ServerSpec(
            "scripted",
            (sys.executable, "-IS", str(SCRIPTED), str(path)),
            frozenset({"x"}),
            trouble="Look at the script.",
            **more,
        )
        self.server = Server(
            spec,
            roots=["file:///w"],
            settings=settings,
            note=self.notes.append,
            publish=lambda *said: self.published.append(said),
        )

    async def log(self) -> list[Any]:
        found: list[Any] = await self.server.request("test/log", None)
        return found

    async def methods(self) -> list[str]:
        return [m["method"] for m in await self.log() if "method" in m]


@pytest.fixture(autouse=True)
def _time_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that a slow machine needs."""
    monkeypatch.setattr(bridge, "END", 300.0)


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    """Run a coroutine function with a scripted server, which is stopped afterwards."""

    def run(test: Callable[[Play], Awaitable[None]], script: Any = None, **more: Any) -> None:
        async def whole() -> None:
            made = Play(tmp_path, script, **more)
            try:
                await asyncio.wait_for(test(made), 300)
            finally:
                await made.server.stop()

        asyncio.run(whole())

    return run


def text(content: str) -> Text:
    return Text(URI, content, "x")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except ProcessLookupError:  # it ended between the two looks
        return False
    except FileNotFoundError:  # the same; or a system without /proc, which knows no more
        return not Path("/proc/self").exists()


async def gone(pid: int) -> bool:
    """Whether it ends by and by; those that only sleep do so for longer than is waited here."""
    until = time.monotonic() + 300
    while alive(pid) and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return not alive(pid)


# -- asking and being asked


def test_it_starts_at_the_first_question(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        assert p.server.status.phase == "off"
        assert await p.server.request("x/y", {}) == 42
        assert p.server.status.phase == "running"
        said = (await p.log())[0]["params"]
        assert said["processId"] == os.getpid()
        assert said["rootUri"] == "file:///w"
        assert said["initializationOptions"] == {"a": 1}
        assert "notebookDocument" not in said["capabilities"]
        assert said["capabilities"]["general"]["positionEncodings"][0] == "utf-32"

    play(test, {"x/y": [{"answer": 42}]}, initialization={"a": 1})


def test_two_questions_at_once_start_one_server(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        assert await asyncio.gather(p.server.request("x/y", 1), p.server.request("x/y", 2)) == [0, 0]
        assert (await p.methods()).count("initialize") == 1

    play(test, {"x/y": [{"answer": 0}]})


def test_configuration_is_answered_by_section(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        await p.server.request("x/y", None)
        answers = [m["result"] for m in await p.log() if "method" not in m]
        assert answers == [[{"b": 1}, 1, None, {"a": {"b": 1}}]]

    items = [{"section": "a"}, {"section": "a.b"}, {"section": "z"}, {}]
    play(test, {"x/y": [{"ask": ["workspace/configuration", {"items": items}]}]}, settings={"a": {"b": 1}})


def test_dynamic_registrations_are_accepted_and_withdrawn(play: Callable[..., None]) -> None:
    method = "textDocument/hover"

    async def test(p: Play) -> None:
        await p.server.ready()
        assert p.server.can("textDocument/definition")
        assert not p.server.can(method)
        await p.server.request("x/on", None)
        assert p.server.can(method)
        await p.server.request("x/off", None)
        assert not p.server.can(method)

    on = {"registrations": [{"id": "1", "method": method}]}
    off = {"unregisterations": [{"id": "1", "method": method}]}
    play(
        test,
        {
            "initialize": [{"answer": {"capabilities": {"definitionProvider": True, "hoverProvider": False}}}],
            "x/on": [{"ask": ["client/registerCapability", on]}],
            "x/off": [{"ask": ["client/unregisterCapability", off]}],
        },
    )


def test_whatever_else_it_asks_is_answered(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        for method in ("a", "b", "c", "d"):
            await p.server.request(method, None)
        answers = [m for m in await p.log() if "method" not in m]
        assert [a.get("result", a.get("error", {}).get("code")) for a in answers] == [
            {"applied": False, "failureReason": answers[0]["result"]["failureReason"]},
            None,
            [{"uri": "file:///w", "name": "w"}],
            -32601,
        ]

    asked = ["workspace/applyEdit", "window/workDoneProgress/create", "workspace/workspaceFolders", "who/knows"]
    play(test, {name: [{"ask": [method, {}]}] for name, method in zip("abcd", asked, strict=True)})


@pytest.mark.parametrize("code", [-32800, -32801, -32802])
def test_what_the_server_gave_up_is_asked_again(play: Callable[..., None], code: int) -> None:
    async def test(p: Play) -> None:
        assert await p.server.request("x/y", None) == "at last"
        assert (await p.methods()).count("x/y") == 6

    play(test, {"x/y": [*[{"error": code}] * 5, {"answer": "at last"}]})


def test_who_always_gives_up_is_not_asked_for_ever(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        with pytest.raises(Refused):
            await p.server.request("x/y", None)
        assert p.server.status.phase == "running"

    play(test, {"x/y": [{"error": -32800}]}, patience=0.5)


def test_questions_wait_until_answers_can_be_trusted(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        assert await p.server.request("x/y", None) == 1
        # It is asked when the client has answered, upon which it says that it is able.
        assert [m.get("method") for m in await p.log()] == ["initialize", "initialized", None, "x/y", "test/log"]

    play(
        test,
        {
            "initialized": [{"say": ["window/logMessage", {"message": "busy"}], "ask": ["workspace/x/refresh", {}]}],
            "": [{"say": ["window/logMessage", {"message": "done"}]}],
            "x/y": [{"answer": 1}],
        },
        able=lambda method, params: params.get("message") == "done",
    )


def test_one_that_never_gets_able_is_given_up(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        with pytest.raises(Gone, match="said nothing for"):
            await p.server.request("x/y", None)

    play(test, {}, able=lambda method, params: False, patience=0.2)


def test_its_own_requests_have_the_answers_of_its_spec(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        await p.server.request("x/y", None)
        assert [m["result"] for m in await p.log() if "method" not in m] == [{"cancelled": True}]

    play(test, {"x/y": [{"ask": ["its/own", {}]}]}, answers={"its/own": {"cancelled": True}})


def test_every_message_is_traced_on_request(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text("{}", encoding="utf-8")
    argv = (sys.executable, "-IS", str(SCRIPTED), str(tmp_path / "script.json"))

    async def test(file: Path) -> None:
        server = Server(ServerSpec("scripted", argv, frozenset()), trace=trace_to(file))
        await server.request("x/é", None)
        await server.stop()

    asyncio.run(test(tmp_path / "trace"))
    lines = [json.loads(line) for line in (tmp_path / "trace").read_text(encoding="ascii").splitlines()]
    assert [(line.get("to"), line.get("from"), line["message"].get("method")) for line in lines] == [
        *(("scripted", None, "initialize"), (None, "scripted", None), ("scripted", None, "initialized")),
        *(("scripted", None, "x/é"), (None, "scripted", None)),
        *(("scripted", None, "shutdown"), (None, "scripted", None), ("scripted", None, "exit")),
    ]
    asyncio.run(test(tmp_path / "no such folder" / "trace"))  # is a line in the log


def test_an_answer_whose_text_was_changed_meanwhile_is_asked_for_again(play: Callable[..., None]) -> None:
    """ty begins anew with the newest text, and says nothing of it."""

    async def test(p: Play) -> None:
        await p.server.at(text("open"), "x/y")
        one, two = await asyncio.gather(p.server.at(text("one"), "x/y"), p.server.at(text("two"), "x/y"))
        shown, asked = "", []
        for message in await p.log():
            if message.get("method") == "textDocument/didChange":
                shown = message["params"]["contentChanges"][0]["text"]
            elif message.get("method") == "x/y":
                asked.append(shown)
        assert asked[1:3] == ["one", "two"]
        assert one > 1  # what it was answered while "two" was shown does not count
        assert (asked[one], asked[two]) == ("one", "two")

    numbered = [{"answer": number} for number in range(8)]
    play(test, {"initialize": [{"answer": {"capabilities": {"textDocumentSync": 1}}}], "x/y": numbered})


def test_errors_are_not_asked_again(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        with pytest.raises(Refused, match="as told"):
            await p.server.request("x/y", None)
        assert (await p.methods()).count("x/y") == 1

    play(test, {"x/y": [{"error": -32603}]})


def test_who_does_not_wait_any_longer_has_the_request_cancelled(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        await p.server.ready()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(p.server.request("x/y", None), 0.2)
        log = await p.log()
        asked = next(m for m in log if m.get("method") == "x/y")
        assert [m["params"] for m in log if m.get("method") == "$/cancelRequest"] == [{"id": asked["id"]}]

    play(test, {"x/y": [{"silence": True}]})


def test_diagnostics_and_messages(play: Callable[..., None], caplog: pytest.LogCaptureFixture) -> None:
    async def test(p: Play) -> None:
        await p.server.request("x/y", None)
        await p.server.request("x/z", None)
        assert p.published == [(URI, 3, [])]

    with caplog.at_level(logging.INFO):
        play(
            test,
            {
                "x/y": [{"say": ["textDocument/publishDiagnostics", {"uri": URI, "version": 3, "diagnostics": []}]}],
                "x/z": [{"say": ["window/logMessage", {"message": "by the way"}], "complain": "on stderr"}],
            },
        )
    assert "scripted: by the way" in caplog.text
    assert "scripted: on stderr" in caplog.text


# -- texts


@pytest.mark.parametrize(
    ("encoding", "character"), [("utf-8", 6), ("utf-16", 4), ("utf-32", 3), (None, 4)], ids=["8", "16", "32", "silent"]
)
def test_the_encoding_that_it_chooses(play: Callable[..., None], encoding: str | None, character: int) -> None:
    async def test(p: Play) -> None:
        await p.server.at(text("\n\U0001f600a."), "x/y", 4)
        said = (await p.log())[-2]["params"]
        assert said["position"] == {"line": 1, "character": character}
        where = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": character - 1}}
        span = text("\n\U0001f600a.").span(where, p.server.encoding)
        assert span is not None
        assert span.of("\n\U0001f600a.") == "\U0001f600a"

    capabilities = {"positionEncoding": encoding} if encoding else {}
    play(test, {"initialize": [{"answer": {"capabilities": capabilities}}]})


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (1, {"text": "ab\nXd"}),
        (
            {"change": 2, "openClose": True},
            {
                "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 1}},
                "text": "X",
            },
        ),
    ],
    ids=["full", "incremental"],
)
def test_texts_come_in_versions(play: Callable[..., None], kind: Any, change: Any) -> None:
    async def test(p: Play) -> None:
        for content in ("ab\ncd", "ab\ncd", "ab\nXd"):
            await p.server.at(text(content), "x/y")
        log = await p.log()
        opened = next(m["params"]["textDocument"] for m in log if m.get("method") == "textDocument/didOpen")
        assert opened == {"uri": URI, "languageId": "x", "version": 1, "text": "ab\ncd"}
        changes = [m["params"] for m in log if m.get("method") == "textDocument/didChange"]
        assert changes == [{"textDocument": {"uri": URI, "version": 2}, "contentChanges": [change]}]
        methods = [m["method"] for m in log if "method" in m]
        assert methods[-4:] == ["x/y", "textDocument/didChange", "x/y", "test/log"]

    play(test, {"initialize": [{"answer": {"capabilities": {"textDocumentSync": kind}}}]})


def test_no_change_inside_of_a_line_end(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        await p.server.at(text("a\r\nb"), "x/y")
        await p.server.at(text("a\rb"), "x/y")
        await p.server.at(text("a\r\nb"), "x/y")
        got = "a\r\nb"
        for message in await p.log():
            if message.get("method") == "textDocument/didChange":
                change = message["params"]["contentChanges"][0]
                span = text(got).span(change["range"], "utf-16")
                assert span is not None
                got = got[: span.start] + change["text"] + got[span.end :]
        assert got == "a\r\nb"

    play(test, {"initialize": [{"answer": {"capabilities": {"textDocumentSync": 2}}}]})


def test_texts_are_files_for_those_who_read_them(play: Callable[..., None], tmp_path: Path) -> None:
    path = tmp_path / "a b" / "ü.x"

    def shown(content: str) -> Text:
        return Text(path.as_uri(), content, "x")

    async def test(p: Play) -> None:
        await p.server.at(shown("one\r\n\ud800"), "x/y")
        assert path.read_bytes() == b"one\r\n?"
        await p.server.at(shown("two"), "x/y")
        before = path.stat().st_mtime_ns
        assert path.read_bytes() == b"one\r\n?"
        p.server.save(shown("three"))
        assert path.read_bytes() == b"three"
        assert path.stat().st_mtime_ns >= before + 1_000_000
        assert [m.rpartition("/")[2] for m in (await p.methods())[2:-1]] == [
            "didOpen",
            "y",
            "didChange",
            "y",
            "didChange",
            "didSave",
        ]

    play(test, files=True)
    assert path_of(path.as_uri()) == path
    assert path_of("untitled:a.x") is None


def test_few_texts_stay_open(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        p.server._texts._most = 2
        for name in "abac":
            await p.server.at(Text(f"file:///{name}", name, "x"), "x/y")
        closed = [
            m["params"]["textDocument"]["uri"] for m in await p.log() if m.get("method") == "textDocument/didClose"
        ]
        assert closed == ["file:///b"]

    play(test)


# -- life and death


def test_a_crash_is_survived(play: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "FIRST_REST", 3600.0)

    async def test(p: Play) -> None:
        await p.server.at(text("kept"), "x/y")
        with pytest.raises(Gone):
            await p.server.request("x/crash", None)
        assert p.server.status.phase == "resting"
        with pytest.raises(Gone, match="started again"):
            await p.server.request("x/y", None)
        p.server._rests_until = 0.0  # the hour is over
        assert await p.server.request("x/y", None) == 1
        assert p.server.status.phase == "running"
        opened = [
            m["params"]["textDocument"]["text"] for m in await p.log() if m.get("method") == "textDocument/didOpen"
        ]
        assert opened == ["kept"]
        assert len(p.notes) == 1

    play(test, {"x/y": [{"answer": 1}], "x/crash": [{"exit": 7}]})


def test_after_many_crashes_it_is_left_alone(play: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "FIRST_REST", 0.0)
    monkeypatch.setattr(bridge, "STRIKES", 3)

    async def test(p: Play) -> None:
        for _ in range(5):
            with pytest.raises(Gone):
                await p.server.request("x/y", None)
        assert p.server.status.phase == "failed"
        assert "Look at the script." in p.server.status.reason
        assert len(p.notes) == 2

    play(test, {"initialize": [{"exit": 1}]})


def test_one_that_hangs_is_killed(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        await p.server.ready()
        assert p.server._child is not None
        pid = p.server._child.pid
        with pytest.raises(Gone, match="hangs"):
            await p.server.request("x/y", None)
        assert p.server.status.phase == "resting"
        assert await gone(pid)

    play(test, {"x/y": [{"silence": True}]}, patience=0.3)


def test_one_that_is_silent_to_the_impatient_is_killed_too(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        connection = await p.server.ready()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(p.server.request("x/y", None), 0.05)
        assert connection._silent_since is not None
        connection._silent_since -= 3600  # as long as nobody asks
        with pytest.raises(Gone, match="hangs"):
            await p.server.request("x/y", None)

    play(test, {"x/y": [{"silence": True}]}, patience=600.0)


def test_one_that_is_not_installed_is_an_instruction() -> None:
    notes: list[str] = []
    spec = ServerSpec("nowhere", ("no-such-program-anywhere",), frozenset(), install="Run `pip install nowhere`.")

    async def test() -> None:
        server = Server(spec, note=notes.append)
        for _ in range(2):
            with pytest.raises(Gone, match="pip install nowhere"):
                await server.request("x/y", None)
        assert server.status.phase == "missing"

    asyncio.run(test())
    assert notes == ["nowhere is not installed. Run `pip install nowhere`."]


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_who_waits_for_a_start_that_is_stopped_hears_that_it_is_gone(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        waiting = asyncio.ensure_future(p.server.request("x/y", None))
        while p.server.pid is None:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        await p.server.stop()
        with pytest.raises(Gone):
            await waiting

    play(test, {"initialize": [{"silence": True}]})


def test_a_question_cancelled_after_its_server_has_gone_is_cancelled(play: Callable[..., None]) -> None:
    async def test(p: Play) -> None:
        connection = await p.server.ready()
        waiting = asyncio.ensure_future(connection.request("x/y", None))
        await asyncio.sleep(0)
        connection._writer.close()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    play(test, {"x/y": [{"silence": True}]})


def test_stopping_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "END", 0.2)

    async def test() -> None:
        p = Play(tmp_path, {"shutdown": [{"silence": True}]})
        child = await p.server.request("test/children", None)
        assert p.server._child is not None
        pid = p.server._child.pid
        await p.server.stop()
        assert await gone(pid)
        assert await gone(child)
        with pytest.raises(Gone):
            await p.server.request("x/y", None)

    asyncio.run(test())


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_no_orphan_when_we_are_killed(tmp_path: Path) -> None:
    (tmp_path / "script.json").write_text("{}")
    program = (
        "import asyncio, sys\n"
        "from polycell.bridge.server import Server\n"
        "from polycell.bridge.spec import ServerSpec\n"
        "async def main():\n"
        f"    argv = (sys.executable, {str(SCRIPTED)!r}, {str(tmp_path / 'script.json')!r})\n"
        "    spec = ServerSpec('s', argv, frozenset())\n"
        "    server = Server(spec)\n"
        "    await server.ready()\n"
        "    print(server._child.pid, flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert alive(pid)
        parent.kill()
    assert asyncio.run(gone(pid))


# -- specs are data


def test_sections_and_merging() -> None:
    settings = {"a": {"b": {"c": 1}}, "l": (1, 2)}
    assert section(settings, "a.b.c") == 1
    assert section(settings, "a.x.c") is None
    assert section(settings, "l") == [1, 2]
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}, "d": ()}) == {"a": {"b": 3, "c": 2}, "d": []}
