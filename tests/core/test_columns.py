"""A column is one symbol over cells and languages: its references, and its rename."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core import renaming
from polycell.core.actions import apply, fits
from tests import dsl
from tests.core.test_renaming import renamed, shown

PANDAS = 'import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": [2], "k": ["x"]})\n'


def marked(text: str) -> str:
    """The text with «» as the references to the column at the cursor must be; the cursor is in the first of them."""
    return text.replace("«", "", 1).replace("»", "<|>", 1).replace("«", "").replace("»", "")


# Each line is Python behind PANDAS, with marks around all that names the column `a`.
PYTHON = [
    'df["«a»"]',
    'df[["b", "«a»"]]',
    "df.«a»",
    "df.«a».max()",
    'df.loc[:, "«a»"]',
    'df.loc[df["«a»"] > 1, ["«a»", "b"]]',
    'df.sort_values("«a»")',
    'df.sort_values(by=["«a»", "b"])',
    'df.groupby("k")["«a»"].sum()',
    'df.groupby("k").«a».sum()',
    'df.groupby(["«a»", "k"]).size()',
    'df.groupby("k").agg({"«a»": "sum"})["«a»"]',
    'df.groupby("k").agg(total=("«a»", "sum"))["total"]',
    'df.drop(columns=["b"])["«a»"]',
    'df.drop(columns="«a»")',
    'df.rename(columns={"«a»": "c"})["c"]',
    'df.rename(columns={"b": "c"})["«a»"]',
    'df.astype({"«a»": float}).«a»',
    'df.assign(c=df["«a»"] + 1)["c"]',
    'df.assign(c=lambda d: d["«a»"], e=lambda d: d.«a» + d.c)',
    'df.query("«a» > 1 and b < @limit")["«a»"]',
    'df.eval("«a» + b")',
    'df.set_index("«a»").reset_index()["«a»"]',
    'df.dropna(subset=["«a»"])',
    'df.drop_duplicates("«a»")',
    'df.melt(id_vars="«a»", value_vars=["b"])["«a»"]',
    'df["«a»"] = df["«a»"] * 2\ndf["«a»"]',
    'df.loc[0, "«a»"] = 3\ndf["«a»"]',
    'df["«a»"] += 1',
    'del df["«a»"]',
    'if df["«a»"].sum():\n    df["«a»"] = 0\ndf["«a»"]',
    'for i in range(3):\n    df["«a»"] = df["«a»"] + i\ndf.«a»',
    'keys = ["«a»", "b"]\ndf[keys].max()\ndf.groupby(keys)',
    'other = df[["«a»"]].copy()\nother["«a»"]',
    'm = df.merge(pd.DataFrame({"«a»": [1], "z": [2]}), on="«a»")\nm["«a»"]',
    'm = pd.concat([df, pd.DataFrame({"«a»": [1]})])\nm["«a»"]',
    'print("a", df["«a»"], "the a of df")',
    'df.plot(x="«a»", y="b", title="a")',
    'def f(d, by):\n    return d.sort_values(by)\nf(df, "«a»")',
    'def f(d, by, value="b"):\n    print(value)\n    return d.groupby(by)[[value]].max()\nf(df, value="«a»", by="k")',
    'def f(d, names):\n    return [d[name].max() for name in names]\nf(df, ["b", "«a»"])',
    'def f(d):\n    e = d.dropna()\n    return e["«a»"].max()\nf(df)',
    'def f(d, by):\n    return d.sort_values(by)\ndf.pipe(f, "«a»")',
    'df["b"] == "a"; df["«a»"]',
    'f"{df[\'b\'].max()} a"; df["«a»"]',
]


@pytest.mark.parametrize("line", PYTHON)
def test_places_in_python(line: str) -> None:
    text = PANDAS.replace('"a"', '"«a»"') + "# %%\n" + line
    assert shown(marked(text)) == text.replace("# %%\n", "---\n").replace("\n---", "\n\n---", 0).replace(
        "\n\n---", "\n---"
    )


@pytest.mark.parametrize(
    "text",
    [
        # A name is given anew: another column.
        'r = df.rename(columns={"a": "«c»"})\nr["«c»"]\ndf["a"]',
        'df = df.assign(«c»=1)\ndf["«c»"]',
        'df["«c»"] = df["a"]\ndf.«c»',
        'g = df.groupby("k").agg(«c»=("a", "sum"))\ng["«c»"]',
        'g = df.groupby("k")["a"].sum().reset_index(name="«c»")\ng["«c»"]',
        'df.columns = ["«c»", "d", "e"]\ndf["«c»"]',
        'df.insert(0, "«c»", 1)\ndf["«c»"]',
        'm = df.melt(id_vars="k", var_name="«c»", value_name="v")\nm["«c»"]',
        'names = {"a": "«c»"}\nr = df.rename(columns=names)\nr["«c»"]',
    ],
)
def test_places_that_give_a_name(text: str) -> None:
    assert shown(PANDAS + "# %%\n" + marked(text)).split("\n---\n")[1] == text


@pytest.mark.parametrize(
    "text",
    [
        'd.select("«a»", pl.col("b"))["«a»"]',
        'd.filter(pl.col("«a»") > 1).select(pl.col("«a»").sum().alias("s"))["s"]',
        'd.with_columns(c=pl.col("«a»") * 2)["c"]',
        'd.with_columns(pl.col("«a»") * 2)["«a»"]',
        'd.group_by("k").agg(pl.col("«a»").mean()).sort("«a»")',
        'd.rename({"b": "c"})["«a»"]',
        'd.sort("«a»").unique(subset=["«a»"])',
        'd.lazy().select("«a»").collect()["«a»"]',
    ],
)
def test_places_in_polars(text: str) -> None:
    head = 'import polars as pl\nd = pl.DataFrame({"«a»": [1], "b": [2], "k": ["x"]})\n'
    assert shown(marked(head + text)) == head + text


SQL = [
    "select «a» from df",
    'select "«a»", DF.«A», d.k from df d'.replace('"«a»"', '«"a"»').replace("DF.«A»", "d.«A»"),
    "select «a» + 1 as c, sum(«a») from df where «a» > 1 group by «a» having max(«a») > 1 order by «a»",
    "select * exclude («a») from df",
    "with t as (select «a» from df) select t.«a», x.b from t join df x using («a»)",
    "select (select max(«a») from df i where i.«a» = o.«a») from df o",
    "with t(z) as (select «a» from df) select z from t",
    "select 1 as a2, 'a', a.k, «a» from df a".replace("a.k, «a»", "a.k, a.«a»"),
    "select «a» from df union all select b from df",
]


@pytest.mark.parametrize("query", SQL)
def test_places_in_sql(query: str) -> None:
    text = PANDAS.replace('"a"', '"«a»"') + "# %%\n%%sql t <<\n" + query
    assert shown(marked(text)) == text.replace("# %%\n", "---\n")


@pytest.mark.parametrize(
    "query",
    [
        'select b as «c» from df order by «c»\n---\nt["«c»"]',
        "select sum(b) as «c» from df\n---\nt.«c»",
        'with x as (select b as «c» from df) select * from x\n---\nt["«c»"]',
        'with x(«c») as (select b from df) select «c» from x\n---\nt["«c»"]',
        'select * rename (b as «c») from df\n---\nt["«c»"]',
        "select q.«c» from (select b «c» from df) q\n---\nt.«c»",
    ],
)
def test_places_where_a_query_gives_a_name(query: str) -> None:
    text = PANDAS + "# %%\n%%sql t <<\n" + query.replace("---\n", "# %%\n")
    # JupySQL's result set is no frame; the setting makes it one.
    text = "# %%\n%config SqlMagic.autopandas = True\n# %%\n" + text
    assert "\n---\n".join(shown(marked(text)).split("\n---\n")[2:]) == "%%sql t <<\n" + query.replace("\n---", "\n---")


def test_sql_in_a_string_of_python() -> None:
    text = PANDAS.replace('"a"', '"«a»"') + "import duckdb\nr = duckdb.sql('select «a», b from df').df()\nr[\"«a»\"]"
    assert shown(marked(text)) == text


CHART = """{"data": {"name": "df"}, "mark": "bar",
 "transform": [{"calculate": "datum.«a» * 2", "as": "d"}, {"filter": "datum['«a»'] > 1"}],
 "encoding": {"x": {"field": "«a»", "title": "a"}, "y": {"field": "d"}}}"""


def test_places_in_a_chart() -> None:
    text = PANDAS.replace('"a"', '"«a»"') + "# %% [vega-lite]\n" + CHART
    assert shown(marked(text)) == text.replace("# %% [vega-lite]\n", "---\n")
    made = CHART.replace("«", "").replace("»", "").replace('"d"', '"«d»"')
    assert shown(marked(PANDAS + "# %% [vega-lite]\n" + made)).split("\n---\n")[1] == made


def test_altairs_strings() -> None:
    text = PANDAS.replace('"a"', '"«a»"') + 'import altair as alt\nalt.Chart(df).encode(x="«a»:Q", y=alt.Y("sum(«a»)"))'
    assert shown(marked(text)) == text


EVERYWHERE = (
    """
