"""Metals behind the bridge, played by a scripted server that behaves as Metals was observed to: what a client must do
that is not in the protocol. The build server is ours; its compiler is played, too."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from polycell import compose
from polycell.bridge import server as bridge
from polycell.bridge.server import Server
from polycell.bridge.spec import ServerSpec
from polycell.bridge.text import Text
from polycell.bridge.trace import trace_to
from polycell.core.text import Span
from polycell.core.types import describe
from polycell.languages.scala import answers
from polycell.languages.scala.bsp import layout
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.config import Config
from polycell.languages.scala.host.classpath import Jars
from polycell.languages.scala.host.jars import MissingError, Wanted, remember
from polycell.languages.scala.light import Light
from polycell.languages.scala.metals import command, engine
from polycell.languages.scala.metals.command import Chosen
from polycell.languages.scala.metals.engine import Metals
from polycell.languages.scala.questions import Answer, Question, Told, Typed
from polycell.languages.scala.standby import Standby
from tests.bridge.test_server import gone
from tests.languages.scala.live import Live

HERE = Path(__file__).parent
COMPLETION = "textDocument/completion"


class Played:
    """`compilers` with one Metals each notebook; what was noted, and which questions got answers by themselves."""

    def __init__(self, folder: Path, cancels: int = 0, words: str = "", **more: Any) -> None:
        self.notes: list[str] = []
        self.shown: list[str] = []
        self.home = folder / "a b ü"  # characters that URIs escape, one way or another
        command = (sys.executable, "-IS", str(HERE / "scripted_metals.py"), str(cancels), words)
        spare = more.pop("spare", None)
        self.metals = Metals(
            self.notes.append,
            more.pop("chosen", Chosen(command)),
            begin=self.begin,
            home=self.home,
            resolve=more.pop("resolve", resolve),
            **more,
        )
        self.compilers = Compilers([Standby(self.metals, spare) if spare is not None else self.metals])

    def begin(self, title: str, cancel: Callable[[], None] | None) -> Any:
        self.shown.append(title)
        return self

    def report(self, message: str) -> None:
        self.shown.append(f"- {message}")

    def end(self, message: str) -> None:
        self.shown.append(f"= {message}")

    async def complete(self, text: str, at: int | None = None, **more: Any) -> Answer:
        found = await self.compilers.at(question(text, **more), COMPLETION, len(text) if at is None else at)
        assert found is not None, self.notes
        return found

    async def typed(self, asked: Question) -> Typed:
        """What the compiler says of a cell, when it has said it."""
        self.compilers.read(asked)
        await self.compilers.quiet()
        found = self.compilers.read(asked)
        assert found is not None, self.notes
        return found

    async def log(self) -> list[Any]:
        found: list[Any] = await self.compilers.servers[0].request("test/log", None)
        return found

    async def said(self, method: str) -> bool:
        return bool(messages(await self.log(), method))


def question(text: str, notebook: str = "n", cell: str = "c", config: Config | None = None) -> Question:
    return Question(config or Config(), notebook, cell, text)


def resolve(config: Config, release: Any, progress: Callable[[str], None]) -> Jars:
    if "missing" in config.modules:
        raise MissingError("not fetched yet")
    return Jars((), tuple(f"/jars/{module}.jar" for module in config.modules), {})


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """For what another process does and nobody tells of."""
    while not await holds():  # noqa: ASYNC110
        await asyncio.sleep(0.02)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(layout, "SERVER", (sys.executable, str(HERE / "scripted_build.py")))
    monkeypatch.setattr(bridge, "FIRST_REST", 0.0)

    def start(test: Callable[[Played], Coroutine[Any, Any, None]], **more: Any) -> None:
        async def playing() -> None:
            played = Played(tmp_path, **more)
            try:
                await test(played)
            finally:
                await played.compilers.close()
            assert list(played.home.glob("*")) == []

        asyncio.run(playing())

    return start


def messages(log: list[Any], method: str) -> list[Any]:
    return [message["params"] for message in log if message.get("method") == method]


def test_a_start_is_answered_and_awaited(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        found = await p.complete("xs.")
        # Of the build's own compiler, and not of the one that answers before the build is connected.
        assert found.result["items"][0]["label"] == "member: Int"
        log = await p.log()
        answered = [m.get("result") for m in log if "method" not in m]
        assert answered[:3] == [[], [{"fallbackScalaVersion": "2.13.16"}], None]
        assert answered[3]["applied"] is False
        assert answered[4:] == [{"cancelled": True}, {"cancelled": True}, None]
        said = log[0]["params"]
        assert said["rootUri"].startswith(p.home.resolve().as_uri())
        assert said["initializationOptions"]["statusBarProvider"] == "on"
        assert p.shown[0] == "Scala: starting Metals"
        assert p.shown[-1] == "= ready"

    play(test)


def test_what_it_gives_up_is_asked_again_patiently(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        assert (await p.complete("xs.")).result["items"][0]["filterText"] == "member"
        assert len(messages(await p.log(), COMPLETION)) == 7

    play(test, cancels=6)


def test_texts_are_files_in_its_folder_whole_and_in_utf_16(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        text = "val s = 1\n/* \U0001f600 */ s.mem\nval t = 2"
        at = text.index("mem") + 3
        assert (await p.complete("val r = 1")).result["text"] == "val r = 1"
        found = await p.complete(text, at)
        assert found.result["text"] == text
        assert found.span(found.result["items"][0]["textEdit"]["range"]) == Span(at - 3, at)
        (opened,) = messages(await p.log(), "textDocument/didOpen")
        assert opened["textDocument"]["uri"].startswith("file:///")
        assert messages(await p.log(), "textDocument/didChange")[0]["contentChanges"] == [{"text": text}]

    play(test)


def test_imports_of_other_cells_documents_are_not_offered(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        from polycell.core.virtual import Piece, build
        from polycell.languages.scala.document import Made

        made = Made(build([Piece("object Notebook {\n"), Piece("x.mem", "c", 0)]))
        found = await p.complete(made.text)
        items = answers.completions(found.result, made, "c", found.span, 0).items
        assert [(item.label, [edit.text for edit in item.edits]) for item in items] == [
            ("member", []),
            ("TrieMap", ["import scala.collection.concurrent.TrieMap\n"]),
        ]

    play(test)


def test_a_save_compiles_and_stale_diagnostics_are_refused(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        first = question("val a = !!")
        found = await p.typed(first)
        assert [problem.span.of(first.text) for problem in found.problems] == ["!!"]
        assert found.types == (Told(4, "a", "Int"),)
        # The old error, moved, and one of the grammar come at once and twice; then nothing is wrong.
        second = question("// (\nval b = 1")
        assert await p.typed(second) == Typed((), (Told(9, "b", "Int"),), second.text)
        # The same text is asked about again when its answer was forgotten.
        p.compilers._known.clear()
        p.compilers._asked.clear()
        assert (await p.typed(second)).types == (Told(9, "b", "Int"),)

    play(test, cancels=2)


def test_diagnostics_of_a_text_that_was_another_meanwhile_are_refused(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        saved = question("val a = 1 // wait\nval b = !!")
        await p.complete("x.")
        p.compilers.read(saved)
        await until(lambda: p.said("textDocument/didSave"))
        # Somebody types above: what is wrong in the saved text is moved to where it would be in this one.
        await p.complete("\n\n\nval a = 1\nval b = !!")
        (folder,) = p.home.glob("*")
        (folder / "go").touch()
        found = await p.typed(saved)
        assert [problem.span.of(saved.text) for problem in found.problems] == ["!!"]

    play(test)


def test_what_cannot_be_compiled_says_nothing(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        p.compilers.read(question("crash"))
        await p.compilers.quiet()
        assert p.compilers._known == {}
        assert (await p.typed(question("val a = 1", cell="d"))).problems == ()

    play(test)


def test_notebooks_do_not_share_and_dependencies_change_live(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        one, other = Config(modules=("one",)), Config(modules=("other",))
        first, second = await asyncio.gather(
            p.complete("val a = 1", notebook="1", config=one), p.complete("val b = 2", notebook="2", config=other)
        )
        assert first.result["items"][0]["detail"] == "2.13.16 one.jar"
        assert second.result["items"][0]["detail"] == "2.13.16 other.jar"
        assert first.text.uri.rpartition("/")[2] == second.text.uri.rpartition("/")[2]
        assert first.server is not second.server

        async def changed() -> bool:
            found = await p.complete("val a = 1", notebook="1", config=other)
            assert found.server is first.server
            return bool(found.result["items"][0]["detail"] == "2.13.16 other.jar")

        await until(changed)

    play(test)


def test_a_closed_notebook_needs_none(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        closed, kept = await p.complete("x.", notebook="1"), await p.complete("x.", notebook="2")
        process = closed.server.pid
        assert process is not None
        await p.compilers.leave("1")
        assert await gone(process)
        assert len(list(p.home.glob("*"))) == 1
        assert (await p.complete("x.", notebook="2")).server is kept.server

    play(test)


def test_few_run_at_once(play: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MOST", 1)

    async def test(p: Played) -> None:
        process = (await p.complete("x.", notebook="1")).server.pid
        assert process is not None
        await p.complete("x.", notebook="2")
        assert await gone(process)

    play(test)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_nothing_outlives_it(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        first = await p.complete("val a = 1")
        build, metals = await first.server.request("test/build", None), first.server.pid
        assert metals is not None
        os.kill(metals, signal.SIGKILL)
        assert await gone(build)
        again: list[Answer | None] = []

        async def answered() -> bool:
            again.append(await p.compilers.at(question("val a = 1"), COMPLETION, 9))
            return again[-1] is not None

        await until(answered)
        build, metals = await first.server.request("test/build", None), first.server.pid
        assert metals is not None
        await p.compilers.close()
        assert await gone(build)
        assert await gone(metals)

    play(test)


def test_what_a_killed_server_left_is_removed(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        for name in ("notebook-left", "somebody-elses"):
            (p.home / name).mkdir(parents=True)
            (p.home / name / "lock").touch()
        await p.complete("val a = 1", notebook="1")
        await p.complete("val a = 1", notebook="2")
        left = sorted(path.name for path in p.home.glob("*"))
        assert len(left) == 3
        assert "notebook-left" not in left
        (p.home / "somebody-elses" / "lock").unlink()
        (p.home / "somebody-elses").rmdir()

    play(test)


class Spare:
    """Answers with what it was asked about."""

    servers: tuple[Server, ...] = ()

    def __init__(self) -> None:
        self.server = Server(ServerSpec("spare", ("none",), frozenset()))

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        return Answer(question.text, Text("", ""), self.server)

    async def compile(self, question: Question, wanted: Any) -> Typed:
        return Typed(text=f"{question.text} by the spare")

    async def leave(self, notebook: str) -> None:
        """Nothing was started."""

    async def rest(self) -> None:
        """Nothing was started."""

    async def close(self) -> None:
        """Nothing was started."""


def test_where_there_is_none_the_other_answers(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        for _ in range(2):
            assert (await p.complete("x.")).result == "x."
        assert (await p.typed(question("x."))).text == "x. by the spare"
        await until(lambda: _is(len(p.notes) == 1))
        assert "`metalsCommand` names no-such-metals" in p.notes[0]

    play(test, chosen=Chosen(("no-such-metals", "-v")), spare=Spare())


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_the_other_answers_until_it_is_ready_and_while_it_is_gone(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        early, late = question("val a = 1"), question("val b = 1", cell="d")
        assert (await p.complete("x.")).result == "x."
        assert (await p.typed(early)).text == "val a = 1 by the spare"
        await until(lambda: _is(bool(p.metals.servers) and p.metals.servers[0].status.phase == "running"))
        assert (await p.complete("x.")).result == "x."
        (folder,) = p.home.glob("*")
        (folder / "connect").touch()
        await until(lambda: _is(p.metals.ready(early)))
        assert (await p.complete("xs.")).result["items"][0]["filterText"] == "member"
        # What was said of a text stays said: nothing changes because somebody else could say it now.
        assert (await p.typed(early)).text == "val a = 1 by the spare"
        assert not await p.said("textDocument/didSave")
        assert (await p.typed(late)).types == (Told(4, "b", "Int"),)
        process = p.metals.servers[0].pid
        assert process is not None
        os.kill(process, signal.SIGKILL)
        await until(lambda: _is(not p.metals.ready(early)))
        assert (await p.complete("y.")).result == "y."
        await until(lambda: _answers_again(p))
        assert p.shown.count("Scala: starting Metals") == 1

    play(test, words="hold", spare=Spare())


async def _is(holds: bool) -> bool:
    return holds


async def _answers_again(p: Played) -> bool:
    return isinstance((await p.complete("xs.")).result, dict)


@pytest.mark.parametrize("words", ["other", "several"])
def test_other_words_and_other_build_servers(words: str, play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        assert (await p.complete("xs.")).result["items"][0]["filterText"] == "member"

    play(test, words=words)


def test_dependencies_that_cannot_be_had_are_told(play: Callable[..., None]) -> None:
    async def test(p: Played) -> None:
        await p.complete("val a = 1")
        assert (await p.complete("val a = 1", config=Config(modules=("missing",)))).result["items"]
        assert p.notes == ["Scala cells do without what was declared last: not fetched yet"]

    play(test)


def test_messages_are_traced_on_request(play: Callable[..., None], tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    command = (sys.executable, "-IS", str(HERE / "scripted_metals.py"))

    async def test(p: Played) -> None:
        await p.complete("val a = 1")

    play(test, chosen=Chosen(command, trace=str(file)), trace=trace_to(file))
    lines = [json.loads(line) for line in file.read_text(encoding="ascii").splitlines()]
    said = {(line.get("to"), line.get("from"), line["message"].get("method")) for line in lines}
    assert ("Metals", None, COMPLETION) in said
    assert (None, "Metals", "workspace/configuration") in said
    assert ("the build server", None, "buildTarget/scalacOptions") in said
    assert all(isinstance(line["time"], float) for line in lines)


def test_types_reach_other_languages_and_errors_their_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "SERVER", (sys.executable, str(HERE / "scripted_build.py")))
    chosen = Chosen((sys.executable, "-IS", str(HERE / "scripted_metals.py"), "3"))
    live = Live(lambda note: Metals(note, chosen, home=tmp_path, resolve=resolve))
    try:
        text = "host: polynote\n# %% [scala]\nval a = f()\n# %% [scala]\nval b: Int = !!a\n# %% [python]\nc = a\n"
        assert describe(live.given(text)["c"]) == "int"
        assert live.findings(text) == [(1, "!!", "not found")]
        hover = live.complete(f"{text}# %% [scala]\na.m<|>")
        assert [item.label for item in hover.items] == ["member", "TrieMap"]
    finally:
        live.close()
    assert list(tmp_path.glob("*")) == []


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "metals"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.find(Chosen(), print) == (str(program),)
    assert command.find(Chosen((str(program), "-v")), print) == (str(program), "-v")
    assert command.on_this_machine()
    program.unlink()
    assert not command.on_this_machine()
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path))
    java = tmp_path / "lib" / "server" / "libjvm.so"
    java.parent.mkdir(parents=True)
    java.touch()
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.1"', encoding="utf-8")
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(MissingError, match="polycell scala fetch --metals"):
        command.find(Chosen(), print)
    jar = tmp_path / "metals.jar"
    jar.touch()
    remember(Wanted((command.MODULE,)), [str(jar)])
    found = command.find(Chosen(memory=512), print)
    assert (found[0], found[1], found[-2:]) == (str(tmp_path / "bin" / "java"), "-Xmx512m", (str(jar), command.MAIN))


@pytest.mark.parametrize(
    ("engine", "there", "asked"),
    [
        ("metals", False, Standby),
        ("compiler", True, Light),
        ("auto", True, Standby),
        ("auto", False, Light),
    ],
)
def test_who_is_asked(engine: str, there: bool, asked: type) -> None:
    metals = (sys.executable,) if there else ("no-such-metals",)
    compilers = compose.scala_compilers(lambda keys: None, engine=engine, metals=metals)
    assert [type(backend) for backend in compilers._backends] == [asked]


def test_no_garbage_collector_is_chosen_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JVM does not start that is told two; launchers of Metals name one."""
    monkeypatch.setenv("JAVA_OPTS", "-Xmx4G -XX:+UseZGC")
    told = command.spec(("metals",), 512).environment["JAVA_OPTS"]
    assert re.findall(r"-XX:\+Use\w+GC", told) == ["-XX:+UseZGC"]
    assert re.findall(r"-Xmx\w+", told) == ["-Xmx512m", "-Xmx4G"]  # the last one counts
