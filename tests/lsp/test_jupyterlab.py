"""JupyterLab: magics written back, cells found again, and documents of other languages joined to their notebook."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.formats import read_file
from polycell.lsp.jupyterlab import begun_string, restore, split
from tests.lsp.client import Client, eventually, position, run
from tests.lsp.test_recordings import RECORDED, messages
from tests.shared import SHARED, needs_shared

CASES = [
    ("plain = 1", "plain = 1"),
    ('get_ipython().run_cell_magic("sql", "", """SELECT 1""")', "%%sql\nSELECT 1"),
    ('get_ipython().run_cell_magic("sql", " result <<", """SELECT 1\nFROM t""")', "%%sql result <<\nSELECT 1\nFROM t"),
    ('get_ipython().run_cell_magic("M", " \\"a b\\" \\\\x", """t""")', '%%M "a b" \\x\nt'),
    ('get_ipython().run_cell_magic("M", "", """a \\"\\"\\"b\\"\\"\\" c""")', '%%M\na """b""" c'),
    ('get_ipython().run_cell_magic("M", "", """""")', "%%M\n"),
    ('x = get_ipython().run_line_magic("sql", " SELECT \\"a\\"")', 'x = %sql SELECT "a"'),
    ('    get_ipython().run_line_magic("time", " f()")\ny', "    %time f()\ny"),
    ('x =get_ipython().getoutput("ls -o")', "x =!ls -o"),
    ('get_ipython().getoutput("echo "a"")', '!echo "a"'),
    ("get_ipython().run_line_magic('pinfo', 'int')", "?int"),
    ("get_ipython().run_line_magic('pinfo2',  'some_f')", "some_f??"),
    ('# START_CELL_MAGIC("time", "")\nx = 1\n# END_CELL_MAGIC', "%%time\nx = 1"),
    ('rpy2.ipython.rmagic.RMagics.R("""y <- 1""", "")', "%%R\ny <- 1"),
    ('a = rpy2.ipython.rmagic.RMagics.R("""y""", "", input1=b)', "%%R -o a -i b\ny"),
    ('print("get_ipython().run_line_magic")', 'print("get_ipython().run_line_magic")'),
]


@pytest.mark.parametrize(("sent", "written"), CASES)
def test_magics_are_written_back_with_their_places(sent: str, written: str) -> None:
    block = restore(sent, base=100)
    assert block.text == written
    for segment in block.segments:
        if segment.cell_length == segment.document_length:
            inside = sent[segment.document - 100 : segment.document - 100 + segment.document_length]
            assert block.text[segment.start : segment.start + segment.cell_length] in (inside, "??")
    covered = sum(segment.cell_length for segment in block.segments)
    assert covered == len(written)


@given(st.text("ab\n \"'%!?()\\=get_ipython().run_cell_magic", max_size=80))
def test_any_text_is_taken_apart_without_loss_of_plain_text(text: str) -> None:
    for block in split(text, [text, "a"]):
        for segment in block.segments:
            assert 0 <= segment.document <= len(text)
            if segment.cell_length == segment.document_length:
                assert text[segment.document :].startswith(
                    block.text[segment.start : segment.start + segment.cell_length]
                )


def joined(*texts: str) -> str:
    return "\n\n\n".join(texts) + "\n"


FUNCTIONS = "def f():\n    return 1\n\n\ndef g():\n    return 2"


def test_two_blank_lines_inside_of_a_known_cell_do_not_cut_it() -> None:
    known = ["a = 1", FUNCTIONS, "", "b = 2"]
    assert [b.text for b in split(joined(*known), known)] == known
    assert [b.known for b in split(joined(*known), known)] == [0, 1, 2, 3]


def test_an_edited_cell_is_recognised_by_its_neighbours() -> None:
    known = ["a = 1", FUNCTIONS, "", "b = 2"]
    edited = ["a = 1", FUNCTIONS.replace("2", "3") + "\n\n\nh = 3", "", "b = 2"]
    blocks = split(joined(*edited), known)
    assert [b.text for b in blocks] == edited
    assert [b.known for b in blocks] == [0, 1, 2, 3]


@pytest.mark.parametrize("at", range(5))
def test_an_inserted_and_a_deleted_cell(at: int) -> None:
    known = ["a = 1", "b = 2", "c = 3", "d = 4"]
    more = [*known[:at], "new = 5", *known[at:]]
    assert [b.text for b in split(joined(*more), known)] == more
    if at < 4:
        less = [*known[:at], *known[at + 1 :]]
        blocks = split(joined(*less), known)
        assert [b.text for b in blocks] == less
        assert [known[b.known] for b in blocks if b.known is not None] == less


def test_line_ends_at_the_end_of_a_cell_are_not_the_next_ones() -> None:
    known = ["a = 1\n", "b = 2\n\n", "\nc = 3", "d = 4"]
    assert [b.text.rstrip("\n") for b in split(joined(*known), known)] == ["a = 1", "b = 2", "\nc = 3", "d = 4"]
    edited = ["a = 1\n", "b = 23", "\nc = 3", "d = 4"]
    blocks = split(joined(*edited), known)
    assert [(b.text.rstrip("\n"), b.known) for b in blocks] == [
        ("a = 1", 0),
        ("b = 23", 1),
        ("\nc = 3", 2),
        ("d = 4", 3),
    ]


@needs_shared
def test_real_notebooks_are_cut_where_their_cells_are() -> None:
    for path in sorted((SHARED / "notebooks").rglob("*.ipynb")):
        found = read_file(path).notebooks[0].cells
        known = [cell.text if cell.kind == "code" else "" for cell in found]
        blocks = split(joined(*known), known)
        assert [b.text.strip("\n") for b in blocks] == [text.strip("\n") for text in known], path.name
        assert [b.known for b in blocks] == list(range(len(known)))


def test_without_knowing_the_cells_what_is_open_or_indented_is_not_cut() -> None:
    texts = ["class A:\n    x = 1\n\n\n    y = 2", 'text = """one\n\n\ntwo"""', "z = 3"]
    assert [b.text for b in split(joined(*texts), [])] == texts


@needs_shared
def test_every_magic_of_the_recording_is_as_it_was_written() -> None:
    maker = (RECORDED.parent / "sample" / "make_magics.py").read_text(encoding="utf-8")
    namespace: dict[str, Any] = {}
    exec(re.split(r"^json\.dump", maker, flags=re.MULTILINE)[0], namespace)
    sources: list[str] = namespace["SOURCES"]
    said = next(m for m in messages("jupyterlab-4.6-magics") if m["method"] == "textDocument/didOpen")
    assert [b.text for b in split(said["params"]["textDocument"]["text"], [])] == sources


# -- the server


def write(path: Path, *cells: tuple[str, str]) -> None:
    made = [
        {
            "cell_type": "markdown" if language == "markdown" else "code",
            "id": f"id{n}",
            "metadata": {} if language in ("python", "markdown") else {"vscode": {"languageId": language}},
            "source": text,
        }
        for n, (language, text) in enumerate(cells)
    ]
    info = {"kernelspec": {"name": "python3", "language": "python"}, "language_info": {"name": "python"}}
    path.write_text(json.dumps({"cells": made, "metadata": info, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


SQL = 'get_ipython().run_cell_magic("sql", " result <<", """select \nfrom t""")'
CELLS = (
    ("markdown", "# T"),
    ("python", "t = frame(a, b)"),
    ("python", "%%sql result <<\nselect \nfrom t"),
    ("sql", "TODO"),
)


@pytest.mark.parametrize(
    ("typed", "word", "lead"),
    [
        ('sales["pr', "pr", '"'),
        ("sales.query('price > 1 and reg", "reg", "'price > 1 and "),
        ("f\"{sales['pri", "pri", "'"),
        ('read_csv(r"data/sal', "sal", 'r"data/'),
        ("sales.pri", "pri", ""),
        ('x = "a"; sales.pri', "pri", ""),
        ('sql("""select\nreg', "reg", ""),
    ],
)
def test_what_stands_before_a_word_in_the_same_token(typed: str, word: str, lead: str) -> None:
    assert begun_string(typed, len(typed), len(typed) - len(word)) == lead


