"""How long one feature holds up everybody else on huge cells: the longest step of the event loop while it works, in CPU
milliseconds of the loop's thread. Behind it comes any other answer, so the budget is 50 ms.

python -m tests.bench.holds [WORD]    cells or features that have the word in their names
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from polycell.lsp import garbage, warm
from polycell.lsp.conversation import default_parts
from tests.lsp.client import Client, at, position

BUDGET = 50.0
PATIENCE = 20.0  # seconds that an answer is waited for
FRAME = "import pandas as pd\nfew = pd.DataFrame({'a': [1], 'b': ['x']})\n"


def _python(characters: int) -> str:
    """A cell of ordinary code."""
    one = "few['a{0}'] = few['a'] * {0}\nprint(few['a{0}'].mean(), {0} + len(few))\ndef f{0}(x, y):\n    return x + y\n"
    made, number = [FRAME], 0
    while sum(map(len, made[-1:])) * (number + 1) < characters:
        made.append(one.format(number))
        number += 1
    return "".join(made)


def _columns(number: int) -> str:
    return "".join(f"few['c{n}'] = few['a'] + {n}\nfew.head({n})\n" for n in range(number))


def _sql(characters: int) -> str:
    one = "SELECT a, b AS b{0}, sum(a) FROM few WHERE a > {0} AND b = 'text' GROUP BY a, b;\n"
    return "".join(one.format(number) for number in range(characters // len(one)))


def _chart(characters: int) -> str:
    rows = [{"a": number, "b": f"text {number}"} for number in range(characters // 34)]
    chart = {"data": {"values": rows}, "mark": "bar", "encoding": {"x": {"field": "a"}, "y": {"field": "b"}}}
    return "%%vegalite\n" + json.dumps(chart, indent=1)


# The huge cell's language and text, below a cell that makes `few`.
CELLS = {
    "Python, 300 lines that make 150 columns": ("python", _columns(150)),
    "Python, 25 KB": ("python", _python(25_000)),
    "Python, 190 KB": ("python", _python(190_000)),
    "Python, 1 MB": ("python", _python(1_000_000)),
    "data in Python, 190 KB": ("python", "data = [" + ", ".join(map(str, range(28_000))) + "]\n"),
    "text in Python, 1 MB": ("python", 'text = """' + "some words of a text\n" * 50_000 + '"""\n'),
    "SQL, 190 KB": ("sql", _sql(190_000)),
    "SQL, 1 MB": ("sql", _sql(1_000_000)),
    "a chart of 190 KB": ("python", _chart(190_000)),
    "a chart of 1 MB": ("python", _chart(1_000_000)),
    "Scala, 190 KB": ("scala", "".join(f"val x{n} = Seq({n}, 2).map(_ + 1)\n" for n in range(5_000))),
    "prose, 1 MB": ("markdown", "# A title\n\nSome `words` of prose, and more of them.\n\n" * 20_000),
}  # fmt: skip

_WHOLE = {
    "symbols": "textDocument/documentSymbol",
    "folds": "textDocument/foldingRange",
    "colours": "textDocument/semanticTokens/full",
    "format": "textDocument/formatting",
    "hints": "textDocument/inlayHint",
    "actions": "textDocument/codeAction",
}
_PLACED = {
    "completion": "textDocument/completion",
    "hover": "textDocument/hover",
    "definition": "textDocument/definition",
    "references": "textDocument/references",
    "highlights": "textDocument/documentHighlight",
    "signature": "textDocument/signatureHelp",
    "rename": "textDocument/rename",
    "selections": "textDocument/selectionRange",
}


class Longest:
    """The longest step of the loop since it was last asked."""

    def __init__(self) -> None:
        self.step = 0.0

    def take(self) -> float:
        found, self.step = self.step * 1000, 0.0
        return found

    @contextmanager
    def watching(self) -> Iterator[None]:
        run = events.Handle._run

        def timed(handle: Any) -> None:
            began = time.thread_time()
            run(handle)
            self.step = max(self.step, time.thread_time() - began)

        events.Handle._run = timed  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            events.Handle._run = run  # type: ignore[method-assign]


async def measured(language: str, text: str, longest: Longest) -> tuple[dict[str, float], list[str]]:
    """(milliseconds by feature, the features that had no answer in time)."""
    unanswered: list[str] = []
    client, book = Client(default_parts, idle=0.05), "file:///bench/holds.ipynb"
    shown = {
        "codeAction": {"codeActionLiteralSupport": {}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    }
    await client.start({"textDocument": shown})
    await asyncio.to_thread(warm.warm_up, client.server.library.protocol._converter)  # as the server does
    longest.take()
    client.open_notebook(book, ("python", FRAME), (language, text))
    await client.settled()
    found = {"open": longest.take()}
    cell = f"cell:{book}#1"
    lines = text.split("\n")
    line = len(lines) // 2
    client.type_in(book, cell, line, 0, 0, "few", version=2)
    await client.settled()
    found["a letter"] = longest.take()
    for name, method in (_WHOLE | _PLACED).items():
        params: dict[str, Any] = {"textDocument": {"uri": cell}}
        if name in _PLACED:
            params = {**at(cell, line, 3), "newName": "fewer", "context": {"includeDeclaration": True}}
        elif name in ("hints", "actions"):
            params["range"] = {"start": position(0, 0), "end": position(len(lines), 0)}
        if name == "actions":
            params["context"] = {"diagnostics": []}
        elif name == "format":
            params["options"] = {"tabSize": 4, "insertSpaces": True}
        elif name == "selections":
            params["positions"] = [position(line, 3)]
        elif name == "completion":
            params["context"] = {"triggerKind": 1}
        try:
            await asyncio.wait_for(client.answer(client.ask(method, params)), PATIENCE)
        except asyncio.TimeoutError:
            unanswered.append(name)
        found[name] = longest.take()
    client.end()
    return found, unanswered


def main(word: str = "") -> None:
    logging.disable(logging.ERROR)
    garbage.make_rare()
    longest = Longest()
    for what, (language, text) in CELLS.items():
        with longest.watching():
            found, unanswered = asyncio.run(measured(language, text, longest))
        shown = {name: took for name, took in found.items() if word in what or word in name}
        if shown:
            over = ", ".join(f"{name} {took:.0f}" for name, took in shown.items() if took > BUDGET)
            print(f"{what:42} longest {max(shown.values()):5.0f}   over the budget: {over or 'none'}", flush=True)
            if unanswered:
                print(f"{'':42} no answer in {PATIENCE:.0f} s: {', '.join(unanswered)}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
