"""What is published, when, and what is never published twice."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.core.results import Finding
from polycell.core.service import services
from polycell.core.text import Span
from polycell.lsp.diagnostics import shifted
from polycell.lsp.scheduler import Scheduler
from tests.lsp.client import Client, Words, eventually, position, run

NB = "file:///w/a.ipynb"


def cell(number: int) -> str:
    return f"cell:{NB}#{number}"


async def opened(*cells: tuple[str, str], idle: float = 0.0, **more: Any) -> Client:
    client = Client(idle=idle)
    await client.start(**more)
    client.open_notebook(NB, *cells)
    return client


TYPING = 3600.0  # somebody types on and on


async def first(client: Client) -> list[tuple[str, list[str]]]:
    """What is published first."""

    async def published() -> list[tuple[str, list[str]]]:
        return client.published()

    return await eventually(published, bool)


async def rest(client: Client) -> None:
    """Nobody types any more; until everything has been looked at."""
    client.server.scheduler._idle = 0.0
    client.server.scheduler.changed(NB)
    await client.settled()


def test_syntax_first_the_rest_when_nobody_types() -> None:
    async def test() -> None:
        client = await opened(("python", "missing_a TODO"), idle=TYPING)
        assert await first(client) == [(cell(0), ["left to do"])]
        await rest(client)
        assert client.published()[1:] == [(cell(0), ["missing_a is missing", "left to do"])]

    run(test)


def test_what_a_request_had_judged_in_between_is_published_all_the_same() -> None:
    async def test() -> None:
        client = await opened(("python", "missing_a TODO"), ("python", "missing_b"), idle=TYPING)
        await first(client)
        (snapshot,) = client.server.state.session.snapshots()
        for index in range(2):  # as a request for quick fixes does
            snapshot.analysis.findings(index)
        await rest(client)
        assert client.published()[1:] == [
            (cell(0), ["missing_a is missing", "left to do"]),
            (cell(1), ["missing_b is missing"]),
        ]

    run(test)


def test_a_set_is_sent_when_it_changed_and_only_then() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO"), ("python", "x = 1"))
        await client.settled()
        assert client.published() == [(cell(0), ["left to do"])]
        client.sent.clear()
        client.type_in(NB, cell(0), 0, 4, 4, " # more")
        client.type_in(NB, cell(1), 0, 4, 5, "2")
        await client.settled()
        # The text behind the finding changed, the finding did not; its text is part of what was sent with it.
        assert client.published() in ([], [(cell(0), ["left to do"])])
        client.sent.clear()
        client.type_in(NB, cell(1), 0, 4, 5, "3")
        await client.settled()
        assert client.published() == []

    run(test)


def test_a_finding_moves_with_a_line_typed_above_it() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO\nmissing_a"))
        await client.settled()
        client.server.scheduler._idle = TYPING
        client.sent.clear()
        client.type_in(NB, cell(0), 0, 0, 0, "\n\n")
        await first(client)
        found = client.diagnostics(cell(0)) or []
        assert [d["range"]["start"] for d in found] == [position(2, 0), position(3, 0)]

    run(test)


def test_what_an_edit_elsewhere_settles_is_taken_back() -> None:
    async def test() -> None:
        client = await opened(("python", "x = 1"), ("python", "missing_a"))
        await client.settled()
        assert len(client.diagnostics(cell(1)) or []) == 1
        client.type_in(NB, cell(0), 0, 0, 1, "missing_a")
        await client.settled()
        assert client.diagnostics(cell(1)) == []

    run(test)


def test_severities_can_be_chosen_and_switched_off_while_running() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO missing_a"), initializationOptions={"severity": {"todo": "error"}})
        await client.settled()
        assert [(d["code"], d["severity"]) for d in client.diagnostics(cell(0)) or []] == [("todo", 1), ("missing", 3)]
        settings = {"polycell": {"severity": {"todo": "off", "missing": "hint"}}}
        client.notify("workspace/didChangeConfiguration", {"settings": settings})
        assert [(d["code"], d["severity"]) for d in client.diagnostics(cell(0)) or []] == [("missing", 4)]

    run(test)


def test_a_bad_setting_is_told_in_the_log_window() -> None:
    async def test() -> None:
        client = await opened(("python", ""), initializationOptions={"python": "half"})
        (message,) = [m["params"]["message"] for m in client.sent if m.get("method") == "window/logMessage"]
        assert "polycell.python" in message
        assert "companion" in message

    run(test)


def test_a_schema_that_comes_late_is_published() -> None:
    class Late(Words):
        def diagnose(self, context: Any) -> list[Finding]:
            known = context.view.read("schema")
            return [] if known is None else [Finding("late", Span(0, 1), str(known))]

    class Source:
        value: str | None = None

        def read(self, key: Hashable) -> str | None:
            return self.value

        def close(self) -> None:
            pass

    source, ready = Source(), []

    def parts(state: Any, on_ready: Any) -> Any:
        ready.append(on_ready)
        return services([Late()]), source

    async def test() -> None:
        client = Client(parts)
        await client.start()
        client.open_notebook(NB, ("python", "x = 1"))
        await client.settled()
        assert not client.diagnostics(cell(0))
        source.value = "columns a, b"
        await asyncio.get_running_loop().run_in_executor(None, ready[0], ("schema",))
        await asyncio.sleep(0)
        await client.settled()
        assert [d["message"] for d in client.diagnostics(cell(0)) or []] == ["columns a, b"]
        client.sent.clear()
        ready[0](("nobody asked",))
        await asyncio.sleep(0)
        await client.settled()
        assert client.published() == []

    run(test)


def test_versions_are_told_to_clients_that_want_them() -> None:
    async def test() -> None:
        published = {"textDocument": {"publishDiagnostics": {"versionSupport": True}}}
        client = await opened(("python", "TODO"), capabilities=published)
        client.type_in(NB, cell(0), 0, 0, 0, "x ", version=7)
        await client.settled()
        last = [m["params"] for m in client.sent if m.get("method") == "textDocument/publishDiagnostics"][-1]
        assert last["version"] == 7

    run(test)


def test_a_large_notebook_is_opened_in_slices(monkeypatch: Any) -> None:
    """Between two slices the loop turns, so that another request is answered before everything is looked at."""
    monkeypatch.setattr("polycell.lsp.scheduler.SLICE", 0)  # a slice a cell

    async def test() -> None:
        client = await opened(*[("python", f"v{n} = 1 TODO") for n in range(400)])
        turns = 0

        async def count() -> None:
            nonlocal turns
            while client.server.scheduler._passes:
                await asyncio.sleep(0)
                turns += 1

        await asyncio.gather(count(), client.settled())
        assert turns > 400
        assert sum(len(client.diagnostics(cell(n)) or []) for n in range(400)) == 400

    run(test)


def test_a_pass_that_fails_is_logged_and_the_next_one_runs(caplog: Any, monkeypatch: Any) -> None:
    async def test() -> None:
        client = await opened(("python", "TODO"))
        with monkeypatch.context() as patched:

            async def broken(self: Any, key: str) -> None:
                raise RuntimeError("broken")

            patched.setattr(Scheduler, "_first_phase", broken)
            client.server.scheduler.changed(NB)
            await client.settled()
        assert "a pass over" in caplog.text
        client.type_in(NB, cell(0), 0, 0, 0, "x")
        await client.settled()
        assert len(client.diagnostics(cell(0)) or []) == 1

    run(test)


texts = st.text("ab\n", max_size=12)


@given(texts, texts, texts, texts)
def test_shifted_findings_stand_at_the_same_words(head: str, old: str, new: str, tail: str) -> None:
    before, after = head + old + tail, head + new + tail
    everywhere = [Finding("c", Span(s, e), "") for s in range(len(before)) for e in range(s + 1, len(before) + 1)]
    for finding in shifted(everywhere, before, after):
        assert 0 <= finding.span.start < finding.span.end <= len(after)
    for finding in everywhere:
        for moved in shifted([finding], before, after):
            assert moved.span.of(after) == finding.span.of(before)


async def typed_in(text: str, place: int, letter: str, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A cell that was judged, after one keystroke, when it has been judged again and nobody has been idle yet."""
    monkeypatch.setattr("polycell.lsp.scheduler.BRIEF", 1800.0)  # nothing is asked
    client = await opened(("python", text), ("python", "missing_below"))
    await client.settled()
    client.server.scheduler._idle = TYPING
    judged = asyncio.Event()
    judge = client.server.scheduler._judge

    async def told(key: str, changed: list[str]) -> None:
        await judge(key, changed)
        judged.set()

    monkeypatch.setattr(client.server.scheduler, "_judge", told)
    client.type_in(NB, cell(0), 0, place, place, letter)
    await judged.wait()
    return client


