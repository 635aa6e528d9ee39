"""Strings of Altair, plotly, seaborn and matplotlib that name columns: what is offered, told and found there."""

from __future__ import annotations

import pytest

from tests import dsl

FRAME = """
# %%
import altair as alt
import pandas as pd
import plotly.express as px
import seaborn as sns
import seaborn.objects as so
import matplotlib.pyplot as plt
df = pd.DataFrame({"region": ["north"], "price": [1.5], "a:b.c": [1]})
other = pd.DataFrame({"region": ["north"], "rate": [2.0]})
base = alt.Chart(df).transform_aggregate(total="sum(price)", groupby=["region"]).transform_calculate(
    half="datum.total / 2"
)
# %%
"""
ALL = ["region", "price", "a:b.c"]
MADE = ["region", "total", "half"]


def columns(cell: str) -> list[str]:
    return [i.label for i in dsl.complete(FRAME + cell).items if i.kind == "column"]


def accepted(cell: str, label: str) -> str:
    item = next(i for i in dsl.complete(FRAME + cell).items if i.label == label)
    text = cell.replace(dsl.CURSOR, "")
    return text[: item.replace.start] + (item.insert or item.label) + text[item.replace.end :]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('alt.Chart(df).mark_bar().encode(x="<|>")', ALL),
        ('alt.Chart(df).mark_bar().encode(x="<|>', ALL),
        ('alt.Chart(df).mark_bar().encode(x="mean(<|>):Q")', ALL),
        ('alt.Chart(df).mark_bar().encode(x="mean(pr<|>', ALL),
        ('alt.Chart(df).mark_bar().encode(alt.X("<|>:Q"))', ALL),
        ('alt.Chart(df).mark_bar().encode(x=alt.X("<|>").scale(zero=False))', ALL),
        ('alt.Chart(df).mark_bar().encode(x=alt.X(field="<|>", type="nominal"))', ALL),
        ('alt.Chart(df).mark_bar().encode(alt.X("price"), tooltip=["region", "<|>"])', ALL),
        ('alt.Chart(df).mark_bar().encode(tooltip=[alt.Tooltip("<|>")])', ALL),
        ('alt.Chart(df).encode(x=alt.X("region", sort=alt.EncodingSortField(field="<|>")))', ALL),
        ('alt.Chart(df).encode(color=alt.condition("datum.<|> > 3", "region:N", alt.value("red")))', ALL[:2]),
        ('alt.Chart(df).encode(color=alt.condition("datum.price > 3", "<|>", alt.value("red")))', ALL),
        ("alt.Chart(df).encode(color=alt.condition(alt.datum.<|>, alt.value(1), alt.value(2)))", ALL[:2]),
        ('base.mark_bar().encode(y="<|>")', MADE),
        ('base.transform_filter("datum.<|> > 3")', MADE),
        ("base.transform_filter(alt.datum.<|> > 3)", MADE),
        ("base.transform_calculate(x=\"datum['<|>'] * 2\")", MADE),
        ('base.transform_window(r="rank(<|>)", groupby=["region"])', MADE),
        ('base.transform_joinaggregate(r="sum(total)", groupby=["<|>"])', MADE),
        ('base.transform_fold(["<|>"])', MADE),
        ('base.transform_fold(["total", "half"], as_=["<|>"])', []),
        ('base.transform_bin("x", field="<|>")', MADE),
        ('base.transform_pivot("<|>", value="total")', MADE),
        ('base.transform_lookup(lookup="<|>", from_=alt.LookupData(other, "region", ["rate"]))', MADE),
        ('base.transform_lookup("region", from_=alt.LookupData(other, "region", ["<|>"]))', ["region", "rate"]),
        ('base.transform_lookup("region", from_=alt.LookupData(data=other, key="<|>"))', ["region", "rate"]),
        ('base.mark_bar().repeat(["<|>"])', MADE),
        ('base.mark_bar().facet("<|>")', MADE),
        ('base.properties(data=other).encode(x="<|>")', ["region", "rate"]),
        # Names that are given, values, other people's strings.
        ('base.transform_timeunit(as_="<|>")', []),
        ('base.properties(title="<|>")', []),
        ('base.encode(x=alt.X("price", title="<|>"))', []),
        ('base.encode(x=alt.value("<|>"))', []),
        ('alt.X("<|>")', []),
        # plotly, seaborn, matplotlib, with the frame before, behind and by position
        ('px.bar(df, x="<|>")', ALL),
        ('px.bar(df, "<|>")', ALL),
        ('px.bar(x="<|>", data_frame=df)', ALL),
        ('px.scatter(df, x="price", y="price", hover_data=["<|>"])', ALL),
        ('px.scatter(df, x="price", hover_data={"<|>": True})', ALL),
        ('px.scatter(df, x="price", labels={"<|>": "Price"})', ALL),
        ('px.treemap(df, path=[px.Constant("all"), "<|>"])', ALL),
        ('px.bar(df, title="<|>")', []),
        ('sns.barplot(data=df, x="region", hue="<|>")', ALL),
        ('sns.relplot(x="<|>", y="price", data=df.query("price > 3"))', ALL),
        ('sns.relplot(df, x="price", col="<|>")', ALL),
        ('sns.pairplot(df, vars=["<|>"])', ALL),
        ('sns.barplot(data=df, x="region", palette="<|>")', []),
        # Their frame is still to be written: it may be any.
        ('sns.relplot(x="<|>', [*ALL, "rate"]),
        ('sns.relplot(x="price", y="<|>")', [*ALL, "rate"]),
        ('px.bar(x="price", hover_data=["<|>"])', [*ALL, "rate"]),
        ('sns.relplot(x="price", palette="<|>")', []),
        ('sns.relplot(unknown(), x="<|>")', []),
        ('plt.scatter("<|>"', []),
        ('so.Plot(df, x="price", color="<|>")', ALL),
        ('plt.scatter("<|>", "price", data=df)', ALL),
        ('fig, ax = plt.subplots()\nax.scatter("price", "<|>", data=df)', ALL),
        ('fig, ax = plt.subplots()\nax.scatter("price", "<|>")', []),
    ],
)
def test_columns_are_offered(cell: str, expected: list[str]) -> None:
    assert columns(cell) == expected


