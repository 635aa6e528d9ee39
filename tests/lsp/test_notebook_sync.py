"""Notebooks as VS Code sends them; the shapes are those of recorded messages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.notebook import Cell, Notebook
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.lsp import notebook_sync
from polycell.lsp.conversation import default_parts
from tests.counting import counted
from tests.lsp.client import Client, eventually, position, run

NB = "file:///w/a.ipynb"
PYTHON = {"metadata": {"kernelspec": {"name": "python3", "language": "python"}}}


def cell(number: int) -> str:
    return f"cell:{NB}#{number}"


def structure(start: int, delete: int, *uris: str, opened: Any = (), closed: Any = ()) -> dict[str, Any]:
    return {
        "structure": {
            "array": {"start": start, "deleteCount": delete, "cells": [{"kind": 2, "document": uri} for uri in uris]},
            "didOpen": [{"uri": u, "languageId": language, "version": 1, "text": t} for u, language, t in opened],
            "didClose": [{"uri": uri} for uri in closed],
        }
    }


async def opened(*cells: tuple[str, str]) -> Client:
    client = Client()
    await client.start()
    client.open_notebook(NB, *(cells or (("python", "a = 1"), ("python", "b = 2"), ("sql", "select 3"))))
    return client


def test_a_moved_cell_comes_without_its_text() -> None:
    async def test() -> None:
        client = await opened()
        client.change_notebook(NB, cells=structure(1, 2, cell(2), cell(1)))
        assert client.texts(NB) == [("python", "a = 1"), ("sql", "select 3"), ("python", "b = 2")]
        # Far: inserted at the end first, deleted from its place in a later message.
        client.change_notebook(NB, cells=structure(3, 0, cell(0)))
        assert [text for _, text in client.texts(NB)] == ["select 3", "b = 2", "a = 1"]

    run(test)


def test_a_language_change_is_three_messages() -> None:
    async def test() -> None:
        client = await opened()
        client.change_notebook(NB, cells=structure(1, 1, closed=[cell(1)]))
        assert len(client.texts(NB)) == 2
        client.change_notebook(NB, cells=structure(1, 0, cell(1), opened=[(cell(1), "sql", "b = 2")]))
        data = [{"kind": 2, "document": cell(1), "metadata": {"metadata": {"vscode": {"languageId": "sql"}}}}]
        client.change_notebook(NB, cells={"data": data})
        assert client.texts(NB) == [("python", "a = 1"), ("sql", "b = 2"), ("sql", "select 3")]

    run(test)


def test_the_language_that_is_shown_counts_and_not_the_one_that_an_undo_has_left_behind() -> None:
    """VS Code takes back a change of language in two steps: the note in the metadata, then the language."""

    async def test() -> None:
        client = await opened()

        def data(number: int, *, nested: bool = True, **noted: str) -> list[tuple[str, str]]:
            own = {"vscode": noted} if noted else {}
            metadata = {"metadata": own, "id": str(number)} if nested else own
            client.change_notebook(NB, cells={"data": [{"kind": 2, "document": cell(number), "metadata": metadata}]})
            return client.texts(NB)

        assert data(1, languageId="sql")[1] == ("python", "b = 2")
        assert data(2, languageId="sql")[2] == ("sql", "select 3")
        assert data(2)[2] == ("sql", "select 3")
        # One that is not VS Code may give every cell the kernel's language, and not know what the file says.
        assert data(1, nested=False, languageId="sql")[1] == ("sql", "b = 2")
        # Plain text is what VS Code shows of a language that it does not know.
        client.change_notebook(NB, cells=structure(1, 1, closed=[cell(1)]))
        client.change_notebook(NB, cells=structure(1, 0, cell(1), opened=[(cell(1), "plaintext", "val b = 2")]))
        assert data(1, languageId="scala")[1] == ("scala", "val b = 2")

    run(test)


def test_the_work_of_an_edit_does_not_grow_with_the_notebook() -> None:
    """From the message to the finding, and to the end of the look at all cells after it: with the real languages."""

    async def calls_of_an_edit(size: int) -> int:
        client = Client(default_parts, idle=0.1)
        await client.start()
        client.open_notebook(NB, *(("python", f"frame_{n} = {n}\nprint(frame_{n})") for n in range(size)))
        await client.settled()

        async def edit(name: str) -> None:
            content = {"document": {"uri": cell(size - 1), "version": 2}, "changes": [{"text": f"x = 1\n{name}"}]}
            client.change_notebook(NB, cells={"textContent": [content]})
            await client.settled()
            assert client.published()[-1] == (cell(size - 1), [f"`{name}` is not defined in this notebook."])

        await edit("warm")
        with counted() as made:
            await edit("nobody")
        return made()

    async def test() -> None:
        few, many = await calls_of_an_edit(100), await calls_of_an_edit(1000)
        assert many < 1.3 * few

    run(test)


def test_runs_recompute_nothing_and_send_nothing() -> None:
    async def test() -> None:
        client = await opened(("python", "a = TODO"), ("python", "a"))
        looked: list[tuple[str, str]] = []
        client.server.state.session._memo.listener = lambda what, cell_id: looked.append((what, cell_id))
        await client.settled()
        assert looked
        looked.clear()
        client.sent.clear()
        for count in range(6):
            summary = {"executionOrder": count, "success": count % 2 == 0}
            metadata = {"execution_count": count, "metadata": {}, "id": "0"}
            data = [{"kind": 2, "document": cell(0), "metadata": metadata, "executionSummary": summary}]
            client.change_notebook(NB, cells={"data": data})
        await client.settled()
        assert looked == []
        assert client.sent == []
        snapshot = client.server.state.session.snapshot(NB)
        assert snapshot is not None
        assert snapshot.notebook.cells[0].execution_count == 5

    run(test)


def test_an_edited_cell_keeps_its_summary_and_loses_its_count_as_vscode_1_139_says() -> None:
    async def test() -> None:
        client = await opened()
        said = {"kind": 2, "document": cell(0), "metadata": {"execution_count": None, "metadata": {}}}
        client.change_notebook(
            NB, cells={"data": [{**said, "executionSummary": {"executionOrder": 4, "success": True}}]}
        )
        snapshot = client.server.state.session.snapshot(NB)
        assert snapshot is not None
        assert snapshot.notebook.cells[0].execution_count == 4

    run(test)


def test_an_edit_looks_again_at_its_own_cell_only() -> None:
    async def test() -> None:
        client = await opened(*[("python", f"v{n} = 1") for n in range(30)])
        await client.settled()
        looked: list[tuple[str, str]] = []
        client.server.state.session._memo.listener = lambda what, cell_id: looked.append((what, cell_id))
        client.type_in(NB, cell(7), 0, 5, 6, "2")
        await client.settled()
        assert {cell_id for _, cell_id in looked} == {cell(7)}

    run(test)


def test_closed_cells_and_closed_notebooks_are_emptied() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO"), ("python", "TODO"), ("python", "1"))
        await client.settled()
        assert [len(client.diagnostics(cell(n)) or []) for n in range(3)] == [1, 1, 0]
        client.change_notebook(NB, cells=structure(0, 1, closed=[cell(0)]))
        assert client.diagnostics(cell(0)) == []
        client.notify("notebookDocument/didClose", {"notebookDocument": {"uri": NB}, "cellTextDocuments": []})
        await client.settled()
        assert [client.diagnostics(cell(n)) for n in range(3)] == [[], [], []]
        assert client.server.state.session.snapshot(NB) is None
        assert await client.hover(cell(1), 0, 0) is None

    run(test)


def test_saved_under_another_name_every_uri_is_new() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO"))
        await client.settled()
        client.notify("notebookDocument/didClose", {"notebookDocument": {"uri": NB}, "cellTextDocuments": []})
        client.open_notebook("file:///w/b.ipynb", ("python", "TODO"))
        await client.settled()
        assert client.diagnostics(cell(0)) == []
        assert len(client.diagnostics("cell:file:///w/b.ipynb#0") or []) == 1

    run(test)


def test_the_same_notebook_opened_twice_is_the_newer_one() -> None:
    async def test() -> None:
        client = await opened(("python", "TODO"), ("python", "TODO"))
        await client.settled()
        client.open_notebook(NB, ("sql", "select 1"))
        await client.settled()
        assert client.texts(NB) == [("sql", "select 1")]
        assert client.diagnostics(cell(1)) == []

    run(test)


def test_two_notebooks_do_not_see_each_other() -> None:
    async def test() -> None:
        client = await opened(("python", "x = one"))
        other = "untitled:Untitled-1.ipynb?jupyter-notebook"
        client.open_notebook(other, ("python", "y = two"), ("python", ""))
        items = await client.complete(f"cell:{other}#1", 0, 0)
        assert [item["label"] for item in items] == ["y"]

    run(test)


@pytest.mark.parametrize(
    ("sent", "asked"),
    [
        ("vscode-notebook-cell:/w/a.ipynb#W1sZmlsZQ%3D%3D", "vscode-notebook-cell:/w/a.ipynb#W1sZmlsZQ=="),
        ("vscode-notebook-cell:/w/a%20b.ipynb#W1", "vscode-notebook-cell:/w/a b.ipynb#W1"),
        ("cell:Ä#W1", "cell:%C3%84#W1"),
    ],
)
def test_uris_are_compared_unquoted_and_answered_as_sent(sent: str, asked: str) -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        document = {"uri": sent, "languageId": "python", "version": 1, "text": "x = TODO"}
        notebook = {"uri": NB, "cells": [{"kind": 2, "document": sent}], "metadata": PYTHON}
        client.notify("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": [document]})
        await client.settled()
        where = {"textDocument": {"uri": asked}, "position": position(0, 0)}
        answer = await client.request("textDocument/definition", where)
        assert [found["uri"] for found in answer] == [sent]
        assert len(client.diagnostics(sent) or []) == 1
        # Case counts: another cell may be called so.
        assert await client.hover(sent.replace("#W1", "#w1"), 0, 0) is None

    run(test)


def test_markup_and_raw_cells_are_silent() -> None:
    async def test() -> None:
        client = await opened(("markdown", "TODO"), ("raw", "TODO"), ("python", "x"))
        await client.settled()
        assert [client.diagnostics(cell(n)) or [] for n in range(3)] == [[], [], []]

    run(test)


def polynote(path: Path, *cells: tuple[str, str]) -> None:
    """As Polynote writes it: the language stands beside the metadata, where VS Code loses it."""
    made = [
        {
            "cell_type": "code",
            "language": language,
            "metadata": {},
            "source": [text],
            "outputs": [],
            "execution_count": 1,
        }
        for language, text in cells
    ]
    info = {"language_info": {"name": "scala"}, "config": {"dependencies": {}}}
    path.write_text(json.dumps({"cells": made, "metadata": info, "nbformat": 4, "nbformat_minor": 0}), encoding="utf-8")


def test_polynotes_languages_come_from_the_file(tmp_path: Path) -> None:
    async def test() -> None:
        file = tmp_path / "p.ipynb"
        polynote(file, ("sql", "select 1"), ("python", "x = TODO"))
        client = Client()
        await client.start()
        uri = file.as_uri()
        metadata = {"metadata": {"language_info": {"name": "scala"}, "config": {"dependencies": {}}}}
        client.open_notebook(uri, ("scala", "select 1"), ("scala", "x = TODO"), metadata=metadata)

        async def texts() -> list[tuple[str, str]]:
            await client.settled()
            return client.texts(uri)

        assert await eventually(texts, lambda texts: texts[0][0] == "sql") == [
            ("sql", "select 1"),
            ("python", "x = TODO"),
        ]
        await client.settled()
        assert len(client.diagnostics(f"cell:{uri}#1") or []) == 1

    run(test)


def test_cells_are_made_again_only_where_something_is_said_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when the file tells nothing new, nor when another cell comes, goes or moves."""
    made: list[str] = []

    def make(source: CellSource, notebook: Notebook) -> Cell:
        made.append(source.id)
        return make_cell(source, notebook)

    monkeypatch.setattr(notebook_sync, "make_cell", make)

    async def test() -> None:
        client = Client()
        await client.start()
        waiting: list[Callable[[Notebook | None], None]] = []
        client.server.notebooks._read = lambda path, then: waiting.append(then)
        metadata = {"metadata": {"language_info": {"name": "python"}}}
        client.open_notebook(NB, ("python", "a = 1"), ("python", "b = 2"), metadata=metadata)
        waiting[0](Notebook(NB, (Cell("0", "python", "a = 1"), Cell("1", "python", "b = 2"))))
        assert made == [cell(0), cell(1)]
        made.clear()
        client.change_notebook(NB, cells=structure(1, 0, cell(2), opened=[(cell(2), "python", "c = 3")]))
        client.change_notebook(NB, cells=structure(0, 1, closed=[cell(0)]))
        assert made == [cell(2)]
        made.clear()
        data = [{"kind": 2, "document": cell(1), "metadata": {"metadata": {"language": "sql"}}}]
        client.change_notebook(NB, cells={"data": data})
        client.change_notebook(NB, cells=structure(0, 2, cell(2), cell(1)))
        assert made == [cell(1)]
        assert client.texts(NB) == [("python", "c = 3"), ("sql", "b = 2")]

    run(test)


