"""Answers: what is sent, how much of it, and in the form that the client asked for."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from lsprotocol import types

from polycell.core.environment import Exports
from polycell.core.results import Completion
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.lsp.answers import plain
from polycell.lsp.completion import items
from tests.counting import calls
from tests.lsp.client import Client, Words, at, position, run

NB = "file:///w/a.ipynb"
DETAILS = {"textDocument": {"completion": {"completionItem": {"labelDetailsSupport": True}}}}
RESOLVES = {"textDocument": {"completion": {"completionItem": {"resolveSupport": {"properties": ["documentation"]}}}}}
STALE = {"general": {"staleRequestSupport": {"cancel": True, "retryOnContentModified": []}}}


def cell(number: int) -> str:
    return f"cell:{NB}#{number}"


async def opened(*cells: tuple[str, str], capabilities: Any = None, **more: Any) -> Client:
    client = Client()
    await client.start(capabilities, **more)
    client.open_notebook(NB, *cells)
    return client


def test_two_hundred_items_and_word_that_there_are_more() -> None:
    async def test() -> None:
        client = await opened(("python", "many"), ("python", "x = 1"), ("python", ""))
        answer = await client.request("textDocument/completion", at(cell(0), 0, 4))
        assert (len(answer["items"]), answer["isIncomplete"]) == (200, True)
        texts = [item["sortText"] for item in answer["items"]]
        assert texts == sorted(texts)
        answer = await client.request("textDocument/completion", at(cell(2), 0, 0))
        assert (len(answer["items"]), answer["isIncomplete"]) == (1, False)

    run(test)


def test_a_completion_does_not_wait_for_very_many_cells_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polycell.lsp.scheduler.SLICE", 0.0)  # a cell at a time

    async def test() -> None:
        client = await opened()
        client.server.scheduler._idle = 3600.0
        client.open_notebook(f"{NB}2", *[("python", f"name{n} = 1") for n in range(4)], ("python", ""))
        here = at(f"cell:{NB}2#4", 0, 0)
        with monkeypatch.context() as patched:
            patched.setattr("polycell.lsp.completion.MANY", 3)
            patched.setattr("polycell.lsp.completion.READ_FOR", 0.0)
            answer = await client.request("textDocument/completion", here)
        assert ([item["label"] for item in answer["items"]], answer["isIncomplete"]) == (["name0"], True)
        answer = await client.request("textDocument/completion", here)
        assert ([item["label"] for item in answer["items"]], answer["isIncomplete"]) == (
            [f"name{n}" for n in range(4)],
            False,
        )

    run(test)


@pytest.mark.parametrize("method", ["completion", "hover"])
def test_what_a_cell_gives_to_others_is_not_worked_out_for_an_answer_about_it(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = []
    exports = Words.exports

    def noted(self: Words, context: Context) -> Exports:
        given.append(context.index)
        return exports(self, context)

    monkeypatch.setattr(Words, "exports", noted)

    async def test() -> None:
        client = await opened()
        client.server.scheduler._idle = 3600.0
        client.open_notebook(f"{NB}2", ("python", "name = 1"), ("python", "name"))
        assert await client.request(f"textDocument/{method}", at(f"cell:{NB}2#1", 0, 2))
        assert given == [0]

    run(test)


def test_where_nothing_is_known_it_does_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("polycell.lsp.scheduler.SLICE", 0.0)
    monkeypatch.setattr("polycell.lsp.completion.MANY", 0)
    monkeypatch.setattr("polycell.lsp.completion.READ_FOR", 0.0)

    async def test() -> None:
        client = await opened()
        client.server.scheduler._idle = 3600.0
        client.open_notebook(f"{NB}2", ("python", ""), ("python", "name = 1"), ("python", ""))
        answer = await client.request("textDocument/completion", at(f"cell:{NB}2#2", 0, 0))
        assert ([item["label"] for item in answer["items"]], answer["isIncomplete"]) == (["name"], False)

    run(test)


def test_items_replace_what_was_typed_and_need_no_snippets() -> None:
    async def test() -> None:
        client = await opened(("python", "name = 1"), ("python", "1 + 😀na"))
        (item,) = await client.complete(cell(1), 0, 8)
        assert item["textEdit"] == {"newText": "name", "range": {"start": position(0, 6), "end": position(0, 8)}}
        assert item["insertTextFormat"] == 1
        assert "insertText" not in item

    run(test)


def test_what_is_left_of_an_item_for_a_client_that_knows_little() -> None:
    async def test() -> None:
        client = await opened(("python", "name = 1"), ("python", ""))
        (item,) = await client.complete(cell(1), 0, 0)
        assert item["detail"] == "seen"
        assert item["documentation"]["value"] == "**name**"
        assert "labelDetails" not in item
        assert "data" not in item
        client = await opened(("python", "name = 1"), ("python", ""), capabilities=DETAILS)
        (item,) = await client.complete(cell(1), 0, 0)
        assert item["labelDetails"] == {"description": "seen"}

    run(test)


def test_documentation_comes_with_resolve_and_from_what_the_item_carries() -> None:
    async def test() -> None:
        client = await opened(("python", "name = 1"), ("python", ""), capabilities=RESOLVES)
        (item,) = await client.complete(cell(1), 0, 0)
        assert "documentation" not in item
        answer = await client.request("completionItem/resolve", item)
        assert answer["documentation"] == {"kind": "markdown", "value": "**name**"}
        for data in (
            None,
            3,
            {},
            {"uri": "cell:gone", "line": 0, "character": 0},
            {"uri": 3, "line": -1, "character": "x"},
        ):
            answer = await client.request("completionItem/resolve", {"label": "name", "data": data})
            assert "documentation" not in answer

    run(test)


@pytest.mark.parametrize(
    ("language", "text", "trigger", "some"),
    [
        ("python", "x = ", " ", False),
        ("python", "f(", "(", False),
        ("python", "x.", ".", True),
        ("sql", "select ", " ", True),
        ("sql", "select a from ", " ", True),
        ("sql", "select a ", " ", False),
        ("sql", "select a, ", " ", True),
        ("sql", "select sum(", "(", True),
        ("sql", " ", " ", False),
    ],
)
def test_trigger_characters_that_were_only_typing(language: str, text: str, trigger: str, some: bool) -> None:
    async def test() -> None:
        client = await opened(("python", "t = frame(a)"), (language, text))
        items = await client.complete(cell(1), 0, len(text), trigger)
        assert bool(items) is some
        assert await client.complete(cell(1), 0, len(text))

    run(test)


def test_a_client_that_shows_plain_text_gets_plain_text() -> None:
    async def test() -> None:
        hovers = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        client = await opened(("python", "x = 1"), ("python", "x"), capabilities=hovers)
        assert (await client.hover(cell(1), 0, 0))["contents"] == {"kind": "plaintext", "value": "x in python: 1"}

    run(test)


def test_markdown_as_plain_text() -> None:
    text = "**t** `a`\n```python\nx = [1](2)\n```\nsee [page](http://x) 2 \\* 3"
    assert plain(text) == "t a\nx = 1\nsee page 2 * 3"


@pytest.mark.parametrize(("capabilities", "error"), [(STALE, -32801), (None, None)])
def test_positions_in_a_text_that_has_changed_are_withdrawn(capabilities: Any, error: int | None) -> None:
    async def test() -> None:
        client = await opened(("python", "x = 1"), ("python", "x"), capabilities=capabilities)
        asked = client.ask("textDocument/hover", at(cell(1), 0, 0))
        client.type_in(NB, cell(1), 0, 0, 0, "y = ")
        answer = await client.answer(asked)
        assert answer.get("error", {}).get("code") == error
        assert answer.get("result") is None
        # An edit in another cell, or none in the text, takes nothing away.
        asked = client.ask("textDocument/hover", at(cell(1), 0, 5))
        client.type_in(NB, cell(0), 0, 4, 5, "2")
        assert (await client.answer(asked))["result"] is not None

    run(test)


def test_a_line_typed_above_in_a_document_moves_everything_below() -> None:
    async def test() -> None:
        client = Client()
        await client.start(STALE)
        script = "# %%\nx = 1\n\n# %%\nx\n"
        client.open_text("file:///w/a.py", "python", script)
        asked = client.ask("textDocument/hover", at("file:///w/a.py", 4, 0))
        client.edit_text("file:///w/a.py", "\n" + script)
        assert (await client.answer(asked))["error"]["code"] == -32801

    run(test)


def test_completion_is_still_served_after_an_edit() -> None:
    async def test() -> None:
        client = await opened(("python", "name = 1"), ("python", "n"), capabilities=STALE)
        asked = client.ask("textDocument/completion", at(cell(1), 0, 1))
        client.type_in(NB, cell(1), 0, 1, 1, "a")
        assert [i["label"] for i in (await client.answer(asked))["result"]["items"]] == ["name"]

    run(test)


def test_definition_references_and_highlights_over_cells() -> None:
    async def test() -> None:
        client = await opened(("python", "x = 1\ny = x"), ("python", "x"), ("sql", "x"))
        here = {"uri": cell(0), "range": {"start": position(0, 0), "end": position(0, 1)}}
        assert await client.request("textDocument/definition", at(cell(1), 0, 0)) == [here]
        everything = {**at(cell(1), 0, 0), "context": {"includeDeclaration": True}}
        found = await client.request("textDocument/references", everything)
        assert [(f["uri"], f["range"]["start"]) for f in found] == [
            (cell(0), position(0, 0)),
            (cell(0), position(1, 4)),
            (cell(1), position(0, 0)),
        ]
        uses = {**at(cell(1), 0, 0), "context": {"includeDeclaration": False}}
        assert len(await client.request("textDocument/references", uses)) == 2
        lit = await client.request("textDocument/documentHighlight", at(cell(0), 0, 0))
        assert [(h["range"]["start"], h["kind"]) for h in lit] == [(position(0, 0), 3), (position(1, 4), 2)]

    run(test)


def test_a_language_that_fails_costs_one_empty_answer(caplog: pytest.LogCaptureFixture) -> None:
    async def test() -> None:
        client = await opened(("python", "x = 1"), ("python", "x"))
        service = client.server.state.session.services.of("python")

        async def broken(*arguments: Any) -> Any:
            await asyncio.sleep(0)
            raise RuntimeError("broken")

        for name in ("complete", "hover", "define"):
            setattr(service, name, broken)
        assert await client.complete(cell(1), 0, 1) == []
        assert await client.hover(cell(1), 0, 0) is None
        assert not [m for m in client.sent if m.get("method") == "window/showMessage"]
        assert "failed in cell" in caplog.text

    run(test)


def test_companion_says_about_python_only_what_others_cannot_know() -> None:
    async def test() -> None:
        cells = (
            ("python", "t = frame(a, b)\nn = 1\nTODO = 3"),
            ("sql", "r = 2\nTODO"),
            ("python", "n"),
            ("python", "t"),
            ("sql", "t"),
        )
        client = await opened(*cells, initializationOptions={"python": "companion"})
        await client.settled()
        # The service's kinds: `t`, `n` are variables, `a` and `b` columns.
        assert {i["label"] for i in await client.complete(cell(2), 0, 0)} == {"a", "b"}
        assert {i["label"] for i in await client.complete(cell(4), 0, 0)} >= {"t", "a", "b"}
        assert await client.hover(cell(2), 0, 0) is None
        assert await client.hover(cell(3), 0, 0) is not None
        assert await client.hover(cell(4), 0, 0) is not None
        assert await client.request("textDocument/definition", at(cell(2), 0, 0)) == []
        assert len(await client.request("textDocument/definition", at(cell(4), 0, 0))) == 1
        assert await client.request("textDocument/documentHighlight", at(cell(2), 0, 0)) == []
        assert await client.request("textDocument/documentSymbol", {"textDocument": {"uri": cell(0)}}) == []
        assert len(await client.request("textDocument/documentSymbol", {"textDocument": {"uri": cell(1)}})) == 1

    run(test)


def test_an_item_is_written_in_a_few_calls() -> None:
    """Two hundred are, at each keystroke: as objects of the protocol library one took fifty."""

    async def test() -> None:
        client = await opened(("python", "x"))
        asked = client.server.state.asked(cell(0))
        assert asked is not None
        word = Span(0, 1)
        chosen = [Completion(f"name{n}", "method", word, detail="()", documentation="Doc.") for n in range(200)]
        written = partial(items, client.server.state, asked, types.Position(0, 1), lambda span: span)
        assert [item["label"] for item in written(chosen)] == [item.label for item in chosen]
        some, all_ = calls(lambda: list(written(chosen[:100]))), calls(lambda: list(written(chosen)))
        assert all_ - some <= 12 * 100

    run(test)