async def lab(tmp_path: Path) -> tuple[Client, str]:
    write(tmp_path / "n.ipynb", *CELLS)
    client = Client()
    folder = tmp_path.as_uri() + "/.virtual_documents"
    await client.request("initialize", {"processId": None, "rootUri": folder, "capabilities": {}})
    uri = f"{folder}/n.ipynb"
    client.open_text(uri, "python", joined("", "t = frame(a, b)", SQL, "TODO"))

    async def sure() -> bool:
        await client.settled()
        group = client.server.state.group_of_face(uri)
        return group is not None and not group.unsure

    assert await eventually(sure, bool)
    return client, uri


def cells(client: Client) -> list[tuple[str, str, str]]:
    (snapshot,) = client.server.state.session.snapshots()
    return [(c.id, c.language, c.text) for c in snapshot.notebook.cells if c.kind == "code"]


def test_languages_and_ids_come_from_the_file_though_it_lies_elsewhere(tmp_path: Path) -> None:
    async def test() -> None:
        client, uri = await lab(tmp_path)
        assert cells(client) == [
            ("id1", "python", "t = frame(a, b)"),
            ("id2", "sql", "%%sql result <<\nselect \nfrom t"),
            ("id3", "sql", "TODO"),
        ]
        found = client.diagnostics(uri) or []
        assert [(d["message"], d["range"]["start"]) for d in found] == [("left to do", position(10, 0))]

    run(test)


