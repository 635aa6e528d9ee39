"""The real process over its real streams, and TCP: starting, answering, and ending without leaving anything behind."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any

import pytest

from polycell.lsp import server as serving
from polycell.lsp import transport
from tests.lsp.client import at, position

TIME = 300  # seconds after which a process is taken to hang
NB = "file:///w/a.ipynb"
CELLS = [("python", "import math\nradius = 1"), ("python", "radius\nTODO = ("), ("sql", "select 1")]


def frame(message: Any) -> bytes:
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


def message(method: str, params: Any = None, msg_id: int | None = None) -> dict[str, Any]:
    made = {"jsonrpc": "2.0", "method": method, "params": params}
    return made if msg_id is None else {**made, "id": msg_id}


def opening() -> dict[str, Any]:
    cells = [{"kind": 2, "document": f"cell:#{n}"} for n in range(len(CELLS))]
    metadata = {"metadata": {"kernelspec": {"name": "python3", "language": "python"}}}
    notebook = {"uri": NB, "notebookType": "jupyter-notebook", "version": 0, "cells": cells, "metadata": metadata}
    texts = [{"uri": f"cell:#{n}", "languageId": name, "version": 1, "text": t} for n, (name, t) in enumerate(CELLS)]
    return message("notebookDocument/didOpen", {"notebookDocument": notebook, "cellTextDocuments": texts})


# What other processes know is asked in one test alone: to start them takes longer than all the rest.
ALONE = {"pythonEngine": "off", "scalaEngine": "off"}
CONVERSATION = [
    message("initialize", {"processId": None, "capabilities": {}, "initializationOptions": ALONE}, 1),
    message("initialized", {}),
    opening(),
    message("textDocument/definition", at("cell:#1", 0, 0), 2),
    message("textDocument/completion", at("cell:#1", 0, 3), 3),
    message("shutdown", None, 4),
]
EXIT = message("exit")


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "polycell", "serve"]
    made = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    yield made
    made.kill()
    made.wait()
    for stream in (made.stdin, made.stdout, made.stderr):
        if stream is not None:
            stream.close()


def everything(data: bytes) -> list[Any]:
    return [json.loads(body) for body in transport.Frames().feed(data)]


def test_a_whole_conversation_sent_at_once(process: subprocess.Popen[bytes]) -> None:
    with_engine = message("initialize", {"processId": None, "capabilities": {}}, 1)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"".join(map(frame, [with_engine, *CONVERSATION[1:]])))
    process.stdin.flush()
    frames, answers = transport.Frames(), {}
    while len(answers) < 4:  # who leaves before is answered only what is known within a second
        data = os.read(process.stdout.fileno(), 1 << 16)
        assert data, "it ended before it had answered"
        for body in frames.feed(data):
            found = json.loads(body)
            if "id" in found and "method" not in found:
                answers[found["id"]] = found
    _, error = process.communicate(frame(EXIT), timeout=TIME)
    assert sorted(answers) == [1, 2, 3, 4]
    assert answers[1]["result"]["serverInfo"]["name"] == "polycell"
    assert answers[2]["result"] == [{"uri": "cell:#0", "range": {"start": position(1, 0), "end": position(1, 6)}}]
    assert "radius" in [item["label"] for item in answers[3]["result"]["items"]]
    assert (process.returncode, error) == (0, b"")


@pytest.mark.parametrize(
    ("sent", "code"),
    [([], 0), (CONVERSATION[:1], 0), (CONVERSATION[:3], 0), (CONVERSATION, 0), ([CONVERSATION[0], EXIT], 1)],
    ids=["nothing", "initialize", "open", "shutdown without exit", "exit without shutdown"],
)
def test_the_end_of_input_ends_the_process(process: subprocess.Popen[bytes], sent: list[Any], code: int) -> None:
    process.communicate(b"".join(map(frame, sent)), timeout=TIME)
    assert process.returncode == code


def test_exit_ends_the_process_while_its_input_stays_open(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.write(b"".join(map(frame, [CONVERSATION[0], CONVERSATION[-1], EXIT])))
    process.stdin.flush()
    assert process.wait(timeout=TIME) == 0


def test_a_client_that_reads_no_more_ends_the_process(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdout.close()
    process.stdin.write(b"".join(map(frame, CONVERSATION[:4])))
    process.stdin.flush()
    process.wait(timeout=TIME)


def test_printing_does_not_disturb_the_protocol() -> None:
    program = (
        "import sys, threading, time\n"
        "from polycell.lsp import server, conversation\n"
        "real = conversation.default_parts\n"
        "def noisy(*a):\n"
        "    print('from a library'); sys.stdout.flush()\n"
        "    import os; os.write(1, b'from C')\n"
        "    return real(*a)\n"
        "conversation.PolycellServer.__init__.__defaults__ = (noisy, 0.0)\n"
        "server.serve_stdio()\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        input=b"".join(map(frame, [*CONVERSATION, EXIT])),
        capture_output=True,
        timeout=TIME,
    )
    assert sorted(m["id"] for m in everything(run.stdout) if "id" in m) == [1, 2, 3, 4]
    assert b"from a library" in run.stderr
    assert b"from C" in run.stderr


def test_what_jupyter_is_told_starts_a_server() -> None:
    (found,) = [e for e in entry_points(group="jupyter_lsp_spec_v1") if e.name == "polycell"]
    told = found.load()(None)["polycell"]
    assert told["version"] == 2
    assert {"python", "sql"} <= set(told["languages"])
    assert told["requires_documents_on_disk"] is False
    assert all(isinstance(word, str) for key in ("argv", "languages", "mime_types") for word in told[key])
    run = subprocess.run(told["argv"], input=frame(CONVERSATION[0]), capture_output=True, timeout=TIME)
    assert [m["id"] for m in everything(run.stdout)] == [1]


def test_bytes_in_any_portions_and_bad_headers() -> None:
    data = b"".join(map(frame, CONVERSATION))
    frames = transport.Frames()
    bodies = [body for index in range(len(data)) for body in frames.feed(data[index : index + 1])]
    assert [json.loads(body) for body in bodies] == CONVERSATION
    mixed = b"X-Other: 1\r\ncontent-length: 2\r\nContent-Type: x\r\n\r\n{}" + b"Nonsense\r\n\r\n" + frame([])
    assert list(transport.Frames().feed(mixed)) == [b"{}", b"[]"]
    assert transport.parse(b"{") is None
    assert transport.parse(b'"\xff"') is None
    assert transport.parse(b"[" * 100_000) is None


def test_tcp_serves_several_clients_each_with_its_own_state() -> None:
    async def talk(port: int, sent: list[Any], wanted: int) -> dict[int, Any]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        # In one packet: each request must be answered for its own state.
        writer.write(b"".join(map(frame, sent)))
        frames, answers = transport.Frames(), {}
        while len(answers) < wanted:
            for body in frames.feed(await reader.read(1 << 16)):
                found = json.loads(body)
                if "id" in found and "method" not in found:
                    answers[found["id"]] = found
        writer.close()
        return answers

    async def test() -> None:
        server = await serving.listen("127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        rename = {"document": {"uri": "cell:#0", "version": 2}, "changes": [{"text": "other = 1"}]}
        change = message(
            "notebookDocument/didChange",
            {"notebookDocument": {"uri": NB, "version": 2}, "change": {"cells": {"textContent": [rename]}}},
        )
        hover, again = (message("textDocument/hover", at("cell:#1", 0, 0), n) for n in (2, 5))
        one, two = await asyncio.gather(
            talk(port, [*CONVERSATION[:3], hover, change, again], 3),
            talk(port, [CONVERSATION[0], hover], 2),
        )
        assert "radius" in one[2]["result"]["contents"]["value"]
        assert one[5]["result"] is None
        assert two[2]["result"] is None
        server.close()

    asyncio.run(test())
