"""What pyproject.toml says of `polycell check` holds in the editor too, below what the user's settings say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from polycell.lsp.conversation import default_parts
from polycell.lsp.projects import page_uri
from tests.cli.notebooks import polycell, write
from tests.lsp.client import Client, run

TABLE = "[tool.polycell.check]\n"
CELLS = (("python", "x = (1,)\nx[0] = 2\nprint(nobody)\nprint(later)"), ("python", "later = 1"))


async def started(folder: Path, **more: Any) -> Client:
    client = Client(default_parts)
    await client.start(rootUri=folder.as_uri(), **more)
    return client


async def found(client: Client, path: Path) -> set[str]:
    await client.settled()
    uri = f"cell:{path.as_uri()}#0"
    return {d["code"] for d in client.diagnostics(uri) or []}


def test_the_editor_shows_what_check_reports(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path / "old" / "a.ipynb", *(text for _, text in CELLS))
    everything = {"immutable-item", "undefined-name", "use-before-definition"}

    async def test() -> None:
        for table, said in (
            ("", everything),
            ('ignore = ["undefined-name"]', everything - {"undefined-name"}),
            ('select = ["immutable-item"]', {"immutable-item"}),
            ('per-file-ignores = { "old/*" = ["immutable-item"] }', everything - {"immutable-item"}),
            ('known-names = ["nobody"]', everything - {"undefined-name"}),
            ('exclude = ["old"]', set()),
            ('severity = "error"', set()),
            ('ignore = ["no-such-code"]', everything),
        ):
            (tmp_path / "pyproject.toml").write_text(TABLE + table, encoding="utf-8")
            client = await started(tmp_path)
            client.open_notebook(path.as_uri(), *CELLS)
            assert await found(client, path) == said, table
            told = [m["params"]["message"] for m in client.sent if m.get("method") == "window/showMessage"]
            assert [m for m in told if "pyproject.toml" in m] == (told if "no-such" in table else [])
            if "no-such" not in table:
                out = polycell(capsys, "check", ".")[1]
                assert {code for code in everything if f" {code} " in out} == said, table

    run(test)


def test_the_users_own_setting_goes_before(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE + 'ignore = ["undefined-name", "immutable-item"]', encoding="utf-8")
    path = tmp_path / "a.ipynb"

    async def test() -> None:
        client = await started(tmp_path, initializationOptions={"severity": {"undefined-name": "error"}})
        client.open_notebook(path.as_uri(), *CELLS)
        assert await found(client, path) == {"undefined-name", "use-before-definition"}

    run(test)


def test_a_change_is_heeded_at_once(tmp_path: Path) -> None:
    path, file = tmp_path / "a.ipynb", tmp_path / "pyproject.toml"

    async def test() -> None:
        client = await started(tmp_path)
        client.open_notebook(path.as_uri(), *CELLS)
        assert "immutable-item" in await found(client, path)
        for table, hidden in (
            ('ignore = ["immutable-item"]', "immutable-item"),
            ('known-names = ["nobody"]', "undefined-name"),
        ):
            file.write_text(TABLE + table, encoding="utf-8")
            client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": file.as_uri(), "type": 2}]})
            assert hidden not in await found(client, path)
        assert "immutable-item" in await found(client, path)

    run(test)


def test_a_project_outside_of_the_workspace_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(TABLE + 'ignore = ["undefined-name"]', encoding="utf-8")
    (tmp_path / "inner").mkdir()
    path = tmp_path / "inner" / "a.ipynb"

    async def test() -> None:
        client = await started(tmp_path / "inner")
        client.open_notebook(path.as_uri(), *CELLS)
        assert "undefined-name" in await found(client, path)

    run(test)


def test_a_code_leads_to_its_page_where_the_client_can_follow(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"

    async def test() -> None:
        for able in (True, False):
            client = Client(default_parts)
            await client.start({"textDocument": {"publishDiagnostics": {"codeDescriptionSupport": able}}})
            client.open_notebook(path.as_uri(), *CELLS)
            await client.settled()
            for diagnostic in client.diagnostics(f"cell:{path.as_uri()}#0") or []:
                page = {"href": page_uri(diagnostic["code"])} if able else None
                assert diagnostic.get("codeDescription") == page
                assert page_uri(diagnostic["code"]).endswith(f"/docs/codes/{diagnostic['code']}.md")

    run(test)
