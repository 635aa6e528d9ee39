"""Garbage is looked for again once the first questions have been answered."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator

import pytest

from polycell.lsp import garbage, server
from tests.lsp.test_engines import HELLO, Nobody


@pytest.fixture
def as_it_was() -> Iterator[None]:
    threshold, enabled = gc.get_threshold(), gc.isenabled()
    yield
    gc.set_threshold(*threshold)
    (gc.enable if enabled else gc.disable)()


@pytest.mark.usefixtures("as_it_was")
def test_it_is_put_off_until_the_server_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "ANSWERED", 0.0)

    async def test() -> None:
        again = asyncio.Event()
        make_rare = garbage.make_rare

        def noted() -> None:
            make_rare()
            again.set()

        monkeypatch.setattr(garbage, "make_rare", noted)
        inbox = server.Inbox(Nobody(), asyncio.Event())
        garbage.put_off()
        inbox.receive(HELLO)
        assert not gc.isenabled()
        await again.wait()
        assert inbox.server is not None
        assert gc.isenabled()
        await inbox.finish()

    asyncio.run(test())
