"""How long one feature holds up everybody else: the longest step of the event loop while it works, in CPU milliseconds
of the loop's thread, and in which function. Behind it comes any other answer, so the budget is 50 ms.

python -m tests.bench.holds [WORD]    huge cells; those, or features, that have the word in their names
python -m tests.bench.holds notebooks [WORD]    all cells of real notebooks that have the word in their paths
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from typing import Any

from polycell.core.notebook import Notebook
from polycell.formats import read_file
from polycell.lsp import garbage, warm
from polycell.lsp.conversation import default_parts
from tests.bench.steps import Longest, Step
from tests.lsp.client import Client, at, position
from tests.shared import SHARED

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


Found = dict[str, Step]


async def measured(language: str, text: str, longest: Longest) -> tuple[Found, list[str]]:
    """(the longest step by feature, the features that had no answer in time)."""
    client, book = await _begun(longest), "file:///bench/holds.ipynb"
    client.open_notebook(book, ("python", FRAME), (language, text))
    await client.settled()
    found = {"open": longest.take()}
    cell = f"cell:{book}#1"
    line = (text.count("\n") + 1) // 2
    client.type_in(book, cell, line, 0, 0, "few", version=2)
    await client.settled()
    found["a letter"] = longest.take()
    asked, unanswered = await _asked(client, cell, text, line, 3, longest)
    client.end()
    return found | asked, unanswered


async def measured_in(notebook: Notebook, longest: Longest) -> list[tuple[int, str, Step]]:
    """(cell, feature, longest step) of a real notebook: opened, and each code cell asked everything in its middle."""
    client, book = await _begun(longest), "file:///bench/real.ipynb"
    cells = [("markdown" if cell.kind != "code" else cell.language, cell.text) for cell in notebook.cells]
    client.open_notebook(book, *cells, metadata={"metadata": dict(notebook.metadata)})
    await client.settled()
    found = [(-1, "open", longest.take())]
    for number, (language, text) in enumerate(cells):
        if language == "markdown":
            continue
        cell, lines = f"cell:{book}#{number}", text.split("\n")
        line = max(range(len(lines)), key=lambda at: (len(lines[at].strip()) > 0, -abs(at - len(lines) // 2)))
        column = len(lines[line])
        client.type_in(book, cell, line, column, column, ".", version=2)
        await client.settled()
        found.append((number, "a letter", longest.take()))
        asked, unanswered = await _asked(client, cell, text, line, column + 1, longest)
        client.type_in(book, cell, line, column, column + 1, "", version=3)
        await client.settled()
        found += ((number, name, step) for name, step in asked.items())
        found += ((number, f"{name}: no answer", Step()) for name in unanswered)
    client.end()
    return found


async def _begun(longest: Longest) -> Client:
    client = Client(default_parts, idle=0.05)
    shown = {
        "codeAction": {"codeActionLiteralSupport": {}},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    }
    await client.start({"textDocument": shown})
    await asyncio.to_thread(warm.warm_up, client.server.library.protocol._converter)  # as the server does
    longest.take()
    return client


async def _asked(
    client: Client, cell: str, text: str, line: int, column: int, longest: Longest
) -> tuple[Found, list[str]]:
    """Every feature at a place of a cell, one after the other."""
    found, unanswered = Found(), []
    for name, method in (_WHOLE | _PLACED).items():
        params: dict[str, Any] = {"textDocument": {"uri": cell}}
        if name in _PLACED:
            params = {**at(cell, line, column), "newName": "fewer", "context": {"includeDeclaration": True}}
        elif name in ("hints", "actions"):
            params["range"] = {"start": position(0, 0), "end": position(text.count("\n") + 1, 0)}
        if name == "actions":
            params["context"] = {"diagnostics": []}
        elif name == "format":
            params["options"] = {"tabSize": 4, "insertSpaces": True}
        elif name == "selections":
            params["positions"] = [position(line, column)]
        elif name == "completion":
            params["context"] = {"triggerKind": 1}
        try:
            await asyncio.wait_for(client.answer(client.ask(method, params)), PATIENCE)
        except asyncio.TimeoutError:
            unanswered.append(name)
        found[name] = longest.take()
    return found, unanswered


def huge(word: str, longest: Longest) -> None:
    for what, (language, text) in CELLS.items():
        found, unanswered = asyncio.run(measured(language, text, longest))
        shown = {name: step for name, step in found.items() if word in what or word in name}
        if shown:
            over = {name: step for name, step in shown.items() if step.ms > BUDGET}
            most = max(step.ms for step in shown.values())
            print(f"{what:42} longest {most:5.0f}   over the budget: {', '.join(over) or 'none'}", flush=True)
            for name, step in over.items():
                print(f"{'':42} {name}: {step}", flush=True)
            if unanswered:
                print(f"{'':42} no answer in {PATIENCE:.0f} s: {', '.join(unanswered)}", flush=True)


def real(word: str, longest: Longest) -> None:
    cells = 0
    for path in sorted(Path(SHARED, "notebooks").rglob("*")):
        document = read_file(path) if path.is_file() and word in str(path) else None
        for notebook in document.notebooks if document is not None else ():
            cells += len(notebook.cells)
            for cell, name, step in asyncio.run(measured_in(notebook, longest)):
                if step.ms > BUDGET or not step.ms:
                    print(f"{path.relative_to(SHARED)}, cell {cell}, {name}: {step}", flush=True)
    print(f"{cells} cells looked at")


def main(*words: str) -> None:
    logging.disable(logging.ERROR)
    garbage.make_rare()
    longest = Longest()
    with longest.watching():
        if words[:1] == ("notebooks",):
            real("".join(words[1:2]), longest)
        else:
            huge("".join(words[:1]), longest)


if __name__ == "__main__":
    main(*sys.argv[1:])
