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
{f}.merge({f}, on={cs}, how="outer", suffixes=({n}, {m}))
{f}.merge({f}.rename(columns={{{c}: {n}}}), left_on={c}, right_on={n}, how="right")
{f}.merge({f}[[{c}]].drop_duplicates(), left_on={c}, right_index=True, how="left")
{f}.merge({f}.set_index({c}), left_on={c}, right_index=True)
{f}.set_index({c}).join({f}.set_index({c}), lsuffix={n}, rsuffix={m})
{f}.join({f}.set_index({c}), on={c}, rsuffix={n})
{f}.pivot_table(index={c}, values=[{d}], aggfunc=["count", "first"])
{f}.pivot_table(index={c}, values={d}, aggfunc={{{d}: "count"}}).reset_index()
{f}.pivot_table(index={c}, values={d}, aggfunc="count", margins=True)
{f}.melt(id_vars={c}, value_vars=[{d}], var_name={n}, value_name={m}, ignore_index=False)
pd.wide_to_long({f}.add_prefix("v_"), ["v_"], i="v_" + {c}, j={n}, suffix=".*")
pd.crosstab({f}[{c}], {f}[{d}]).reset_index()
pd.crosstab({f}[{c}], {f}[{d}], margins=True, normalize=True)
{f}.set_index({cs}).stack().reset_index()
{f}.set_index({c}).stack().reset_index(name={n})
{f}.set_index([{c}, {d}]).unstack()
{f}.groupby({c})[[{d}]].agg(["min", "max"]).reset_index()
{f}.groupby({c}, as_index=False)[{d}].agg("count")
{f}.groupby({c}, as_index=False).agg({{{d}: "count"}})
{f}.groupby({c}, as_index=False).agg(**{{{n}: ({d}, "count")}})
{f}.groupby({cs}, as_index=False).size()
{f}.groupby({cs}, as_index=False).nunique()
{f}.groupby({c})[{d}].agg(**{{{n}: "count", {m}: "first"}})
{f}.groupby({c})[{d}].transform("count").to_frame({n})
{f}.groupby({c})[{d}].value_counts().reset_index(name={n})
{f}.groupby({c})[{d}].nunique().reset_index(name={n})
{f}.groupby({c})[{d}].shift().to_frame()
{f}.groupby({c}).nth(0)
{f}.groupby({c}).tail(1)
{f}.groupby({c}).sample(1)
{f}.groupby({c}).filter(lambda g: len(g) > 0)
{f}.groupby({c}).ngroup().to_frame({n})
{f}.groupby({f}[{c}]).count()
{f}.groupby({f}[{c}].rename({n}))[[{d}]].count().reset_index()
{f}.groupby([{f}[{c}].isna(), {d}]).size().reset_index(name={n})
{f}.groupby({c}, group_keys=False).apply(lambda g: g.head(1))
{f}.groupby({c}, dropna=False).agg("count")
{f}.apply(lambda r: pd.Series({{{n}: 1, {m}: 2}}), axis=1)
{f}.apply(lambda r: r.astype(str), axis=1)
{f}.apply("count").to_frame({n})
{f}.assign(**{{{n}: lambda d: d[{c}], {m}: lambda d: d[{n}]}})
{f}.assign(**{{{c}: 1}})
{f}.pipe(lambda d: d.drop(columns={c}))
{f}.pipe(lambda d, k: d.rename(columns={{{c}: k}}), {n})
{f}.mask({f}.isna())
{f}.where(lambda d: d.notna(), None)
{f}.select_dtypes(exclude="number")
{f}.select_dtypes(include=[np.number, "bool"])
{f}.select_dtypes(["datetime", "category"])
{f}.filter(regex={c})
{f}.filter(regex="^a|x$")
{f}.filter(like="a", axis=1)
pd.get_dummies({f}, columns={cs}, prefix={n})
pd.get_dummies({f}[{c}], prefix={n}).join({f})
pd.concat([{f}, pd.get_dummies({f}[{c}])], axis=1)
{f}.describe(include="object")
{f}.describe(percentiles=[0.1])
{f}.describe().T
{f}.T.T
{f}.T.reset_index()
{f}.cumsum(numeric_only=True)
{f}.rank(numeric_only=True)
{f}.shift(1, fill_value=None)
{f}.rolling(2).count()
{f}[[{c}]].expanding().count()
{f}.ewm(com=1).mean(numeric_only=True)
{f}.ffill().bfill()
{f}[{c}].value_counts(normalize=True).rename_axis({n}).reset_index(name={m})
{f}[{cs}].value_counts().to_frame({n})
{f}[{c}].describe().to_frame()
{f}[{c}].to_frame({n}).reset_index(drop=True)
{f}[{c}].rename({n}).to_frame().join({f}[[{d}]], lsuffix="_l")
{f}[{c}].reset_index()
{f}[{c}].astype(str).str.split("x", expand=True).add_prefix({n})
{f}[{c}].astype(str).str.extract(r"(?P<first>.)(?P<last>.)?")
{f}[{c}].astype(str).str.extract("(.)")
{f}[{c}].astype(str).str.get_dummies()
{f}[{c}].map(str).rename({n}).to_frame()
{f}[{c}].explode().to_frame()
{f}[{c}].apply(lambda v: pd.Series({{"u": v, "v": v}}))
{f}.reset_index(names=[{n}])
{f}.set_index({c}).reset_index(names={n})
{f}.set_index({cs}).reset_index(level=0)
{f}.set_index({cs}).reset_index(drop=True)
{f}.set_index({cs}).droplevel(0)
{f}.set_index({c}).sort_index().reset_index()
{f}.set_index({c}, verify_integrity=False).rename_axis({n}).reset_index()
{f}.set_index({f}[{c}].rename({n})).reset_index()
{f}.set_axis(list("abcdefgh")[: len({f}.columns)], axis=1)
{f}.rename_axis(columns={n})
{f}.rename_axis({n}, axis=1).reset_index()
{f}.rename({{{c}: {n}}}, axis=1)
{f}.rename(columns=lambda c: c.strip().lower() if isinstance(c, str) else c)
{f}.rename(columns=dict(zip({f}.columns, ["p", "q"])))
{f}.update({f})
{f}.combine_first({f}.rename(columns={{{c}: {n}}}))
{f}.compare({f})
{f}.compare({f}, keep_shape=True, result_names=({n}, {m}))
{f}.reindex({cs}, axis=1)
{f}.reindex_like({f}[[{c}]])
{f}.align({f}[[{c}]], axis=1)[0]
{f}.nsmallest(1, {c})
{f}.sample(frac=1, random_state=0, ignore_index=True)
{f}.query("`" + {c} + "` == `" + {c} + "`")
{f}.eval({n} + " = 1")
{f}.eval("u = 1\\nv = u + 1")
{f}.astype({{{c}: str}})
{f}.astype({{{c}: "category"}}).select_dtypes("category")
{f}.convert_dtypes()
{f}.infer_objects().select_dtypes("number")
{f}.sort_values({cs}, ascending=False, ignore_index=True)
{f}.drop(columns={f}.columns[0])
{f}.drop({f}.columns[[0]], axis=1)
{f}.drop(columns={f}.columns.difference({cs}))
{f}.loc[:, {f}.columns != {c}]
{f}.loc[:, ~{f}.columns.isin({cs})]
{f}.loc[:, {f}.columns.str.contains("a")]
{f}.loc[:, {f}.notna().any()]
{f}[[k for k in {f}.columns if k != {c}]]
{f}[{f}.columns[::-1]]
{f}[{f}.columns[:2]]
{f}[sorted({f}.columns)]
{f}[{f}.columns.tolist()]
{f}[list({f}.columns.drop({c}))]
{f}[{f}.columns.difference([{c}])]
{f}[list(set({f}.columns) - {{{c}}})]
{f}.iloc[:, [0, -1]]
{f}.iloc[:, 1:]
{f}.iloc[:, :-1]
{f}.iloc[0].to_frame()
{f}.xs(0).to_frame()
{f}.columns = ["c%d" % i for i in range(len({f}.columns))]
{f}.columns = {f}.columns.map(lambda c: "z_" + c)
{f}.columns = {f}.columns.str.replace(" ", "_").str.lower()
{f}.columns = [str(c).upper() for c in {f}.columns]
{f}.columns.name = {n}
{f}.isetitem(0, 1)
{f}[{n}], {f}[{m}] = 1, 2
{f}[{n}] = {f}.pop({c})
{f}.loc[{f}[{c}].isna(), {n}] = 0
{f}.at[0, {n}] = 1
{f}.drop([{c}, {d}], axis=1, inplace=True, errors="ignore")
{f}.dropna(subset={cs}, inplace=True)
{f}.sort_values({c}, inplace=True)
{f}.rename(columns=str.lower, inplace=True)
{f}.set_index({cs}, drop=False, inplace=True)
pd.concat({{"p": {f}, "q": {f}}})
pd.concat({{"p": {f}, "q": {f}}}, names=[{n}]).reset_index()
pd.concat({{"p": {f}, "q": {f}}}, axis=1)
pd.concat([{f}[{c}], {f}[{d}].rename({n})], axis=1)
pd.concat([{f}, {f}[{c}].rename({n})], axis=1)
pd.concat([{f}, {f}], keys=["u", "v"], names=[{n}, {m}])
pd.concat([{f}.set_index({c}), {f}.set_index({c})])
pd.DataFrame({f}, columns={cs})
pd.DataFrame({f}.to_dict("records"))
pd.DataFrame({f}.values, columns={f}.columns)
pd.DataFrame({f}[{c}])
pd.DataFrame({{{n}: {f}[{c}], {m}: 1}})
pd.DataFrame([{{{n}: 1}}, {{{m}: 2}}])
pd.DataFrame.from_dict({{"a": [1], "b": [2]}}, orient="index", columns=[{n}])
pd.DataFrame.from_records([(1, 2)], columns=[{n}, {m}])
pd.DataFrame(dict(a=1, b={f}[{c}]))
pd.DataFrame([r for r in {f}.to_dict("records")])
pd.json_normalize({f}.to_dict("records"))
pd.merge({f}, {f}, on={c}, how="left", suffixes=(None, {n}))
pd.cut({f}[{c}].notna().astype(int), 2).rename({n}).to_frame()
pd.melt({f}, id_vars=[{c}], value_name={n})
pd.pivot_table({f}, index=[{c}], aggfunc="count").reset_index()
pd.merge_asof({f}.reset_index(), {f}.reset_index(), on="index")
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
{f}.select(pl.col({cs}).name.map(str.upper))
{f}.select(pl.col({cs}).name.prefix({n}))
{f}.select(pl.all().name.suffix({n}))
{f}.select(cs.numeric())
{f}.select(cs.string() | cs.boolean())
{f}.select(~cs.numeric())
{f}.select(cs.first(), cs.last())
{f}.select(cs.by_name({c}))
{f}.select(cs.starts_with("a"))
{f}.select(cs.exclude({c}))
{f}.select(cs.all() - cs.by_name({c}))
{f}.select(pl.exclude({cs}))
{f}.select(pl.all().exclude({c}))
{f}.select(pl.col({c}), **{{{n}: pl.col({d})}})
{f}.select({n}, {m})
{f}.select(pl.col({c}).first().over({d}).alias({n}))
{f}.select(pl.struct(pl.all()).alias({n}))
{f}.select(pl.col({c}).implode())
{f}.select(pl.col({c}).is_null() & pl.col({d}).is_null())
{f}.select(pl.lit(None).alias({n}), pl.len())
{f}.select(pl.coalesce({c}, {d}))
{f}.select(pl.when(pl.col({c}).is_null()).then(1).otherwise(2).alias({n}))
{f}.select(pl.when(pl.col({c}).is_null()).then(pl.lit(1)))
{f}.select(pl.col({c}).cast(pl.String).str.split("x").alias({n})).explode({n})
{f}.select(pl.concat_list({c}, {c}).alias({n}))
{f}.select(pl.format("{{}}", {c}))
{f}.select(pl.int_range(pl.len()).alias({n}))
{f}.with_columns(cs.numeric().cast(pl.Float64).name.suffix({n}))
{f}.with_columns(pl.col({cs}).is_null())
{f}.with_columns(pl.col({c}).count().over({d}))
{f}.with_columns(pl.lit(1).alias({n}), pl.lit(2).alias({m}))
{f}.with_columns(a=1, b=pl.lit("x"))
{f}.with_columns(pl.when(pl.col({c}).is_null()).then(1).otherwise(0).alias({n}))
{f}.with_columns(pl.struct({cs}).alias({n})).drop({c})
{f}.with_columns(pl.Series({n}, [1] * len({f})))
{f}.with_columns_seq(pl.lit(1).alias({n}))
{f}.with_row_index({n}, offset=1).filter(pl.col({n}) >= 0)
{f}.group_by({cs}).agg(pl.all().count().name.suffix({n}))
{f}.group_by({c}).agg(pl.exclude({d}).first())
{f}.group_by({c}).agg(pl.col({d}).first().name.prefix({n}))
{f}.group_by({c}).agg(cs.numeric().sum())
{f}.group_by(pl.col({c}).is_null()).len()
{f}.group_by(pl.col({c}).is_null().alias({n})).agg(pl.col({d}).count())
{f}.group_by({c}, maintain_order=True).agg([pl.len().alias({n}), pl.col({d}).max()])
{f}.group_by({c}).all()
{f}.group_by({c}).n_unique()
{f}.group_by({c}).head(1)
{f}.group_by({c}).max()
{f}.group_by({c}).map_groups(lambda g: g.head(1))
{f}.join({f}.rename({{{c}: {n}}}), left_on={c}, right_on={n}, how="left")
{f}.join({f}, on={c}, how="left", suffix={n})
{f}.join({f}, on={c}, how="anti")
{f}.join({f}, on={c}, how="full", coalesce=True)
{f}.join({f}, on={c}, how="left", coalesce=False)
{f}.join({f}, on={c}, how="right")
{f}.join({f}, on={cs})
{f}.join({f}.select(pl.col({c}), pl.lit(1).alias({n})), on={c})
{f}.join_where({f}, pl.col({c}) == pl.col({c} + "_right"))
{f}.sort({c}).join_asof({f}.sort({c}), on={c})
{f}.unpivot(on={c}, index={d})
{f}.unpivot(index={cs}, value_name={n})
{f}.with_columns(pl.concat_list({c}).alias({n})).explode({n})
{f}.rename({{{c}: {n}}}, strict=False)
{f}.rename(str.upper)
{f}.drop({n}, strict=False)
{f}.drop(cs.numeric())
{f}.drop_nulls({c})
{f}.unique({c}, keep="first")
{f}.top_k(1, by={c})
{f}.sum()
{f}.max_horizontal().alias({n}).to_frame()
{f}.hstack([pl.Series({n}, [1] * len({f}))])
{f}.vstack({f})
{f}.extend({f})
{f}.replace_column(0, pl.Series({n}, [1] * len({f})))
{f}.to_struct({n}).to_frame().unnest({n})
{f}.to_dummies({c}, separator={n})
{f}.get_column({c}).alias({n}).to_frame()
{f}[{c}].to_frame()
{f}[{c}].value_counts()
{f}[{c}].value_counts(sort=True, name={n})
{f}[{cs}]
{f}[:, 0:2]
{f}[[0]]
{f}[:2, {cs}]
{f}.partition_by({c})[0]
{f}.lazy().with_columns(pl.lit(1).alias({n})).drop({c}).collect()
{f}.lazy().join({f}.lazy(), on={c}, suffix={n}).collect()
{f}.lazy().rename({{{c}: {n}}}).sort({n}).collect()
{f}.lazy().unpivot(index={c}).collect()
{f}.lazy().select(cs.numeric(), {c}).collect()
{f}.sql("select * from self")
{f}.pipe(lambda d: d.drop({c}))
{f}.fill_null(0).with_columns(pl.all().is_null())
{f}.shift(1)
{f}.sample(1)
{f}.describe().drop("statistic")
{f}.schema.to_frame() if hasattr({f}.schema, "to_frame") else {f}
{f}.columns = [str(i) for i in range(len({f}.columns))]
pl.concat([{f}, {f}.rename(lambda c: c + "_2")], how="horizontal")
pl.concat([{f}, {f}.select({c})], how="diagonal")
pl.concat([{f}, {f}.rename({{{c}: {n}}})], how="diagonal_relaxed")
pl.concat([{f}, {f}], how="vertical_relaxed")
pl.concat([{f}, {f}.select(pl.col({c}), pl.lit(1).alias({n}))], how="align")
pl.DataFrame({f}.to_dicts())
pl.DataFrame({{{n}: {f}[{c}], {m}: 1}})
pl.DataFrame([[1, 2], [3, 4]], schema=[{n}, {m}], orient="row")
pl.from_pandas({f}.to_pandas())
pl.select(pl.lit(1).alias({n}))
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
    imports = ["numpy as np", "pandas as pd", "polars as pl", "polars.selectors as cs"]
    lines = [*(f"import {module}" for module in imports), f"f0 = {made}"]
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
