"""CPU time of completion in charts: in the gallery's specifications, in Vega, and at the end of a long notebook.

python -m tests.bench.charts
"""

from __future__ import annotations

import contextlib
import json
import random
import statistics
import time
from collections.abc import Coroutine, Iterator
from typing import Any

from polycell.compose import default_services
from polycell.core import features
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource
from polycell.languages.vega.reader import read
from polycell.languages.vega.tree import walk
from tests.bench import generate
from tests.shared import SHARED

SAMPLE = 300
LONG = 400  # members of a long specification's tooltip


def places() -> list[tuple[str, int]]:
    """(specification, offset inside of a text of it), a sample of the gallery."""
    chance = random.Random(5)
    found = []
    for path in sorted((SHARED / "vega-examples").glob("*.vl.json")):
        text = path.read_text(encoding="utf-8")
        root = read(text).root
        strings = [node for _, node in walk(root) if node.kind == "string"] if root is not None else []
        found += [(text, chance.choice(strings).start + 1)] if strings else []
    return random.Random(7).sample(found, min(SAMPLE, len(found)))


def compiled() -> Iterator[tuple[str, int]]:
    """The same of the Vega that the gallery is compiled to: specifications of a thousand lines."""
    import vl_convert

    chance = random.Random(5)
    for text, _ in places()[:60]:
        made = json.dumps(vl_convert.vegalite_to_vega(json.loads(text)), indent=2)
        root = read(made).root
        strings = [node for _, node in walk(root) if node.kind == "string"] if root is not None else []
        yield made, chance.choice(strings).start + 1


def long_specification() -> Iterator[tuple[str, int]]:
    """One chart with a list of very many fields, the cursor in each of some."""
    fields = ",\n".join(f'      {{"field": "a{n}", "type": "nominal"}}' for n in range(LONG))
    values = ", ".join(f'"a{n}": {n}' for n in range(LONG))
    text = f'{{"data": {{"values": [{{{values}}}]}}, "mark": "bar", "encoding": {{"tooltip": [\n{fields}\n]}}}}'
    for number in range(0, LONG, 8):
        yield text, text.index(f'"field": "a{number}"') + 10


def measure(kind: str, asked: list[tuple[str, int]], above: Notebook, *, warm: bool) -> None:
    times = []
    for number, (text, offset) in enumerate(asked):
        asked_text = text if warm else f"{text}\n{' ' * (number + 1)}"
        cell = make_cell(CellSource("chart", asked_text, "code", declared="vega-lite"), above)
        cell = replace(cell, language="vega") if '"marks"' in text else cell
        services = default_services()
        session = Session(services)
        snapshot = session.update(replace(above, cells=(*above.cells, cell)))
        snapshot.analysis.settle()
        if warm:
            _finish(features.complete(snapshot, services, "chart", offset))
        before = time.thread_time()
        _finish(features.complete(snapshot, services, "chart", offset))
        times.append((time.thread_time() - before) * 1000)
    times.sort()
    median, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"{kind:24} {'warm' if warm else 'cold':5} {len(times):6} {median:10.2f} {p95:8.2f}")


def _finish(asked: Coroutine[Any, Any, object]) -> None:
    """To its end: charts wait for nobody, so that no event loop is measured along."""
    with contextlib.suppress(StopIteration):
        asked.send(None)


def main() -> None:
    print(f"{'charts':24} {'':5} {'places':>6} {'median ms':>10} {'p95 ms':>8}   (budget 10)")
    empty = Notebook(uri="bench:charts", host="jupyter", language="python")
    thousand = generate.notebook(1000)
    for warm in (False, True):
        measure("gallery of Vega-Lite", places(), empty, warm=warm)
        measure("compiled to Vega", list(compiled()), empty, warm=warm)
        measure(f"{LONG} fields", list(long_specification()), empty, warm=warm)
        measure("behind 1,000 cells", places()[:12], thousand, warm=warm)


if __name__ == "__main__":
    main()
