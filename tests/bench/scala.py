"""`python -m tests.bench.scala [CELLS…]`: Scala cells that each need the one above, over the protocol.

Two notebooks of each size: `chained`, where each cell's value is made of the one above and has no written type, and
`shop`, where cells use a few values of far above, as people write them. To compare with another state of the code, run
this in its worktree in the same minutes: what a machine does in a second varies. So each line has the compiler `alone`
too: our worker asked directly, in the same minutes, for the members of a list in a text of three lines. It warms up
for minutes, since the JVM translates what it has seen often: `early` are the first completions, `members` those after.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from polycell.languages.scala.config import Config
from polycell.languages.scala.light import Light
from polycell.languages.scala.questions import Question
from tests.bench.client import Client
from tests.bench.measure import resident

ROUNDS = 15
SIZES = (10, 100)
URI = "file:///bench/scala.ipynb"


def chained(cells: int) -> list[str]:
    head = "import scala.collection.mutable.ArrayBuffer\ncase class Sale(id: Long, city: String, price: Option[Double])"
    first = 'val v0 = List(Sale(1, "a", Some(2.5)))\ndef kept(sale: Sale) = sale.price.exists(_ > 1)'
    rest = [
        f"val v{n} = v{n - 1}.filter(kept).map(sale => sale.copy(id = sale.id + {n}))\nval n{n} = v{n}.map(_.id).sum"
        for n in range(1, cells - 2)
    ]
    return [head, first, *rest, f"val x = 0\nv{cells - 3}."]


def shop(cells: int) -> list[str]:
    rest = [
        f"val part{n} = sales.filter(_.id > {n}).groupBy(_.city)\n"
        f"val sizes{n} = part{n}.map {{ case (k, v) => k -> v.size }}\n"
        f"println(sizes{n}.toSeq.sortBy(-_._2).take(3))"
        for n in range(1, cells - 2)
    ]
    return [*chained(3)[:1], 'val sales = Seq(Sale(1, "a", Some(2.5)), Sale(2, "b", None))', *rest, "val x = 0\nsales."]


def measured(texts: Sequence[str]) -> dict[str, float]:
    """Milliseconds of this machine's clock, but for `their CPU`: what a change and a completion of members cost the
    server and the compiler's process together, the check of the change included. `memory` in MB, of both."""
    client = Client()
    try:
        client.initialize({"scala": {"engine": "auto"}})
        began = time.perf_counter()
        uris = [f"{URI}#c{n}" for n in range(len(texts))]
        client.notify("notebookDocument/didOpen", _opened(texts, uris))
        version = 1

        def edit(text: str) -> None:
            nonlocal version
            version += 1
            client.notify("notebookDocument/didChange", _changed(uris[-1], text, version))

        def timed(ask: Callable[[], Any]) -> float:
            at = time.perf_counter()
            ask()
            return (time.perf_counter() - at) * 1000

        def complete(line: str) -> Any:
            edit(f"val x = {version}\n{line}")
            place = {"textDocument": {"uri": uris[-1]}, "position": {"line": 1, "character": len(line)}}
            return client.request("textDocument/completion", place)

        def cpu() -> float:
            return sum(spent_by(pid) for pid in client.processes())

        before = 0.0
        last = texts[-1].rpartition("\n")[2]

        def ready() -> bool:
            found = complete(last)
            items = found.get("items", []) if isinstance(found, dict) else found or []
            return any(item["label"] == "headOption" for item in items)

        while not ready():
            time.sleep(0.2)
        first = (time.perf_counter() - began) * 1000
        # A finding in the last cell is told once everything above has been looked at.
        edit(f"val x: String = {last}size")
        client.wait(lambda m: "ublishDiagnostics" in m.get("method", "") and "mismatch" in str(m), 600)
        settled = (time.perf_counter() - began) * 1000
        while client.gather(3.0) or cpu() > before + 500:  # checks of other cells are still under way
            before = cpu()
        early = [timed(lambda: complete(last)) for _ in range(ROUNDS)]
        before = cpu()
        members = [timed(lambda: complete(last)) for _ in range(ROUNDS)]
        spent = (cpu() - before) / ROUNDS
        names = [timed(lambda: complete("Lis")) for _ in range(ROUNDS)]
        edit(f"val x = {last}size")
        place = {"textDocument": {"uri": uris[-1]}, "position": {"line": 0, "character": len("val x = v")}}
        hovers = [timed(lambda: client.request("textDocument/hover", place)) for _ in range(ROUNDS)]

        def diagnosed() -> float:
            edit(f"val wrong{version}: String = {last}size + {version}")
            at = time.perf_counter()
            client.wait(lambda m: "ublishDiagnostics" in m.get("method", "") and "mismatch" in str(m), 600)
            return (time.perf_counter() - at) * 1000

        told = []
        for _ in range(5):
            told.append(diagnosed())
            edit("val x = 1")
            client.gather(1.0)
        return {
            "first": first,
            "settled": settled,
            "early": statistics.median(early),
            "members": statistics.median(members),
            "members p95": sorted(members)[-1],
            "their CPU": spent,
            "names": statistics.median(names),
            "hover": statistics.median(hovers),
            "edit → error": statistics.median(told),
            "memory MB": sum(resident(pid) for pid in client.processes()),
        }
    finally:
        client.close()


def alone() -> float:
    """Milliseconds of a completion of members by the compiler's process, as warm as `members` are."""

    async def asked() -> list[float]:
        light = Light(print)
        times = []
        try:
            for number in range(2 * ROUNDS + 3):
                text = f"object Alone {{\nval x = {number}\nList(x).\n}}\n"
                at = time.perf_counter()
                await light.at(Question(Config(), "bench", "alone", text), "textDocument/completion", len(text) - 3)
                times.append((time.perf_counter() - at) * 1000)
            return times
        finally:
            await light.close()

    return statistics.median(asyncio.run(asked())[-ROUNDS:])


def spent_by(pid: int) -> float:
    """Milliseconds of processor that a process has had; nan where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def _opened(texts: Sequence[str], uris: Sequence[str]) -> dict[str, Any]:
    documents = [
        {"uri": uri, "languageId": "scala", "version": 1, "text": text} for uri, text in zip(uris, texts, strict=True)
    ]
    cells = [{"kind": 2, "document": uri} for uri in uris]
    metadata = {"kernelspec": {"name": "scala", "language": "scala"}, "language_info": {"name": "scala"}}
    notebook = {"uri": URI, "notebookType": "jupyter-notebook", "version": 1, "cells": cells, "metadata": metadata}
    return {"notebookDocument": notebook, "cellTextDocuments": documents}


def _changed(uri: str, text: str, version: int) -> dict[str, Any]:
    change = {"document": {"uri": uri, "version": version}, "changes": [{"text": text}]}
    notebook = {"uri": URI, "version": version}
    return {"notebookDocument": notebook, "change": {"cells": {"textContent": [change]}}}


def main() -> None:
    sizes = [int(given) for given in sys.argv[1:]] or SIZES
    for name, make in (("chained", chained), ("shop", shop)):
        for cells in sizes:
            found = {**measured(make(cells)), "alone": alone()}
            print(
                f"{name:8} {cells:5}  " + "  ".join(f"{what} {value:.0f}" for what, value in found.items()), flush=True
            )


if __name__ == "__main__":
    main()