def test_a_document_of_another_language_sees_the_cells_above(tmp_path: Path) -> None:
    async def test() -> None:
        client, uri = await lab(tmp_path)
        foreign = f"{uri}.python-2(sql).sql"
        client.open_text(foreign, "sql", " result <<\nselect \nfrom t\n")
        # The client counts the columns of later lines from the magic's name: `select |` is 7, it says 2.
        items = await client.complete(foreign, 1, 2)
        assert {"a", "b", "t"} <= {item["label"] for item in items}
        hover = await client.hover(foreign, 2, 0)
        assert "**t**" in hover["contents"]["value"]
        # It would hold a range against the position that it sent, and show nothing (seen in the real editor).
        assert "range" not in hover
        assert "**from**" in (await client.hover(foreign, 2, -4))["contents"]["value"]
        assert await client.hover(foreign, 0, 1) is None

    run(test)


def test_a_foreign_document_may_come_first_go_empty_and_come_again(tmp_path: Path) -> None:
    async def test() -> None:
        write(tmp_path / "n.ipynb", *CELLS)
        client = Client()
        await client.start()
        uri = (tmp_path / ".virtual_documents").as_uri() + "/n.ipynb"
        foreign = f"{uri}.python-9(sql).sql"
        client.open_text(foreign, "sql", "select \nfrom t\n")
        assert await client.complete(foreign, 0, 7) == []
        client.open_text(uri, "python", joined("t = frame(a, b)", SQL.replace(" result <<", "")))
        assert len(await client.complete(foreign, 0, 7)) == 3
        client.edit_text(foreign, "")
        assert await client.complete(foreign, 0, 0) == []
        client.open_text(foreign, "sql", "select \nfrom t\n")
        assert len(await client.complete(foreign, 0, 7)) == 3
        client.notify("textDocument/didClose", {"textDocument": {"uri": foreign}})
        client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        assert await client.hover(uri, 0, 0) is None

    run(test)


def test_a_key_stroke_sent_as_the_whole_text_costs_one_cell(tmp_path: Path) -> None:
    async def test() -> None:
        client, uri = await lab(tmp_path)
        looked: set[str] = set()
        client.server.state.session._memo.listener = lambda what, cell_id: looked.add(cell_id)
        client.edit_text(uri, joined("", "t = frame(a, b)", SQL, "TODO", "x"), 1)
        await client.settled()
        assert len(looked) == 1
        looked.clear()
        client.edit_text(uri, joined("", "t = frame(a, b)", SQL, "TODO", "xy"), 2)
        await client.settled()
        assert len(looked) == 1
        assert [cell_id for cell_id, _, _ in cells(client)][:3] == ["id1", "id2", "id3"]

    run(test)


def test_a_position_in_a_magic_is_counted_in_the_cell_as_the_user_wrote_it(tmp_path: Path) -> None:
    """`%time spread` is sent as a call of thrice that length, and a cell's magic has lost a line of it."""

    async def test() -> None:
        client, uri = await lab(tmp_path)
        timed = 'x\nget_ipython().run_line_magic("time", " t")'
        text = joined("", "t = frame(a, b)", timed, 'get_ipython().run_cell_magic("nobody", "", """select \nfrom t""")')
        client.open_text(uri, "python", text)
        await client.settled()
        first = text[: text.index(timed)].count("\n")
        hover = await client.hover(uri, first + 1, len("%time "))
        assert "**t**" in hover["contents"]["value"]
        assert "range" not in hover  # it would be held against the position that was sent
        assert "**time**" in (await client.hover(uri, first + 1, 2))["contents"]["value"]
        assert "range" in await client.hover(uri, first, 0)
        shown = client.server.lab.meant
        last = text[: text.index("get_ipython().run_cell")].count("\n")
        rows = text.split("\n")
        # The cell's second line is the first one's end in the joined text.
        line, column = shown(uri, last + 1, len("sel"))
        assert (line, rows[line][:column]) == (last, rows[last][: rows[last].index("select") + 3])
        assert shown(uri, last + 2, 5) == (last + 1, 5)
        assert shown(uri, 4, 3) == (4, 3)

    run(test)


def test_without_the_file_nothing_is_reported_and_completion_works() -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        uri = "file:///nowhere/.virtual_documents/n.ipynb"
        client.open_text(uri, "python", joined("t = frame(a, b)", "TODO"))
        await asyncio.sleep(0.05)
        await client.settled()
        assert not client.diagnostics(uri)
        assert "t" in [item["label"] for item in await client.complete(uri, 3, 0)]

    run(test)


def test_two_windows_on_one_process(tmp_path: Path) -> None:
    async def test() -> None:
        client, uri = await lab(tmp_path)
        folder = tmp_path.as_uri() + "/.virtual_documents"
        await client.request("initialize", {"processId": None, "rootUri": folder, "capabilities": {}})
        client.open_text(uri, "python", joined("", "t = frame(a, b)", SQL, "TODO"))
        await client.settled()
        assert len(client.diagnostics(uri) or []) == 1
        other = f"{folder}/other.ipynb"
        client.open_text(other, "python", joined("u = 1"))
        assert [i["label"] for i in await client.complete(other, 1, 0)] == []
        assert len(client.server.state.session.snapshots()) == 2

    run(test)