@pytest.mark.parametrize(
    ("cell", "label", "expected"),
    [
        ('alt.Chart(df).encode(x="<|>")', "price", 'alt.Chart(df).encode(x="price")'),
        ('alt.Chart(df).encode(x="<|>:Q")', "price", 'alt.Chart(df).encode(x="price:Q")'),
        ('alt.Chart(df).encode(x="<|>")', "a:b.c", 'alt.Chart(df).encode(x="a\\\\:b\\\\.c")'),
        ('alt.Chart(df).encode(x="me<|>")', "mean(…)", 'alt.Chart(df).encode(x="mean(")'),
        ('alt.Chart(df).encode(x="<|>")', "count()", 'alt.Chart(df).encode(x="count()")'),
        ('alt.Chart(df).encode(x="m<|>(price)")', "median", 'alt.Chart(df).encode(x="median(price)")'),
        ('alt.Chart(df).encode(x="price:<|>")', "Q", 'alt.Chart(df).encode(x="price:Q")'),
        # Altair cannot see the type of what a transform makes.
        ('base.encode(y="<|>")', "half", 'base.encode(y="half:Q")'),
        ('base.encode(y="mean(<|>)")', "half", 'base.encode(y="mean(half)")'),
    ],
)
def test_what_is_written(cell: str, label: str, expected: str) -> None:
    assert accepted(cell, label) == expected