def said(client: Client) -> list[str]:
    return [d["message"] for d in client.diagnostics(cell(0)) or []]


def test_what_is_found_in_the_changed_cell_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        client = await typed_in("b = missing_a", 0, "missing_c\n", monkeypatch)
        assert said(client) == ["missing_c is missing", "missing_a is missing"]

    run(test)


def test_what_is_asked_goes_before_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        client = await opened(("python", "b = missing_a"))
        await client.settled()
        client.server.scheduler._idle = 3600.0
        monkeypatch.setattr("polycell.lsp.scheduler.BRIEF", 1800.0)
        monkeypatch.setattr(client.server.scheduler, "_asked", lambda: True)
        client.type_in(NB, cell(0), 0, 0, 0, "missing_c\n")
        for _ in range(20):
            await asyncio.sleep(0)
        assert said(client) == ["missing_a is missing"]

    run(test)


def test_everything_is_looked_at_when_nothing_is_asked_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polycell.lsp.scheduler.BRIEF", 0.0)

    async def test() -> None:
        client = await opened(("python", ""))
        await client.settled()
        asked = [True, True, False]
        monkeypatch.setattr(client.server.scheduler, "_asked", lambda: asked.pop(0))
        client.type_in(NB, cell(0), 0, 0, 0, "missing_a")
        await client.settled()
        assert asked == []
        assert said(client) == ["missing_a is missing"]

    run(test)


def test_a_half_typed_word_is_not_accused_while_somebody_types(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        client = await typed_in("missing missing_a", 7, "_", monkeypatch)
        assert said(client) == ["missing_a is missing"]
        await client.server.scheduler._second_phase(NB)
        assert said(client) == ["missing_ is missing", "missing_a is missing"]

    run(test)


def test_a_word_that_was_accused_before_stays_so_while_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def test() -> None:
        client = await typed_in("missing_a", 9, "b", monkeypatch)
        assert said(client) == ["missing_ab is missing"]

    run(test)