def test_until_the_file_is_read_nothing_is_reported_and_its_answer_may_come_late() -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        waiting: list[Callable[[Notebook | None], None]] = []
        client.server.notebooks._read = lambda path, then: waiting.append(then)
        metadata = {"metadata": {"config": {"dependencies": {}}}}
        client.open_notebook(NB, ("python", "TODO"), ("python", "TODO"), metadata=metadata)
        await client.settled()
        assert not client.diagnostics(cell(0))
        client.type_in(NB, cell(0), 0, 4, 4, "!")
        cells = tuple(
            Cell(str(n), language, "TODO", metadata={"language": language})
            for n, language in enumerate(("sql", "scala"))
        )
        waiting[0](Notebook(NB, cells))
        await client.settled()
        assert client.texts(NB) == [("sql", "TODO!"), ("scala", "TODO")]
        assert len(client.diagnostics(cell(0)) or []) == 1
        assert not client.diagnostics(cell(1))

    run(test)


@pytest.mark.parametrize("cells", [None, (Cell("0", "python", "TODO"), Cell("1", "python", "x = 1"))])
def test_a_file_that_says_nothing_new_leaves_the_cells_as_they_are(cells: tuple[Cell, ...] | None) -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        waiting: list[Callable[[Notebook | None], None]] = []
        client.server.notebooks._read = lambda path, then: waiting.append(then)
        metadata = {"metadata": {"language_info": {"name": "python"}}}
        client.open_notebook(NB, ("python", "TODO"), ("python", "x = 1"), metadata=metadata)
        await client.settled()
        (made,) = (one.notebook for one in client.server.notebooks._open.values())
        waiting[0](None if cells is None else Notebook(NB, cells))
        await client.settled()
        (kept,) = (one.notebook for one in client.server.notebooks._open.values())
        assert kept is not None
        assert made is not None
        assert [id(one) for one in kept.cells] == [id(one) for one in made.cells]
        assert len(client.diagnostics(cell(0)) or []) == 1

    run(test)


