"""formatting and semanticTokens as the protocol wants them, with a language that needs no engine: it writes names in
capitals, and calls every name a variable."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from polycell.core.facts import Facts, Fragment
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.results import Edit, Formatted, Layout, SemanticToken
from polycell.core.service import Context, LanguageService, services
from polycell.core.text import Span
from polycell.lsp.capabilities import TOKEN_KINDS
from tests.lsp.client import Client, run
from tests.lsp.test_actions import BOOK

SCRIPT = "file:///nowhere/a.py"


class Capitals(LanguageService):
    """Python and SQL; what stands between quotes is SQL. A cell with `refuse` in it is not formatted."""

    languages = frozenset({"python", "sql"})

    def facts(self, cell: Cell, host: Host) -> Facts:
        found = re.finditer(r"(?<=')[^']*(?=')", cell.text) if cell.language == "python" else ()
        return Facts(fragments=tuple(Fragment("sql", Span(*m.span()), dialect="") for m in found))

    async def format(self, context: Context, span: Span, layout: Layout) -> Formatted:
        if "refuse" in context.cell.text:
            return Formatted(refusal="it refuses")
        words = [m for m in re.finditer(r"\w+", context.cell.text) if m.start() <= span.end and span.start <= m.end()]
        return Formatted(tuple(Edit(context.cell.id, Span(*m.span()), m[0].upper()) for m in words))

    async def tokens(self, context: Context) -> Sequence[SemanticToken]:
        pattern = r"'[^']*'|\w+" if context.cell.language == "python" else r"/\*[\s\S]*?\*/|\w+"
        return [
            SemanticToken(
                Span(*m.span()),
                "string" if m[0][0] == "'" else "comment" if m[0][0] == "/" else "variable",
                ("readonly",) if m[0].isupper() else (),
            )
            for m in re.finditer(pattern, context.cell.text)
        ]


async def started(capabilities: Any = None, **more: Any) -> Client:
    client = Client(lambda state, on_ready: (services([Capitals()]), None))
    await client.start(capabilities, **more)
    return client


async def formatted(client: Client, uri: str, *lines: int) -> Any:
    params: dict[str, Any] = {"textDocument": {"uri": uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    if not lines:
        return await client.request("textDocument/formatting", params)
    params["range"] = {"start": {"line": lines[0], "character": 0}, "end": {"line": lines[1], "character": 0}}
    return await client.request("textDocument/rangeFormatting", params)


async def tokens(client: Client, uri: str, text: str) -> list[tuple[str, str]] | None:
    """(text, kind) of each token."""
    answer = await client.request("textDocument/semanticTokens/full", {"textDocument": {"uri": uri}})
    return None if answer is None else decoded(answer["data"], text)


def decoded(data: list[int], text: str) -> list[tuple[str, str]]:
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    made, line, column = [], 0, 0
    for at in range(0, len(data), 5):
        down, right, length, kind, _ = data[at : at + 5]
        line, column = line + down, right if down else column + right
        made.append((lines[line][2 * column : 2 * (column + length)].decode("utf-16-le"), TOKEN_KINDS[kind]))
    return made


def test_a_cell_is_formatted() -> None:
    async def test() -> None:
        client = await started()
        client.open_notebook(BOOK, ("python", "ä = b\nc"), ("python", "refuse"), ("python", "DONE"))
        edits = await formatted(client, f"cell:{BOOK}#0")
        assert [(e["range"]["start"], e["newText"]) for e in edits] == [
            ({"line": 0, "character": 0}, "Ä"),
            ({"line": 0, "character": 4}, "B"),
            ({"line": 1, "character": 0}, "C"),
        ]
        assert await formatted(client, f"cell:{BOOK}#1") == []
        assert await formatted(client, f"cell:{BOOK}#2") == []
        assert await formatted(client, "cell:nowhere") == []

    run(test)


def test_of_a_script_all_cells_or_those_that_are_marked() -> None:
    async def test() -> None:
        client = await started()
        client.open_text(SCRIPT, "python", "# %%\na\n# %%\nb\nc\n# %% [sql]\nd\n")
        assert [e["newText"] for e in await formatted(client, SCRIPT)] == ["A", "B", "C", "D"]
        assert [e["newText"] for e in await formatted(client, SCRIPT, 4, 5)] == ["C"]
        assert [e["newText"] for e in await formatted(client, SCRIPT, 4, 7)] == ["C", "D"]

    run(test)


def test_tokens_of_a_cell_and_of_the_fragments_in_it() -> None:
    async def test() -> None:
        client = await started()
        text = "😀a + f('select x', 'b')"
        client.open_notebook(BOOK, ("python", text), ("sql", "/* a\n\n  b */ c"), ("markdown", "x"))
        assert await tokens(client, f"cell:{BOOK}#0", text) == [
            ("a", "variable"),
            ("f", "variable"),
            ("'", "string"),
            ("select", "variable"),
            ("x", "variable"),
            ("'", "string"),
            ("'", "string"),
            ("b", "variable"),
            ("'", "string"),
        ]
        assert await tokens(client, f"cell:{BOOK}#1", "/* a\n\n  b */ c") == [
            ("/* a", "comment"),
            ("  b */", "comment"),
            ("c", "variable"),
        ]
        assert await tokens(client, f"cell:{BOOK}#2", "x") == []

    run(test)


def test_tokens_of_the_range_that_is_shown() -> None:
    async def test() -> None:
        client = await started()
        text = "# %%\na\n# %%\nb\nC\n"
        client.open_text(SCRIPT, "python", text)
        where = {"start": {"line": 3, "character": 0}, "end": {"line": 5, "character": 0}}
        params = {"textDocument": {"uri": SCRIPT}, "range": where}
        answer = await client.request("textDocument/semanticTokens/range", params)
        assert decoded(answer["data"], text) == [("b", "variable"), ("C", "variable")]
        assert [answer["data"][at + 4] for at in (0, 5)] == [0, 4]

    run(test)


def test_beside_another_python_server_python_is_left_to_it() -> None:
    async def test() -> None:
        said = {"textDocument": {"formatting": {"dynamicRegistration": True}}}
        client = await started(said, initializationOptions={"python": "companion"})
        client.notify("initialized", {})
        client.open_notebook(BOOK, ("python", "a"), ("sql", "b"))
        assert await tokens(client, f"cell:{BOOK}#0", "a") is None
        assert await tokens(client, f"cell:{BOOK}#1", "b") == [("b", "variable")]
        assert await formatted(client, f"cell:{BOOK}#0") == []
        assert len(await formatted(client, f"cell:{BOOK}#1")) == 1
        asked = next(m["params"] for m in client.sent if m.get("method") == "client/registerCapability")
        methods = {r["method"]: r["registerOptions"]["documentSelector"] for r in asked["registrations"]}
        assert methods == {
            "textDocument/formatting": [{"language": "sql"}],
            "textDocument/rangeFormatting": [{"language": "sql"}],
        }

    run(test)