import pandas as pd
sales = pd.DataFrame({"price<|>": [1.5], "region": ["x"]})
# %%
%config SqlMagic.autopandas = True
%%sql totals <<
""".replace("%%sql totals <<\n", "")
    + """# %%
%%sql totals <<
select region, sum(price) as total, Sales."price" from sales group by all
# %%
totals["price"].max() + totals.total
sales.query("price > 1")
# %% [vega-lite]
{"data": {"name": "totals"}, "mark": "bar", "encoding": {"x": {"field": "price"}}}
# %% [markdown]
the price
"""
)


def test_rename_over_python_sql_and_charts() -> None:
    after = renamed(EVERYWHERE, "unit_price")
    assert after == EVERYWHERE.strip("\n").replace("<|>", "").replace("\n# %%\n", "\n---\n").replace(
        "\n# %% [vega-lite]\n", "\n---\n"
    ).replace("\n# %% [markdown]\n", "\n---\n").replace("price", "unit_price").replace("the unit_price", "the price")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unit price", 'select "unit price" from df'),
        ("order", 'select "order" from df'),
        ("Größe", 'select "Größe" from df'),
    ],
)
def test_quotes_where_a_database_needs_them(name: str, expected: str) -> None:
    text = PANDAS + '# %%\n%%sql\nselect a<|> from df\n# %%\ndf["a"]'
    assert renamed(text, name).split("\n---\n")[1:] == [f"%%sql\n{expected}", f'df["{name}"]']


def test_a_database_folds_case() -> None:
    text = PANDAS + "# %%\n%%sql\nselect A<|> from df where dF.a > 1"
    assert renamed(text, "z").endswith("select z from df where dF.z > 1")


REFUSED = [
    # (cells behind PANDAS, new name, a part of the reason)
    ('df["a<|>"]', "b", "There is a column `b` beside `a` already"),
    ('df["a<|>"]\nother = load()\nother["a"]', "z", "it is not known what `other` is"),
    ('df["a<|>"]\ndef f(row):\n    return row["a"]', "z", "it is not known what `row` is"),
    ('df["a<|>"]\ndef f(d, by):\n    d[by + "_"] = d[by]\nf(df, "a")', "z", "does more with it"),
    ('df["a<|>"]\ndef f(d):\n    return d["a"]\nf(df)\nf(load())', "z", "not known"),
    ('df["a<|>"]\ndf[f"{x}a"]', "z", "put together when the code runs"),
    ('df["a<|>"]\nx = "aa"', "z", None),
    ('df["a<|>"]\ncall(["a"])', "z", "it is not certain what that text is used for"),
    ('df["a<|>"]\n# %%\nprint(df["a"', "z", "the cell has a syntax error"),
    ('df["a<|>"]\n# %%\n%%sql\nselect a from unheard_of', "z", "not all known"),
    ('df["a<|>"]\n# %%\n%%sql\nselect {{ cols }}, a from df where {{ a }}', "z", "template"),
    ('df["a<|>"]\n# %%\n%%sql\nselect * from df natural join df d2', "z", "whatever names the tables share"),
    ('df["a<|>"]\nchange(df)', "z", "Not all columns"),
    ('df = pd.read_csv("unheard of.csv")\ndf["n"] = 1\ndf["n<|>"]', "z", "Not all columns"),
    ('m = df.merge(df, on="k")\nm["a_x"]\ndf["a<|>"]', "z", "made out of the name `a`"),
    ('df.rename(columns=str.upper)["A<|>"]', "z", "made out of the name"),
    ('df.rename(columns=str.upper)["A"]\ndf["a<|>"]', "z", "made out of the name"),
    ('m = df.merge(df, on="k")\nm.a_x\ndf["a<|>"]', "z", "made out of the name `a`"),
    ('m = df.merge(df, on="k")\n# %%\n%%sql\nselect a_x from m\n# %%\ndf["a<|>"]', "z", "made out of the name `a`"),
    ('pd.get_dummies(df)["a_x"]\ndf["a<|>"]', "z", "that name may be made out of it"),
    ('df.a<|>', "max", "cannot be written"),
    ('df["a<|>"]', "", "needs a name"),
    ('df["a<|>"]\n# %%\n%%R -i df\ndf$a', "z", "not followed"),
    ('x = df.drop(columns="a<|>")\n# %% [vega-lite]\n{"data": {"name": "df"}, "mark": "bar", "transform": '
     '[{"aggregate": [{"op": "sum", "field": "a"}]}], "encoding": {"x": {"field": "sum_a"}}}', "z", "`sum_a` is made"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "name", "why"), REFUSED)
def test_rename_is_refused_with_a_reason(cells: str, name: str, why: str | None) -> None:
    answer = renamed(PANDAS + cells, name)
    if why is None:
        assert not answer.startswith("refused")
    else:
        assert answer.startswith("refused: ")
        assert why in answer


def refused(text: str, name: str, folder: Path) -> str:
    case = dsl.load(text, folder)
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, name)
    assert answer is not None
    return answer.refusal


def test_a_column_of_a_file_is_renamed_where_code_names_it(tmp_path: Path) -> None:
    head = "file sales.csv: id,price;1,2.5\nimport pandas as pd\ndf = pd.read_csv('sales.csv')\n"
    assert "comes from `sales.csv`" in refused(head + 'df["price<|>"]', "cost", tmp_path)
    assert "comes from `sales.csv`" in refused(head + 'df["price"] = df["price<|>"] * 2', "cost", tmp_path)
    case = dsl.load(head + 'df = df.rename(columns={"price": "cost<|>"})\ndf.cost', tmp_path)
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, "unit")
    assert answer is not None
    assert fits(case.snapshot, answer.edits)
    assert apply(case.notebook.cells[0].text, answer.edits).endswith('rename(columns={"price": "unit"})\ndf.unit')


def test_one_file_read_twice_has_the_same_columns(tmp_path: Path) -> None:
    text = """
        file sales.csv: id,price;1,2.5
        import pandas as pd
        df = pd.read_csv("sales.csv", usecols=["price"])
        df["price<|>"]
        # %%
        %%sql
        select price from 'sales.csv'
    """
    case = dsl.load(text, tmp_path)
    from polycell.core import features

    found = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    assert [r.uri for r in found if r.uri] == [(tmp_path / "sales.csv").as_uri()]
    assert [(r.cell, r.span.of(case.notebook.cells[int(r.cell[1:])].text)) for r in found if r.cell] == [
        ("c0", "price"),
        ("c0", "price"),
        ("c1", "price"),
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # Columns that a join makes one by their equal names are renamed together, though nobody wrote the name.
        (
            'a = pd.DataFrame({"key<|>": [1]})\nb = pd.DataFrame({"key": [1], "w": [3]})\na.merge(b)["w"].sum()',
            'a = pd.DataFrame({"id": [1]})\nb = pd.DataFrame({"id": [1], "w": [3]})\na.merge(b)["w"].sum()',
        ),
        ('a = pd.DataFrame(dict(key<|>=[1]))\na["key"]', 'a = pd.DataFrame(dict(id=[1]))\na["id"]'),
        ('d = {"key<|>": [1]}\na = pd.DataFrame(d)\na["key"]', 'd = {"id": [1]}\na = pd.DataFrame(d)\na["id"]'),
        ('d = {"key": [1]}\na = pd.DataFrame(d)\nd["key"].append(2)\na["key<|>"]', "refused"),
        ('a = pd.DataFrame({"key": [1]})\na.filter(like="ke")\na["key<|>"]', "refused"),
        ('a = pd.DataFrame({"key": [1]})\n[c for c in a.columns if c.startswith("ke")]\na["key<|>"]', "refused"),
        ('a = pd.DataFrame({"key": ["x"]})\na["key"].str.startswith("ke")\na["key<|>"]', None),
        (
            'a = pd.DataFrame({"key<|>": ["x"]})\nrows = a.to_dict("records")\nrows[0]["key"]\na["key"]',
            'a = pd.DataFrame({"id": ["x"]})\nrows = a.to_dict("records")\nrows[0]["id"]\na["id"]',
        ),
        (
            'a = pd.DataFrame({"key<|>": ["x"]})\nfor _, r in a.iterrows():\n    r["key"], r.key\n'
            "[r.key for r in a.itertuples()]",
            'a = pd.DataFrame({"id": ["x"]})\nfor _, r in a.iterrows():\n    r["id"], r.id\n'
            "[r.id for r in a.itertuples()]",
        ),
        ('a = pd.DataFrame({"key": ["x"]})\ng = lambda r: r["key"]\na.apply(g, axis=1)\na["key<|>"]', "refused"),
        ('a = pd.DataFrame({"key": ["x"]})\nrows = a.to_numpy().tolist()\nf(rows)["key"]\na["key<|>"]', "refused"),
    ],
)
def test_what_is_not_written(cells: str, expected: str | None) -> None:
    answer = renamed("import pandas as pd\n" + cells, "id")
    if expected is None or expected == "refused":
        assert answer.startswith("refused") == (expected == "refused")
    else:
        assert answer == "import pandas as pd\n" + expected
