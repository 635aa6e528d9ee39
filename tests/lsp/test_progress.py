"""Work that takes long, as a client sees it."""

from __future__ import annotations

from typing import Any

from tests.lsp.client import Client, run

ASKED = "window/workDoneProgress/create"


def values(client: Client) -> list[dict[str, Any]]:
    return [m["params"]["value"] for m in client.sent if m.get("method") == "$/progress"]


def agree(client: Client) -> str:
    (asked,) = (m for m in client.sent if m.get("method") == ASKED)
    client.raw({"jsonrpc": "2.0", "id": asked["id"], "result": None})
    return str(asked["params"]["token"])


def test_a_client_sees_work_begin_go_on_and_end() -> None:
    async def test() -> None:
        client = Client()
        await client.start({"window": {"workDoneProgress": True}})
        work = client.server.state.begin("Scala: fetching jars", lambda: None)
        work.report("a.jar")
        assert values(client) == []  # nothing is shown before the client has agreed
        agree(client)
        work.report("b.jar")
        work.end("ready")
        work.end("again")
        begun, reported, ended = values(client)
        assert (begun["kind"], begun["title"], begun["message"]) == ("begin", "Scala: fetching jars", "a.jar")
        assert begun["cancellable"] is True
        assert (reported["kind"], reported["message"]) == ("report", "b.jar")
        assert (ended["kind"], ended["message"]) == ("end", "ready")

    run(test)


def test_a_user_may_cancel_it() -> None:
    async def test() -> None:
        client = Client()
        await client.start({"window": {"workDoneProgress": True}})
        cancelled: list[str] = []
        client.server.state.begin("fetching", lambda: cancelled.append("fetching"))
        token = agree(client)
        client.notify("window/workDoneProgress/cancel", {"token": "nobody's"})
        client.notify("window/workDoneProgress/cancel", {"token": token})
        client.notify("window/workDoneProgress/cancel", {"token": token})
        assert cancelled == ["fetching"]

    run(test)


def test_what_was_over_before_the_client_agreed_is_not_shown() -> None:
    async def test() -> None:
        client = Client()
        await client.start({"window": {"workDoneProgress": True}})
        client.server.state.begin("starting", None).end("ready")
        agree(client)
        assert values(client) == []

    run(test)


def test_a_client_that_shows_no_progress_is_not_asked() -> None:
    async def test() -> None:
        client = Client()
        await client.start()
        client.server.state.begin("starting", None).report("a")
        assert [m for m in client.sent if m.get("method") == ASKED] == []

    run(test)
