"""The rules on generated frames and generated chains of operations, against pandas and polars: a closed table never has
a wrong name, nor lacks one."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.languages.python.oracle import compare

NAMES = st.one_of(
    st.sampled_from(
        ["a", "b", "A", "a_x", "a b", "é", "名前", "index", "level_0", "count", "columns", "", " ", "1", "a.b"]
    ),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=4),
)
VALUES = {
    "int": "[1, 2, 1]", "float": "[0.5, 2.0, 0.5]", "text": "['x', 'y', 'x']", "bool": "[True, False, True]",
    "gaps": "[1.0, None, 2.0]", "texts": "['x', None, 'y']",
}  # fmt: skip
PANDAS_VALUES = VALUES | {
    "date": "pd.to_datetime(['2024-01-01', '2024-01-02', '2024-01-01'])",
    "category": "pd.Categorical(['x', 'y', 'x'])",
    "range": "range(3)",
    "array": "np.arange(3)",
}

# `{c}`, `{d}` are columns that are there, `{cs}` a list of some, `{n}`, `{m}` any names.
PANDAS = """
{f}[{cs}]
{f}[{f}[{c}].notna()]
{f}.loc[:, {cs}]
{f}.loc[:, {c}:]
{f}.iloc[:, :2]
{f}.iloc[:, [0]]
{f}.head(2)
{f}.copy()
{f}.T
{f}.drop(columns={cs})
{f}.drop({c}, axis=1)
{f}.drop(columns=[{n}], errors="ignore")
{f}.rename(columns={{{c}: {n}}})
{f}.rename(columns={{{c}: {n}, {d}: {m}}})
{f}.rename(columns=str.upper)
{f}.add_prefix({n})
{f}.add_suffix({n})
{f}.assign(**{{{n}: 1}})
{f}.set_index({c})
{f}.set_index({cs})
{f}.set_index({c}, drop=False)
{f}.set_index({c}, append=True)
{f}.reset_index()
{f}.reset_index(drop=True)
{f}.reset_index(names={n})
{f}.reset_index().reset_index()
{f}.rename_axis({n})
{f}.sort_values({c})
{f}.sort_index()
{f}.drop_duplicates()
{f}.dropna()
{f}.dropna(axis=1)
{f}.fillna(0)
{f}.isna()
{f}.astype(str)
{f}.select_dtypes("number")
{f}.select_dtypes(include=["object", "category"])
{f}.describe()
{f}.describe(include="all")
{f}.nunique().to_frame()
{f}.corr(numeric_only=True)
{f}.agg(["min", "max"])
{f}.sum(numeric_only=True).to_frame({n})
{f}.mode()
{f}.groupby({c}).sum(numeric_only=True)
{f}.groupby({c}, as_index=False).first()
{f}.groupby({c}, as_index=False).size()
{f}.groupby({c})[{d}].count().reset_index()
{f}.groupby({c})[{d}].agg(["min", "max"])
{f}.groupby({c})[{d}].describe()
{f}.groupby({c}).agg({{{d}: "count"}})
{f}.groupby({c}).agg({{{d}: ["count", "min"]}})
{f}.groupby({c}).agg(**{{{n}: ({d}, "count")}})
{f}.groupby({c}).size().reset_index(name={n})
{f}.groupby({c}).size().reset_index()
{f}.groupby({cs}).count()
{f}.groupby({cs}).count().reset_index()
{f}.groupby({c}).transform("count")
{f}.groupby({c}).head(1)
{f}.groupby({c}).cumcount().to_frame()
{f}.groupby({c}).apply(lambda g: g.head(1))
{f}[{c}].value_counts().reset_index()
{f}[{c}].value_counts().to_frame()
{f}.value_counts().reset_index()
{f}.merge({f}, on={c})
{f}.merge({f}, on={c}, suffixes=("", {n}))
{f}.merge({f}, how="cross")
{f}.merge({f}, left_on={c}, right_on={d})
{f}.merge({f}, left_index=True, right_index=True)
{f}.merge({f}, on={c}, how="left", indicator=True)
{f}.join({f}, rsuffix={n})
{f}.join({f}.add_prefix({n}))
pd.concat([{f}, {f}])
pd.concat([{f}, {f}.rename(columns={{{c}: {n}}})])
pd.concat([{f}, {f}], axis=1)
pd.concat([{f}, {f}], keys=["u", "v"])
pd.concat([{f}, {f}], join="inner", ignore_index=True)
{f}.melt()
{f}.melt(id_vars={c})
{f}.melt(id_vars={cs}, var_name={n}, value_name={m})
{f}.pivot_table(index={c}, values={d}, aggfunc="count")
{f}.pivot_table(index={c}, values={d}, aggfunc="first", fill_value=0)
{f}.pivot_table(index={cs}, values={d}, aggfunc="max", dropna=False)
{f}.pivot_table(index={c}, columns={d}, aggfunc="size")
{f}.stack()
{f}.unstack().to_frame()
{f}.explode({c})
pd.get_dummies({f})
pd.get_dummies({f}, columns=[{c}])
pd.crosstab({f}[{c}], {f}[{d}])
{f}.apply(lambda s: s)
{f}.apply(lambda r: r, axis=1)
{f}.map(str)
{f}.nlargest(1, {c})
{f}.query("index >= 0")
{f}.eval("z = 1")
{f}.set_axis([str(i) for i in range(len({f}.columns))], axis=1)
{f}.reindex(columns=[{c}, {n}])
{f}.filter(like={n})
{f}.filter(items=[{c}, {n}])
{f}.where({f}[{c}].notna())
{f}.shift()
{f}.insert(0, {n}, 1)
{f}.pop({c}).to_frame()
{f}.rename(columns={{{c}: {n}}}, inplace=True)
{f}.drop(columns={c}, inplace=True)
{f}.reset_index(inplace=True)
{f}.set_index({c}, inplace=True)
{f}[{n}] = 1
{f}[[{n}, {m}]] = 0
{f}.loc[:, {n}] = 1
{f}.loc[0, {n}] = 1
{f}[{c}] = {f}[{c}].astype(str)
del {f}[{c}]
{f}.columns = [str(i) for i in range(len({f}.columns))]
{f}.columns = {f}.columns.str.strip()
{f}.columns = [c.lower() for c in {f}.columns]
{f}.index.name = {n}
{f}.index = {f}[{c}]
{f}[{c}].to_frame()
{f}[{c}].rename({n}).reset_index()
{f}[{c}].str.split("x", expand=True)
""".strip().splitlines()

POLARS = """
{f}.select({c})
{f}.select({cs})
{f}.select(pl.col({c}).alias({n}))
{f}.select(pl.col({c}), pl.col({d}).alias({n}))
{f}.select(pl.all())
{f}.select(pl.exclude({c}))
{f}.select(pl.col({c}).name.suffix({n}))
{f}.select(pl.len())
{f}.select(pl.lit(1))
{f}.select(pl.lit(1).alias({n}))
{f}.with_columns(pl.lit(1).alias({n}))
{f}.with_columns(pl.col({c}).alias({n}))
{f}.with_columns(**{{{n}: pl.col({c})}})
{f}.with_columns(pl.col({c}).is_null().name.prefix({n}))
{f}.with_row_index()
{f}.with_row_index({n})
{f}.filter(pl.col({c}).is_not_null())
{f}.drop({c})
{f}.drop({cs})
{f}.rename({{{c}: {n}}})
{f}.rename(lambda c: c + "1")
{f}.sort({c})
{f}.unique()
{f}.head(1)
{f}.drop_nulls()
{f}.null_count()
{f}.describe()
{f}.group_by({c}).len()
{f}.group_by({c}).len({n})
{f}.group_by({c}).agg(pl.len())
{f}.group_by({c}).agg(pl.col({d}).count())
{f}.group_by({c}).agg(pl.col({d}).count().alias({n}))
{f}.group_by({c}).agg(pl.all().first())
{f}.group_by({cs}).first()
{f}.group_by({c}).agg(**{{{n}: pl.col({d}).max()}})
{f}.join({f}, on={c})
{f}.join({f}, on={c}, how="full")
{f}.join({f}, on={c}, how="semi")
{f}.join({f}, on={c}, suffix={n})
{f}.join({f}, left_on={c}, right_on={d})
{f}.join({f}, how="cross")
{f}.unpivot()
{f}.unpivot(index={c})
{f}.unpivot(on={cs}, variable_name={n}, value_name={m})
{f}.pivot({c}, index={d}, values={d})
{f}.to_dummies({c})
{f}.transpose()
{f}.lazy().select({c}).collect()
{f}.lazy().group_by({c}).agg(pl.col({d}).count()).collect()
pl.concat([{f}, {f}])
pl.concat([{f}, {f}.rename({{{c}: {n}}})], how="diagonal")
{f}.select(pl.struct({cs}).alias({n})).unnest({n})
{f}.insert_column(0, pl.lit(1).alias({n}))
{f}.drop_in_place({c}).to_frame()
{f}.select(pl.when(pl.col({c}).is_null()).then(pl.col({d})).otherwise(None))
{f}.select(pl.concat_str({cs}))
{f}.cast(pl.String)
{f}.clear()
{f}.to_pandas()
""".strip().splitlines()


@st.composite
def programs(draw: st.DrawFn, library: str) -> str:
    """A frame and up to four operations on it, each checked to run; names are of the frame as it really is."""
    pandas = library == "pandas"
    columns = draw(st.lists(NAMES, min_size=1, max_size=5, unique=not pandas))
    kinds = [draw(st.sampled_from(sorted(PANDAS_VALUES if pandas else VALUES))) for _ in columns]
    values = PANDAS_VALUES if pandas else VALUES
    if len(set(columns)) < len(columns):
        rows = ", ".join(f"list({values[k]})" for k in kinds)
        made = f"pd.DataFrame(list(zip({rows})), columns={columns!r})"
    else:
        pairs = ", ".join(f"{c!r}: {values[k]}" for c, k in zip(columns, kinds, strict=True))
        made = f"{'pd' if pandas else 'pl'}.DataFrame({{{pairs}}})"
    lines = ["import numpy as np", "import pandas as pd", "import polars as pl", f"f0 = {made}"]
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec("\n".join(lines), names)
        frame = "f0"
        for step in range(draw(st.integers(1, 4))):
            real = [c for c in names[frame].columns if isinstance(c, str)]
            real = [c for c in real if real.count(c) == 1]  # the name of several columns gives a frame
            if not real:
                break
            template = draw(st.sampled_from(PANDAS if pandas else POLARS))
            chosen = draw(st.lists(st.sampled_from(real), min_size=1, max_size=3, unique=True))
            any_name = st.one_of(NAMES, st.sampled_from(real)).map(repr)
            text = template.format(
                f=frame, c=repr(chosen[0]), d=repr(chosen[-1]), cs=repr(chosen), n=draw(any_name), m=draw(any_name)
            )
            statement = "=" in text.split("(", 1)[0].replace("==", "") or text.startswith("del ") or "inplace" in text
            line = text if statement or ".insert(" in text else f"f{step + 1} = {text}"
            try:
                exec(line, names)
                kept = names[f"f{step + 1}"] if line.startswith(f"f{step + 1} ") else names[frame]
                if type(kept).__name__ != "DataFrame" or len(kept.columns) > 60 or len(kept) > 500:
                    raise ValueError
            except Exception:
                names = {}
                exec("\n".join(lines), names)
                continue
            lines.append(line)
            if kept is not names[frame]:
                frame = f"f{step + 1}"
                if not type(kept).__module__.startswith(library):
                    break
    return "\n".join(lines)


_quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@_quick
@given(programs("pandas"))
def test_pandas(code: str) -> None:
    compare(code)


@_quick
@given(programs("polars"))
def test_polars(code: str) -> None:
    compare(code)