edits = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.integers(0, 9), st.integers(0, 6), st.text("ab\n\U0001f600", max_size=3)),
        st.tuples(st.just("insert"), st.integers(0, 9), st.just(0), st.text("xy = 1\n", max_size=4)),
        st.tuples(st.just("delete"), st.integers(0, 9), st.just(0), st.just("")),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9), st.just("")),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(edits)
def test_any_edits_end_where_opening_anew_begins(script: list[tuple[str, int, int, str]]) -> None:
    async def test() -> None:
        client = await opened()
        model = [(cell(0), "python", "a = 1"), (cell(1), "python", "b = 2"), (cell(2), "sql", "select 3")]
        fresh = 3
        for what, at, to, text in script:
            at = at % len(model) if model else 0
            if what == "insert":
                made = (cell(fresh), "python", text)
                fresh += 1
                model.insert(at, made)
                client.change_notebook(NB, cells=structure(at, 0, made[0], opened=[made]))
            elif not model:
                continue
            elif what == "delete":
                client.change_notebook(NB, cells=structure(at, 1, closed=[model[at][0]]))
                del model[at]
            elif what == "move":
                low, high = sorted((at, to % len(model)))
                part = model[low : high + 1][::-1]
                model[low : high + 1] = part
                client.change_notebook(NB, cells=structure(low, high + 1 - low, *(uri for uri, _, _ in part)))
            else:
                uri, language, old = model[at]
                first = old.split("\n")[0]
                column = min(to, len(first))
                model[at] = (uri, language, old[:column] + text + old[column:])
                units = len(first[:column].encode("utf-16-le")) // 2
                client.type_in(NB, uri, 0, units, units, text)
        assert [t for _, t in client.texts(NB)] == [t for _, _, t in model]
        again = Client()
        await again.start()
        again.open_notebook(NB, *[(language, text) for _, language, text in model])
        assert again.texts(NB) == client.texts(NB)
        await client.settled()
        await again.settled()

        def said(who: Client, uris: list[str]) -> list[Any]:
            return [[(d["message"], d["range"]) for d in who.diagnostics(uri) or []] for uri in uris]

        assert said(client, [uri for uri, _, _ in model]) == said(again, [cell(n) for n in range(len(model))])

    run(test)
