"""Many random programs of one library: `python -m tests.languages.python.random_programs pandas 2000 7`.

Prints the shortest part of each kind of program of which something wrong is said, and how many names were known.
"""

from __future__ import annotations

import collections
import re
import sys
import time

from polycell.core.types import Table
from tests.languages.python.oracle import ours, problems_of, run
from tests.languages.python.random_programs.generate import FRAME, Programs, available, begin
from tests.languages.python.random_programs.judge import problems, shortest


def main(library: str, count: int, seed: str) -> None:
    if not available(library):
        sys.exit(f"{library} is not installed (Spark needs Java, too)")
    programs, known, kinds, began = (
        Programs(library),
        collections.Counter[str](),
        collections.Counter[str](),
        time.time(),
    )
    for number in range(count):
        try:
            lines = programs.program(f"{seed}-{number}")
            begin()
            real, said = run("\n".join(lines)), ours("\n".join(lines))
            wrong = [f"{n}: {p}" for n, t in said.items() if n in real for p in problems_of(t, real[n])]
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # what a lazy frame refuses when its columns are asked for
            known[f"did not run: {type(error).__name__}"] += 1
            continue
        known["programs"] += 1
        for name, type_ in said.items():
            if FRAME.match(name) and programs.is_frame(real.get(name)):
                is_table = isinstance(type_, Table)
                known["closed" if is_table and not type_.open else "open" if is_table else "unknown"] += 1
        if wrong:
            known["wrong"] += 1
            small = shortest(lines)
            found = problems(small)
            kind = re.sub(r"\b[fhlC]\w*\d\b|'[^']*'|\d+", "_", f"{small[-1]} {found[0]}")[:110]
            kinds[kind] += 1
            if kinds[kind] <= 2:
                print(
                    f"===== {number}", *found, *(s for s in small if not s.startswith("import")), sep="\n", flush=True
                )
    print(dict(known), f"{time.time() - began:.0f} s")
    for kind, times in kinds.most_common(60):
        print(times, kind)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
