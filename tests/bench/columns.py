"""CPU time of completing a column in Python, from the client's message until the server has written its own: a
keystroke and the request after it. Beside it, in the same run: what writing that very answer as JSON takes alone.
Each keystroke makes a text that no cache has seen, since the line above the one that is typed is another each time.

python -m tests.bench.columns [CELLS] [REPEATS]
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from polycell.lsp import garbage, warm
from polycell.lsp.conversation import default_parts
from tests.bench import generate
from tests.bench.measure import spread
from tests.lsp.client import Client, at

clock = time.thread_time

WIDE = 2000
REPEATS = 200  # of fewer, p95 is one or two of the longest
FEW = "few = pd.DataFrame({'a': [1], 'b': ['x']})"
LOOKS = "few['a'].mean()\n"
# What stands in the last cell but one; what is typed in the last cell, between the lines above and below it.
CASES = {
    "few columns": (FEW, "", 'few["', ""),
    f"{WIDE} columns": ("wide = pd.read_csv('wide.csv')", "", 'wide["', ""),
    "behind a large cell": (f"{FEW}\n{LOOKS * 800}", "", 'few["', ""),
    "behind a cell too large to read": (f"{FEW}\ndata = [{', '.join(map(str, range(50_000)))}]", "", 'few["', ""),
    "at the end of a long cell": (FEW, LOOKS * 300, 'few["', ""),
    "in the middle of a long cell": (FEW, LOOKS * 150, 'few["', LOOKS * 150),
}


class _Timed(Client):
    """`written`: when each request was answered."""

    def __init__(self) -> None:
        super().__init__(default_parts, idle=0.15)
        self.written: dict[int, float] = {}

    def write(self, data: bytes) -> None:
        now = clock()
        super().write(data)
        self.written[self.sent[-1].get("id", 0)] = now


def measured(
    cells: int, before: str, above: str, typed: str, below: str, repeats: int = REPEATS
) -> tuple[list[float], list[float], int]:
    """(milliseconds of a keystroke with its completion, of encoding the answer alone, number of items) at a notebook's
    end."""
    with TemporaryDirectory() as folder:
        names = [f"column {n}" for n in range(WIDE)]
        Path(folder, "wide.csv").write_text(f"{','.join(names)}\n{','.join('1' * WIDE)}\n", encoding="utf-8")
        return asyncio.run(_typed(Path(folder), cells, before, above, typed, below, repeats))


async def _typed(
    folder: Path, cells: int, before: str, above: str, typed: str, below: str, repeats: int
) -> tuple[list[float], list[float], int]:
    client, book = _Timed(), (folder / "bench.ipynb").as_uri()
    await client.start({}, workspaceFolders=[{"uri": folder.as_uri(), "name": "bench"}])
    made = [("markdown" if c.kind == "markup" else "python", c.text) for c in generate.notebook(cells).cells]
    cell = f"{above}#\n{typed[:-2]}\n{below}"
    client.open_notebook(book, *made, ("python", f"import pandas as pd\n{before}"), ("python", cell))
    await client.settled()
    await asyncio.to_thread(warm.warm_up, client.server.protocol._converter)  # as the server does, before anybody asks
    last = f"cell:{book}#{len(made) + 1}"
    line, column = above.count("\n") + 1, len(typed)
    times, floors, items = [], [], 0
    for number in range(repeats):
        client.sent.clear()
        began = clock()
        client.type_in(book, last, line, column - 2, column - 2, typed[-2:], version=3 * number + 2)
        asked = client.ask("textDocument/completion", at(last, line, column))
        answer = await client.answer(asked)
        times.append((client.written[asked] - began) * 1000)
        items = len(answer["result"]["items"]) if answer.get("result") else 0
        began = clock()
        json.dumps(answer)
        floors.append((clock() - began) * 1000)
        client.type_in(book, last, line, column - 2, column, "", version=3 * number + 3)
        client.type_in(book, last, line - 1, 1, 1, str(number), version=3 * number + 4)
        await client.settled()
    client.end()
    return times, floors, items


def main(cells: int = 1000, repeats: int = REPEATS) -> None:
    logging.disable(logging.INFO)
    garbage.make_rare()
    print(f"{cells} cells; CPU ms, p50 / p95                items     Polycell   its JSON alone")
    for name, case in CASES.items():
        times, floors, items = measured(cells, *case, repeats)
        print(f"{name:36} {items:10} {spread(times)!s:>14} {spread(floors)!s:>14}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
