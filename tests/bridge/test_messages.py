"""How messages reach a server."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from polycell.bridge.text import Text
from tests.bridge.test_server import URI, Play


def test_a_text_and_the_question_about_it_come_in_one_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    write = asyncio.StreamWriter.write

    def noted(self: asyncio.StreamWriter, data: bytes) -> None:
        written.append(data)
        write(self, data)

    async def test() -> None:
        made = Play(tmp_path)
        await made.server.at(Text(URI, "a = 1\n"), "test/ask", 0)
        written.clear()
        await made.server.at(Text(URI, "a = 2\n"), "test/ask", 0)
        assert [data.count(b"Content-Length") for data in written] == [2]
        assert written[0].index(b"didChange") < written[0].index(b"test/ask")
        made.server.show(Text(URI, "a = 3\n"))  # about which nothing is asked
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [data.count(b"Content-Length") for data in written] == [2, 1]
        assert (await made.methods())[-2:] == ["textDocument/didChange", "test/log"]
        await made.server.stop()

    monkeypatch.setattr(asyncio.StreamWriter, "write", noted)
    asyncio.run(asyncio.wait_for(test(), 300))
