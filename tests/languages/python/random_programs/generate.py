"""Random programs over one library's frames: operations, branches, loops, functions, aliases and cells.

Operations are lines of data (`pandas.txt`, …). In them `{f}` and `{g}` are frames, `{c}`, `{d}`, `{e}` columns of
the first, `{gc}` one of the second, `{both}` one that both have, `{boths}` some of those, `{cs}` some columns, `{n}`,
`{m}` any names, `{ic}`, `{id}`, `{igc}`, `{bothi}` columns as they stand in SQL inside of a string. A line that begins
with `!` is statements, `\\n` a new line; any other is an expression, whose value gets a name. `{tc}`, `{td}`, `{gtc}`,
`{boths}` … are columns in Spark's back quotes.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import logging
import os
import random
import re
import shutil
import string
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.languages.python import test_generated_frames as generated

NEW = ["n1", "n2", "tot", "k", "x_y", "a", "count", "index", "value", "b_x", "n1_y"]
MORE_NEW = {"spark": ["A", "K", "sum(a)", "id", "s", "x.y"]}
FRAME = re.compile(r"f\d+$")
VIEWS = ("seen", "other")  # of Spark's session, that operations make
WIDEST, LONGEST, STEPS = 30, 400, 60

IMPORTS = {
    "pandas": ["import pandas as pd", "import numpy as np"],
    "polars": ["import polars as pl", "import polars.selectors as cs"],
    "duckdb": ["import duckdb"],
    "arrow": ["import pyarrow as pa", "import pyarrow.compute as pc", "import pandas as pd"],
    "spark": [
        "import pandas as pd",
        "from pyspark.sql import SparkSession, Window, Row, functions as F",
        "import pyspark.sql.types as T",
        "spark = SparkSession.builder.getOrCreate()",
    ],
}
STARTS = {
    "pandas": [
        "pd.DataFrame({'a': [1, 2, 1], 'b': ['x', 'y', 'x'], 'c': [0.5, 1.5, 2.5]})",
        "pd.DataFrame({'k': ['u', 'v', 'u', 'w'], 'n1': [1, 2, 3, 4], 'a': [1, 1, 2, 2]})",
        "pd.DataFrame({'a': [3, 1], 'd': pd.to_datetime(['2024-01-01', '2024-02-01']), 'f': [True, False], "
        "'b': ['y', 'x']})",
        "pd.DataFrame({'b': ['x', None, 'y'], 'c': [1.0, None, 3.0], 'g': pd.Categorical(['p', 'q', 'p'])})",
    ],
    "polars": [
        "pl.DataFrame({'a': [1, 2, 1], 'b': ['x', 'y', 'x'], 'c': [0.5, 1.5, 2.5]})",
        "pl.DataFrame({'k': ['u', 'v', 'u', 'w'], 'n1': [1, 2, 3, 4], 'a': [1, 1, 2, 2]})",
        "pl.DataFrame({'a': [3, 1], 'd': ['2024-01-01', '2024-02-01'], 'f': [True, False], 'b': ['y', 'x']})"
        ".with_columns(pl.col('d').str.to_date())",
        "pl.DataFrame({'a': [3, 1], 'b': ['x', None], 'c': [None, 1.5]}).lazy()",
        "pl.DataFrame({'a': [3, 1], 'l': [[1, 2], [3]], 's': [{'u': 1, 'v': 'x'}, {'u': 2, 'v': 'y'}]})",
    ],
    "duckdb": [
        "duckdb.sql(\"select * from (values (1,'x',0.5),(2,'y',1.5)) t(a,b,c)\")",
        "duckdb.sql(\"select 'u' as k, 1::bigint as n1, 2 as a union all select 'v', 3, 4\")",
        "duckdb.sql(\"select 3 as a, date '2024-01-01' as d, true as f, 'y' as b\")",
    ],
    "arrow": [
        "pa.table({'a': [1, 2, 1], 'b': ['x', 'y', 'x'], 'c': [0.5, 1.5, 2.5]})",
        "pa.table({'k': ['u', 'v', 'u', 'w'], 'n1': [1, 2, 3, 4], 'a': [1, 1, 2, 2]})",
        "pa.Table.from_pandas(pd.DataFrame({'a': [3, 1], 'f': [True, False], 'b': ['y', 'x']}))",
    ],
    "spark": [
        "spark.createDataFrame([(1, 'x', 0.5), (2, 'y', 1.5)], ['a', 'b', 'c'])",
        "spark.createDataFrame([(1, 'x', 2.0), (2, None, None)], 'a int, b string, c double')",
        "spark.createDataFrame([('u', 1, 1)], T.StructType([T.StructField('k', T.StringType(), False), "
        "T.StructField('n1', T.LongType()), T.StructField('a', T.ShortType())]))",
        "spark.createDataFrame([Row(a=3, b='y', f=True)])",
        "spark.createDataFrame(pd.DataFrame({'a': [3, 1], 'f': [True, False], 'b': ['y', 'x']}))",
        "spark.createDataFrame([(1, (2, 'x'), [1, 2], {'p': 1})], "
        "'a bigint, s struct<u: int, v: string>, l array<int>, m map<string, int>')",
        "spark.sql(\"select 1 as a, date '2024-01-01' as d, "
        'cast(1.5 as decimal(10, 2)) as p, current_timestamp() as t")',
        "spark.range(4)",
    ],
}
_KINDS = {
    "pandas": ("pandas.DataFrame",),
    "polars": ("polars.DataFrame", "polars.LazyFrame"),
    "duckdb": ("duckdb.DuckDBPyRelation", "_duckdb.DuckDBPyRelation"),
    "arrow": ("pyarrow.Table",),
    "spark": ("pyspark.DataFrame",),
}
_STATEMENT = re.compile(
    r"^(del |\{f\}\.(insert|update)\(|\{f\}\[.*?\] = |\{f\}\.loc\[.*?\] = |\{f\}\.columns = |\{f\}\.index(\.name)? = )"
)


def _own(library: str) -> list[str]:
    text = (Path(__file__).parent / f"{library}.txt").read_text(encoding="utf-8")
    return [line.replace("\\n", "\n") for line in text.splitlines() if line and not line.startswith("# ")]


def _of_generated_frames(library: str) -> list[str]:
    """The operations that the chains of `test_generated_frames` are made of, which are texts for `format`."""
    found = getattr(generated, library.upper(), [])
    lines = found if isinstance(found, list) else found.strip().split("\n")
    plain = []
    for line in filter(None, lines):
        text = "".join(a + (f"{{{b}}}" if b is not None else "") for a, b, _, _ in string.Formatter().parse(line))
        plain.append(("!" if _STATEMENT.match(text) or "inplace=True" in text else "") + text)
    return plain


def available(library: str) -> bool:
    if library == "spark" and not (shutil.which("java") or os.environ.get("JAVA_HOME")):
        return False
    try:
        importlib.import_module({"arrow": "pyarrow", "spark": "pyspark"}.get(library, library))
    except ImportError:
        return False
    return True


class Programs:
    """The random programs of one library."""

    def __init__(self, library: str) -> None:
        self.library = library
        self.new_names = [*NEW, *MORE_NEW.get(library, ())]
        self.operations = [*_of_generated_frames(library), *_own(library)]

    def is_frame(self, value: Any) -> bool:
        return f"{type(value).__module__.split('.')[0]}.{type(value).__name__}" in _KINDS[self.library]

    def columns(self, value: Any) -> list[str]:
        if self.library == "polars":
            return list(value.collect_schema())
        names = value.column_names if self.library == "arrow" else list(value.columns)
        return [n for n in dict.fromkeys(names) if isinstance(n, str)]

    def _too_large(self, value: Any) -> bool:
        """Whether frames would grow without end; raises where what a lazy frame waits to do cannot be done."""
        if self.library in ("duckdb", "spark"):
            return len(self.columns(value)) > WIDEST
        value = value.collect() if hasattr(value, "collect") else value
        return (
            len(self.columns(value)) > WIDEST or (value.num_rows if self.library == "arrow" else len(value)) > LONGEST
        )

    def program(self, seed: str) -> list[str]:
        """The lines of a program that runs."""
        rng = random.Random(seed)
        lines = [*IMPORTS[self.library], *(f"f{i} = {rng.choice(STARTS[self.library])}" for i in range(2))]
        blocks = [[*lines, f"flag = {rng.choice([True, False])}"]]
        names = _run(blocks)
        wanted = rng.randint(5, 12)
        for _ in range(STEPS):
            frames = [name for name, value in names.items() if FRAME.match(name) and self.is_frame(value)]
            try:
                block = self._statement(rng, names, frames)
            except (LookupError, ValueError, TypeError):
                continue
            if not block:
                continue
            before = dict(names)
            try:
                _go(block, names)
                if any(self.is_frame(v) and self._too_large(v) for n, v in names.items() if FRAME.match(n)):
                    raise ValueError("too large")
            except KeyboardInterrupt:
                raise
            except BaseException:  # polars panics
                if self.library == "spark":  # whose frames nothing changes
                    names.clear()
                    names.update(before)
                else:
                    names = _run(blocks)
                continue
            blocks.append(block)
            wanted -= 1
            if not wanted:
                break
        if rng.random() < 0.4:
            blocks.insert(rng.randint(2, max(2, len(blocks) - 1)), ["# %%"])
        return [line for block in blocks for line in block]

    def _statement(self, rng: random.Random, names: dict[str, Any], frames: list[str], depth: int = 0) -> list[str]:
        chance = rng.random()
        if depth == 0:
            for limit, make in _AROUND:
                if chance < limit:
                    return make(self, rng, names, frames)
        frame, text = self._filled(rng, rng.choice(self.operations), names, frames)
        if text.startswith("!"):
            return text[1:].split("\n")
        if depth == 2:  # in the body of a function
            return [f"{rng.choice([frame, frame, 'z'])} = {text}"]
        return [f"{rng.choice([frame, frame, *frames, f'f{len(frames)}'])} = {text}"]

    def _filled(
        self, rng: random.Random, template: str, names: dict[str, Any], frames: Sequence[str]
    ) -> tuple[str, str]:
        f, g = rng.choice(frames), rng.choice(frames)
        mine, theirs = self.columns(names[f]), self.columns(names[g])
        if not mine or len(mine) > 25:
            raise LookupError
        both = [c for c in mine if c in theirs]

        def some(of: list[str], most: int) -> list[str]:
            return rng.sample(of, min(len(of), rng.randint(1, most)))

        makers: dict[str, Callable[[], str]] = {
            "f": lambda: f,
            "g": lambda: g,
            "gc": lambda: repr(rng.choice(theirs)),
            "both": lambda: repr(rng.choice(both)),
            "boths": lambda: repr(some(both, 2)),
            "cs": lambda: repr(some(mine, 3)),
            "ic": lambda: f'\\"{rng.choice(mine)}\\"',
            "igc": lambda: f'\\"{rng.choice(theirs)}\\"',
            "bothi": lambda: f'\\"{rng.choice(both)}\\"',
            "qc": lambda: repr(f'"{rng.choice(mine)}"'),
            "tc": lambda: f"`{rng.choice(mine)}`",
            "td": lambda: f"`{rng.choice(mine)}`",
            "gtc": lambda: f"`{rng.choice(theirs)}`",
            "botht": lambda: f"`{rng.choice(both)}`",
            "gqc": lambda: repr(f'"{rng.choice(theirs)}"'),
            **dict.fromkeys(("c", "d", "e"), lambda: repr(rng.choice(mine))),
            **dict.fromkeys(("n", "m"), lambda: repr(rng.choice(self.new_names))),
        }
        makers["id"], made = makers["ic"], {}

        def fill(found: re.Match[str]) -> str:
            word = found[1]
            if word not in makers:
                return found[0]
            if word in ("c", "d", "n", "m", "tc"):  # the same wherever it stands
                made[word] = made.get(word) or makers[word]()
                return made[word]
            return makers[word]()

        return f, re.sub(r"\{(\w+)\}", fill, template)


def begin() -> None:
    """Nothing is left of the program before: a result of DuckDB's that nobody has read keeps its connection, Spark its
    views."""
    for view in VIEWS if "pyspark" in sys.modules else ():
        _spark().catalog.dropTempView(view)
    if available("duckdb"):
        duckdb = importlib.import_module("duckdb")
        duckdb.set_default_connection(duckdb.connect())


@functools.cache
def _spark() -> Any:
    """The one session of Spark, small and silent."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault(
        "PYSPARK_SUBMIT_ARGS", "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC' pyspark-shell"
    )
    logging.disable()
    builder = importlib.import_module("pyspark.sql").SparkSession.builder
    settings = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "1", "spark.driver.host": "127.0.0.1",
                "spark.sql.pivotMaxValues": "20", "spark.ui.showConsoleProgress": "false"}  # fmt: skip
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.master("local[1]").getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def _go(block: Sequence[str], names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("\n".join(block), names)


def _run(blocks: Sequence[Sequence[str]]) -> dict[str, Any]:
    begin()
    names: dict[str, Any] = {}
    for block in blocks:
        _go(block, names)
    return names


_Maker = Callable[[Programs, random.Random, dict[str, Any], list[str]], list[str]]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _condition(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    first, second = p._statement(rng, names, frames, 1), p._statement(rng, names, frames, 1)
    asked = rng.choice(["flag", "not flag", "flag" if p.library == "arrow" else f"len({frames[0]}.columns) > 3"])
    return [f"if {asked}:", *_indented(first), *([] if rng.random() < 0.3 else ["else:", *_indented(second)])]


def _loop(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    body = _indented(p._statement(rng, names, frames, 1))
    jump = rng.choice([[], [], ["    if flag:", f"        {rng.choice(['break', 'continue'])}"]])
    if rng.random() < 0.2:
        return ["turn = 0", "while turn < 2:", "    turn += 1", *jump, *body]
    return ["for i in range(2):", *(jump + body if rng.random() < 0.5 else body + jump)]


def _tried(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    body = [*p._statement(rng, names, frames, 1), *([] if rng.random() < 0.7 else ["raise ValueError"])]
    handled = ["pass"] if rng.random() < 0.6 else p._statement(rng, names, frames, 1)
    ends = rng.choice([[], [], ["else", p], ["finally", p]])
    more = [f"{ends[0]}:", *_indented(p._statement(rng, names, frames, 1))] if ends else []
    return ["try:", *_indented(body), "except Exception as e:", *_indented(handled), *more]


def _function(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    frame, name = rng.choice(frames), f"h{rng.randint(0, 99)}"
    body: list[str] = []
    for _ in range(rng.randint(1, 2)):
        body += p._statement(rng, {**names, "d": names[frame]}, ["d"], 2)
    given = [m[1] for m in [re.match(r"(\w+) = ", body[-1])] if m]
    early = rng.choice([[], [], [], ["    if flag:", "        return d"]])
    call = rng.choice([f"{name}({frame})", f"{name}({frame})", f"{name}(d={frame})", f"{frame}.pipe({name})"])
    if p.library in ("arrow", "duckdb"):
        call = f"{name}({frame})"
    elif p.library == "spark":
        call = call.replace(".pipe(", ".transform(")
    return [f"def {name}(d):", *early, *_indented(body), f"    return {rng.choice(['d', *given])}",
            f"{rng.choice([*frames, f'f{len(frames)}'])} = {call}"]  # fmt: skip


def _alias(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    return [f"{rng.choice([f'f{len(frames)}', *frames])} = {rng.choice(frames)}"]


def _held(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    """Frames in a list or dictionary, changed there."""
    held, name = rng.sample(frames, min(2, len(frames))), f"l{rng.randint(0, 9)}"
    body = _indented(p._statement(rng, {**names, "d": names[held[0]]}, ["d"], 2))
    if rng.random() < 0.5:
        first = f"{name} = [{', '.join(held)}]"
        return [first, f"for d in {name}:", *body, f"f{len(frames)} = {name}[{rng.choice([0, -1])}]"]
    first = f"{name} = {{{', '.join(f'{f!r}: {f}' for f in held)}}}"
    change = ["    l = d", f"    {name}[key] = d"] if rng.random() < 0.5 else []
    return [first, f"for key, d in {name}.items():", *body, *change, f"f{len(frames)} = {name}[{held[0]!r}]"]


def _object(p: Programs, rng: random.Random, names: dict[str, Any], frames: list[str]) -> list[str]:
    """A frame in a field, changed by a method."""
    frame, name = rng.choice(frames), f"C{rng.randint(0, 99)}"
    body = p._statement(rng, {**names, "d": names[frame]}, ["d"], 2)
    keep = rng.choice([["self.d = d"], ["self.d = d"], []])
    return [f"class {name}:", "    def __init__(self, d):", "        self.d = d", "    def go(self):",
            "        d = self.d", *_indented(_indented([*body, *keep, "return self"])),
            f"o{name} = {name}({frame})", f"o{name}.go()", f"f{len(frames)} = o{name}.d"]  # fmt: skip


_AROUND: list[tuple[float, _Maker]] = [
    (0.06, _condition), (0.10, _loop), (0.14, _tried), (0.20, _function), (0.24, _alias), (0.27, _held),
    (0.29, _object),
]  # fmt: skip
