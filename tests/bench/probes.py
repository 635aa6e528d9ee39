"""Questions about tables in notebooks, asked alike of every tool: which columns may stand here, which one is wrong.

Written down from what the libraries do (`tests/bench/test_peers.py` runs the programs), not from what a tool answers. A
notebook is a list of cells; `<|>` is the cursor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FILES = {"sales.csv": "order_id,region,price,sold_on\n1,north,2.5,2026-01-02\n2,south,3.5,2026-01-03\n"}


@dataclass(frozen=True, slots=True)
class Probe:
    """`complete`: all of `names` are offered, none of `others`. `error`: something is reported in the last cell that
    says `names[0]`. `clean`: nothing at all is reported, since the cells are right.

    `of`: the table whose columns are asked for, where it is not the one that the last cell begins with."""

    topic: str
    kind: Literal["complete", "error", "clean"]
    cells: tuple[str, ...]
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    of: str = ""


PANDAS = 'import pandas as pd\ndf = pd.DataFrame({"id": [1, 2], "city": ["a", "b"], "price": [1.5, 2.5]})'
POLARS = 'import polars as pl\ndf = pl.DataFrame({"id": [1, 2], "city": ["a", "b"], "price": [1.5, 2.5]})'
CSV = 'import pandas as pd\nsales = pd.read_csv("sales.csv")'
DUCK = f"import duckdb\n{PANDAS}"
TWO = f'{DUCK}\no = pd.DataFrame({{"key": [1], "qty": [9]}})'
GROUPED = 'g = df.groupby("city", as_index=False).agg(total=("price", "sum"))'
ALL = ("id", "city", "price")

PROBES = (
    # frames through operations
    Probe("frames", "complete", (PANDAS, 'df["<|>"]'), ALL),
    Probe("frames", "complete", (PANDAS, "df.<|>"), (*ALL, "groupby")),
    Probe("frames", "complete", (PANDAS, 'd2 = df.rename(columns={"city": "town"})', 'd2["<|>"]'),
          ("id", "town", "price"), ("city",)),
    Probe("frames", "complete", (PANDAS, 'd2 = df.drop(columns="id").assign(tax=df["price"] * 0.2)', 'd2["<|>"]'),
          ("city", "price", "tax"), ("id",)),
    Probe("frames", "complete", (PANDAS, GROUPED, 'g["<|>"]'),
          ("city", "total"), ("id", "price")),
    Probe("frames", "complete", (PANDAS, 'df.groupby("<|>")'), ALL),
    Probe("frames", "complete", (PANDAS, 'df.agg({"<|>"})'), ALL),
    Probe("frames", "complete", (PANDAS, 'df["n"] = 1\ndel df["id"]', 'df.loc[df["price"] > 1, "<|>"]'),
          ("city", "price", "n"), ("id",)),
    Probe("frames", "complete", (POLARS, 'd2 = df.with_columns(t=pl.col("price") * 2).drop("id")', 'd2.select("<|>")'),
          ("city", "price", "t"), ("id",)),
    Probe("frames", "complete", (POLARS, 'df.filter(pl.col("<|>"))'), ALL),
    # joins
    Probe("joins", "complete", (PANDAS, 'o = pd.DataFrame({"id": [1], "price": [9]})',
                                'm = df.merge(o, on="id", suffixes=("", "_o"))', 'm["<|>"]'), (*ALL, "price_o")),
    Probe("joins", "complete", (PANDAS, 'o = pd.DataFrame({"id": [1], "qty": [9]})', 'df.merge(o, on="<|>")'),
          ("id",), ("qty", "city"), of="df[[name for name in df if name in o]]"),
    Probe("joins", "complete", (PANDAS, 'o = pd.DataFrame({"key": [1], "qty": [9]})',
                                'df.merge(o, left_on="id", right_on="<|>")'), ("key", "qty"), ("city",), of="o"),
    # files
    Probe("files", "complete", (CSV, 'sales["<|>"]'), ("order_id", "region", "price", "sold_on")),
    Probe("files", "complete", ("import pandas as pd", 's = pd.read_csv("sales.csv", usecols=["<|>"])'),
          ("order_id", "region"), of='pd.read_csv("sales.csv")'),
    Probe("files", "complete", ('import pandas as pd\ns = pd.read_csv("sales.csv", usecols=["region"])', 's["<|>"]'),
          ("region",), ("price",)),
    # SQL
    Probe("sql", "complete", (DUCK, 'duckdb.sql("select <|> from df")'), ALL, of="df"),
    Probe("sql", "complete", (DUCK, 'r = duckdb.sql("select city, sum(price) as total from df group by city").df()',
                              'r["<|>"]'), ("city", "total"), ("id", "price")),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("with c as (select id as key from df) select <|> from c")'),
          ("key",), ("city",), of='duckdb.sql("select id as key from df")'),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("select d.<|> from df d")'), ALL, of="df"),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("select ci<|> from df")'), ("city",), of="df"),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("from df select <|>")'), ALL, of="df"),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("select id from df where pr<|>")'), ("price",), of="df"),
    Probe("sql", "complete", (DUCK, 'duckdb.sql("select city, count(*) from df group by <|>")'), ALL, of="df"),
    Probe("sql", "complete", (TWO, 'duckdb.sql("select * from df join o on df.id = o.<|>")'), ("key", "qty"), ("city",),
          of="o"),
    Probe("sql", "complete", (TWO, 'duckdb.sql("select id from df where <|>")'), ALL, ("qty",), of="df"),
    Probe("sql", "complete", (TWO, 'duckdb.sql("select s.<|> from (select key as k, qty from o) s")'), ("k", "qty"),
          ("key", "city"), of='duckdb.sql("select key as k, qty from o")'),
    Probe("sql", "complete", (TWO, 'duckdb.sql("select city from df where id in (select <|> from o)")'), ("key", "qty"),
          of="o"),
    # planted errors
    Probe("errors", "error", (PANDAS, 'df["ctiy"]'), ("ctiy",)),
    Probe("errors", "error", (PANDAS, 'd2 = df.rename(columns={"city": "town"})', 'd2["city"]'), ("city",)),
    Probe("errors", "error", (PANDAS, GROUPED, 'g["price"]'),
          ("price",)),
    Probe("errors", "error", (PANDAS, 'df.sort_values("pirce")'), ("pirce",)),
    Probe("errors", "error", (POLARS, 'df.select(pl.col("pirce"))'), ("pirce",)),
    Probe("errors", "error", (CSV, 'sales["regoin"]'), ("regoin",)),
    Probe("errors", "error", (DUCK, 'duckdb.sql("select ctiy from df")'), ("ctiy",)),
    Probe("errors", "error", (PANDAS, "print(dff)"), ("dff",)),
    # right programs
    Probe("clean", "clean", (PANDAS, 'df["new"] = df["price"] * 2', 'df["new"].sum()')),
    Probe("clean", "clean", (PANDAS, 'df.columns = ["a", "b", "c"]', 'df["a"]\ndf.b')),
    Probe("clean", "clean", (PANDAS, 'p = df.pivot_table(index="id", columns="city", values="price")', 'p["a"]')),
    Probe("clean", "clean", (PANDAS, "for c in df.columns:\n    df[c + '_2'] = df[c]", 'df["city_2"]')),
    Probe("clean", "clean", (CSV, 'sales["sold_on"] = pd.to_datetime(sales["sold_on"])', 'sales["sold_on"].dt.year')),
    Probe("clean", "clean", ("%pip install -q pandas", "!ls", PANDAS, "df.head()")),
    Probe("clean", "clean", (DUCK, 'r = duckdb.sql("select city as town from df").df()', 'r["town"]')),
    Probe("clean", "clean", (PANDAS, "%%timeit\ndf.sum(numeric_only=True)")),
    Probe("clean", "clean", (POLARS, 'df.group_by("city").agg(pl.col("price").sum().alias("t"))["t"]')),
)  # fmt: skip