@pytest.mark.parametrize(
    ("shorthand", "letter"),
    [
        ("price", "Q"),
        ("region", "N"),
        ("count()", "Q"),
        ("year(region)", "T"),
        ("mean(price)", "Q"),
    ],
)
def test_the_letter_of_the_columns_type_comes_first(shorthand: str, letter: str) -> None:
    found = sorted(dsl.complete(f'{FRAME}alt.Chart(df).encode(x="{shorthand}:<|>")').items, key=lambda i: i.rank)
    assert found[0].label == letter
    assert len(found) == 5


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ('alt.Chart(df).encode(x="mean(pri<|>ce):Q")', "price: double"),
        ('base.encode(alt.Y("ha<|>lf:Q"))', "half: double"),
        ('base.transform_filter("datum.to<|>tal > 1")', "total: double"),
        ("base.transform_filter(alt.datum.to<|>tal > 1)", "total: double"),
        ('px.bar(df, x="reg<|>ion")', "region: string"),
        ('sns.barplot(data=df, x="reg<|>ion")', "region: string"),
    ],
)
def test_hover(cell: str, said: str) -> None:
    found = dsl.hover(FRAME + cell)
    assert found is not None
    assert said in found.markdown


# -- columns that are not there


def findings(cell: str) -> list[str]:
    return [f"{f.code}: {f.message}" for _, f in dsl.findings(dsl.load(FRAME + cell))]


def test_columns_that_are_not_there() -> None:
    dsl.check_findings(
        FRAME
        + """
alt.Chart(df).mark_bar().encode(x="regoin", y="mean(prize):Q", tooltip=["region", "pric"])
                                   ^^^^^^ unknown-column: `regoin` is not a column of `alt.Chart(df).mark_bar()`
                                                    ^^^^^ unknown-column: Did you mean `price`?
                                                                                   ^^^^ unknown-column
base.mark_line().encode(alt.X("region:N"), alt.Y("totl:Q").scale(zero=False))
                                                  ^^^^ unknown-column: Did you mean `total`?
base.mark_line().encode(x=alt.X(field="regions", type="nominal"))
                                       ^^^^^^^ unknown-column
# %%
px.bar(df, x="region", y="prise", hover_data=["regio"])
                          ^^^^^ unknown-column: `prise` is not a column of `df`
                                               ^^^^^ unknown-column
sns.barplot(data=df, x="region", y="price", hue="colour")
                                                 ^^^^^^ unknown-column
sns.pairplot(df, vars=["price", "prices"])
                                 ^^^^^^ unknown-column
"""
    )


@pytest.mark.parametrize(
    "cell",
    [
        # A transform, or other data, that come after the encoding.
        'alt.Chart(df).encode(x="prices:Q").transform_calculate(prices="datum.price")',
        'alt.Chart(df).encode(x="rate:Q").properties(data=other)',
        'a = alt.Chart(df).encode(x="prices:Q")\na.transform_calculate(prices="datum.price")',
        'a = alt.Chart(df).encode(x="elsewhere:Q")',
        # Not fields.
        'alt.Chart(df).encode(x=alt.value("no"), y="count()", color=alt.datum("no"))',
        'alt.Chart(df).encode(x=alt.X("price", title="no", sort="-y"))',
        'alt.Chart(df).encode(x="a\\\\:b\\\\.c:Q", y="price.inner:Q")',
        'alt.Chart("data.csv").encode(x="no")',
        'alt.Chart(anything).encode(x="no")',
        # Wide form, vectors, values.
        'px.bar(df, x="region", y=["price"], color="variable")',
        'px.line(df, y=["price", "no"])',
        'px.scatter(df, x="price", y="price", labels={"no": "No"}, hover_data={"no": [1]})',
        'sns.scatterplot(data=df, x=[1, 2], y=["a", "b"])',
        'sns.lineplot(x="no", y="no", data=anything)',
        'sns.barplot(data=df.set_index("region"), x="region", y="price")',
        'plt.scatter("price", "price", c="no", data=df)',
    ],
)
def test_silence(cell: str) -> None:
    assert [f for f in findings(cell) if "anything" not in f] == []


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('alt.Chart(df).encode(x="mean(prise):Q")', 'alt.Chart(df).encode(x="mean(price):Q")'),
        ("px.bar(df, x='Price')", "px.bar(df, x='price')"),
    ],
)
def test_fixes(wrong: str, right: str) -> None:
    ((_, finding),) = dsl.findings(dsl.load(FRAME + wrong))
    ((edit,),) = (fix.edits for fix in finding.fixes)
    assert wrong[: edit.span.start] + edit.text + wrong[edit.span.end :] == right
