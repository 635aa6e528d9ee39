"""Which arguments take names of columns: one table of data, (callee, argument) → role.

A line of a table names a callee (or several, `a|b`), a role, and the arguments that have it: keywords, positions from
0, `*` for every positional argument, `**` for every keyword. Methods stand under the library of the value they are
called on, functions under their qualified names. Whoever knows another callee adds a line; nobody adds a branch. What
draws a frame is in `chart_arguments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias, cast

# names: the text, or each text of a list, is a column.        keys: the keys of a dictionary are.
# pairs: the first of a tuple is (`agg(n=("a", "sum"))`).      specs: the first of each tuple of a list is.
# levels: names of the index's levels.
# shared: columns that both tables have, `left` and `right` columns of one of them that pair with the other's.
# python, sql, formula: the text is an expression over the columns, in pandas' spelling, SQL's or that of R's models.
Role: TypeAlias = Literal[
    "names", "keys", "pairs", "specs", "levels", "shared", "left", "right", "python", "sql", "formula"
]  # fmt: skip
Arguments: TypeAlias = Mapping[str | int, tuple[Role, ...]]

_LEVELS = """
    groupby             levels  level
    reset_index         levels  level 0
    unstack             levels  level 0
    droplevel           levels  level 0
    sort_index          levels  level
    xs                  levels  level
    swaplevel           levels  i j 0 1
    reorder_levels      levels  order 0
    index.get_level_values  levels  level 0
    index.droplevel     levels  level 0
"""
_STYLER = """
    format              keys    formatter 0
    format              names   subset
    background_gradient names   subset
    text_gradient       names   subset
    bar                 names   subset
    hide                names   subset 0
    hide_columns        names   subset 0
    highlight_max       names   subset
    highlight_min       names   subset
    highlight_null      names   subset
    highlight_between   names   subset
    highlight_quantile  names   subset
    map                 names   subset
    applymap            names   subset
    apply               names   subset
    set_properties      names   subset
"""
_HVPLOT = """
    hvplot|hvplot.line|hvplot.scatter|hvplot.bar|hvplot.barh|hvplot.step  names  x y by groupby c color size 0 1
    hvplot.hist|hvplot.kde|hvplot.box|hvplot.violin|hvplot.area|hvplot.points  names  x y by groupby c color 0 1
"""
_PANDAS = f"""
    {_LEVELS}
    {"".join(f"style.{line.strip()}{chr(10)}" for line in _STYLER.strip().splitlines())}
    {_HVPLOT}
    groupby             names   by 0
    sort_values         names   by 0
    set_index           names   keys 0
    drop                names   columns labels 0
    dropna              names   subset
    drop_duplicates     names   subset 0
    duplicated          names   subset 0
    value_counts        names   subset 0
    rename              keys    columns mapper 0
    astype              keys    dtype 0
    fillna              keys    value 0
    isin                keys    values 0
    replace             keys    to_replace 0
    round               keys    decimals 0
    agg                 keys    func 0
    agg                 pairs   **
    aggregate           keys    func 0
    aggregate           pairs   **
    transform           keys    func 0
    apply               keys    func 0
    merge               shared  on
    merge               left    left_on
    merge               right   right_on
    join                left    on 1
    merge_ordered       shared  on
    melt                names   id_vars value_vars 0 1
    pivot               names   index columns values
    pivot_table         names   index columns values 0 1 2
    pivot_table         keys    aggfunc 3
    nlargest            names   columns 1
    nsmallest           names   columns 1
    explode             names   column 0
    pop                 names   item 0
    get                 names   key 0
    filter              names   items 0
    reindex             names   columns
    query               python  expr 0
    eval                python  expr 0
    rolling             names   on
    resample            names   on
    resample            levels  level
    to_csv              names   columns
    to_excel            names   columns
    to_parquet          names   partition_cols
    hist                names   column by 0
    boxplot             names   column by 0
    plot                names   x y secondary_y 0 1
    plot.line           names   x y 0 1
    plot.bar            names   x y 0 1
    plot.barh           names   x y 0 1
    plot.area           names   x y 0 1
    plot.pie            names   y
    plot.hist           names   y by column
    plot.box            names   y by column
    plot.kde            names   y
    plot.density        names   y
    plot.scatter        names   x y s c 0 1
    plot.hexbin         names   x y C 0 1
    columns.drop        names   labels 0
    columns.get_loc     names   key 0
    columns.isin        names   values 0
    columns.difference  names   other 0
"""
# Groups of a frame, whichever library it is of; their own methods take what the frame's do.
_GROUPS = """
    agg                 keys    func 0
    agg                 pairs   **
    aggregate           keys    func 0
    aggregate           pairs   **
    sum                 names   *
    mean                names   *
    avg                 names   *
    min                 names   *
    max                 names   *
    pivot               names   pivot_col 0
    rolling             names   on
    resample            names   on
    hist                names   column
    boxplot             names   column
    value_counts        names   subset 0
"""
_POLARS = f"""
    {_HVPLOT}
    select              names   * **
    with_columns        names   * **
    group_by            names   by * **
    group_by_dynamic    names   index_column group_by 0
    rolling             names   index_column group_by 0
    sort                names   by *
    top_k               names   by
    bottom_k            names   by
    drop                names   *
    drop_nulls          names   subset 0
    drop_nans           names   subset 0
    unique              names   subset 0
    get_column          names   name 0
    get_column_index    names   name 0
    item                names   column 1
    cast                keys    dtypes 0
    rename              keys    mapping 0
    explode             names   columns *
    unnest              names   columns *
    unpivot             names   on index 0
    pivot               names   on index values 0
    partition_by        names   by *
    upsample            names   time_column group_by 0
    join                shared  on 1
    join                left    left_on
    join                right   right_on
    join_asof           shared  on
    join_asof           left    left_on
    join_asof           right   right_on
    join_asof           shared  by
    join_asof           left    by_left
    join_asof           right   by_right
    to_dummies          names   columns 0
    set_sorted          names   column 0
"""
_SPARK = """
    select              names   *
    selectExpr          sql     *
    filter              sql     condition 0
    where               sql     condition 0
    withColumn          names   colName 0
    withColumnRenamed   names   existing 0
    withColumns         keys    colsMap 0
    withColumnsRenamed  keys    colsMap 0
    groupBy             names   *
    groupby             names   *
    rollup              names   *
    cube                names   *
    agg                 keys    exprs 0
    orderBy             names   *
    sort                names   *
    sortWithinPartitions names  *
    drop                names   *
    dropDuplicates      names   subset 0
    drop_duplicates     names   subset 0
    dropna              names   subset 2
    fillna              names   subset 1
    fillna              keys    value 0
    na.drop             names   subset 2
    na.fill             names   subset 1
    na.fill             keys    value 0
    na.replace          names   subset 2
    replace             names   subset 2
    join                shared  on 1
    repartition         names   *
    repartitionByRange  names   *
    sampleBy            names   col 0
    observe             names   1
    withWatermark       names   eventTime 0
    describe            names   *
    corr                names   col1 col2 0 1
    cov                 names   col1 col2 0 1
    stat.corr           names   col1 col2 0 1
    stat.crosstab       names   col1 col2 0 1
    crosstab            names   col1 col2 0 1
    approxQuantile      names   col 0
    unpivot             names   ids values 0 1
    colRegex            names   colName 0
    write.partitionBy   names   *
"""
_GRID = """
    map                 names   *
    map_dataframe       names   * x y hue size style weights
"""
_PLOT = """
    add                 names   x y color alpha fill marker pointsize linestyle linewidth text group ymin ymax
    facet               names   col row 0 1
    pair                names   x y 0 1
"""
_PRINTED = """
    fmt_number|fmt_integer|fmt_currency|fmt_percent|fmt_scientific|fmt_bytes    names   columns 0
    fmt_date|fmt_time|fmt_datetime|fmt_markdown|fmt_units|fmt_image|fmt_flag    names   columns 0
    fmt_icon|fmt_nanoplot|data_color|sub_missing|sub_zero|cols_label_rotate     names   columns 0
    cols_hide|cols_unhide|cols_move|cols_move_to_start|cols_move_to_end|cols_reorder    names   columns 0
    cols_align|tab_spanner  names   columns 1
    tab_stub                names   rowname_col groupname_col 0 1
    cols_width              keys    cases 0
"""
_SPARK_WRITER = """
    partitionBy         names   *
    bucketBy            names   1 2 3 4
    sortBy              names   *
"""
_DUCKDB = """
    filter              sql     filter_expr 0
    project             sql     *
    select              sql     *
    order               sql     order_expr 0
    sort                sql     *
    aggregate           sql     aggr_expr group_expr 0 1
    join                sql     condition 1
    unique              sql     unique_aggr 0
    sum                 sql     column expression 0
    mean                sql     column expression 0
    avg                 sql     column expression 0
    min                 sql     column expression 0
    max                 sql     column expression 0
    count               sql     column expression 0
    median              sql     column expression 0
    value_counts        sql     column expression 0
"""
_ARROW = """
    column              names   i 0
    select              names   columns 0
    drop                names   columns 0
    drop_columns        names   columns 0
    group_by            names   keys 0
    sort_by             names   sorting 0
    sort_by             specs   sorting 0
    rename_columns      keys    names 0
    join                shared  keys 1
    join                right   right_keys 2
    field               names   i 0
    schema.field        names   i 0
"""
_ARROW_DATASET = """
    to_table            names   columns 0
    scanner             names   columns 0
    to_batches          names   columns 0
    sort_by             names   sorting 0
"""
_ARROW_GROUPS = """
    aggregate           specs   aggregations 0
"""


def lines(text: str) -> Iterator[tuple[str, str, list[str]]]:
    """(callee, the word behind it, the other words) of each line of a table."""
    for line in text.splitlines():
        callees, *rest = line.split() or [""]
        if len(rest) > 1:
            yield from ((callee, rest[0], rest[1:]) for callee in callees.split("|"))


def table(text: str) -> Mapping[str, Arguments]:
    """Callee → argument → roles."""
    made: dict[str, dict[str | int, tuple[Role, ...]]] = {}
    for callee, role, arguments in lines(text):
        for argument in arguments:
            key = int(argument) if argument.isdigit() else argument
            found = made.setdefault(callee, {})
            found[key] = (*found.get(key, ()), cast(Role, role))
    return made


_FRAMES = table(_PANDAS)
METHODS: Mapping[str, Mapping[str, Arguments]] = {
    "pandas": _FRAMES,
    "pandas series": table(_LEVELS),
    "pandas groups": {**_FRAMES, **table(_GROUPS)},
    "polars": table(_POLARS),
    "polars-lazy": table(_POLARS),
    "polars groups": table(_GROUPS),
    "polars-lazy groups": table(_GROUPS),
    "spark": table(_SPARK),
    "spark groups": table(_GROUPS),
    "pyspark.sql.DataFrameWriter": table(_SPARK_WRITER),
    "pandas.io.formats.style.Styler": table(_STYLER),
    "seaborn.axisgrid.FacetGrid": table(_GRID),
    "seaborn._core.plot.Plot": table(_PLOT),
    "great_tables.gt.GT": table(_PRINTED),
    "duckdb": table(_DUCKDB),
    "arrow": table(_ARROW),
    "arrow groups": table(_ARROW_GROUPS),
    "schema": table(_ARROW_DATASET),
}

# Where pandas takes the name of an index's level for that of a column.
LEVELS = frozenset({"groupby", "sort_values", "query", "eval", "pivot_table", "pandas.pivot_table"})

# Functions that are given the table: behind the callee, the parameter that holds it (its position is 0, or behind `@`).
_OF = "statsmodels.formula.api"
_FUNCTIONS = f"""
    {_OF}.ols|{_OF}.wls|{_OF}.gls|{_OF}.glsar|{_OF}.glm|{_OF}.rlm       data@1  formula formula 0
    {_OF}.logit|{_OF}.probit|{_OF}.mnlogit|{_OF}.poisson|{_OF}.gee      data@1  formula formula 0
    {_OF}.negativebinomial|{_OF}.quantreg|{_OF}.mixedlm|{_OF}.phreg     data@1  formula formula 0
    patsy.dmatrices         data@1  formula formula_like 0
    patsy.dmatrix           data@1  formula formula_like 0
    great_tables.GT         data    names   rowname_col groupname_col 1 2
    pandas.merge            left    shared  on
    pandas.merge            left    left    left_on
    pandas.merge            left    right   right_on
    pandas.merge_asof       left    shared  on by
    pandas.merge_asof       left    left    left_on left_by
    pandas.merge_asof       left    right   right_on right_by
    pandas.merge_ordered    left    shared  on
    pandas.melt             frame   names   id_vars value_vars 1 2
    pandas.pivot            data    names   index columns values
    pandas.pivot_table      data    names   index columns values 1 2 3
    pandas.pivot_table      data    keys    aggfunc 4
    pandas.get_dummies      data    names   columns
    pandas.wide_to_long     df      names   i
    pandas.plotting.scatter_matrix  frame  names  c
    pandas.plotting.parallel_coordinates  frame  names  class_column 1
"""


def functions(text: str) -> dict[str, tuple[str, int, Arguments]]:
    """Qualified name → (the parameter that holds the table, its position, argument → roles)."""
    owners: dict[str, tuple[str, int]] = {}
    rows = []
    for callee, owner, rest in lines(text):
        name, _, position = owner.partition("@")
        owners[callee] = name, int(position or 0)
        rows.append(f"{callee} {' '.join(rest)}")
    return {name: (*owners[name], arguments) for name, arguments in table("\n".join(rows)).items()}


FUNCTIONS: Mapping[str, tuple[str, int, Arguments]] = functions(_FUNCTIONS)

# Functions that name columns of a table which they get to see later: the brackets from the call to the tuple that names
# them, and at which place of it.
LATER: Mapping[str, tuple[str, int]] = {
    "sklearn.compose.ColumnTransformer": ("[(", 2),
    "sklearn.compose.make_column_transformer": ("(", 1),
}

# Functions of expressions, whose table is the one whose method they stand in: `df.select(pl.col("…"))`.
_EXPRESSIONS = """
    polars.col              names   *
    polars.exclude          names   *
    polars.sum              names   *
    polars.mean             names   *
    polars.max              names   *
    polars.min              names   *
    polars.first            names   *
    polars.last             names   *
    polars.count            names   *
    polars.n_unique         names   *
    polars.median           names   *
    polars.std              names   column 0
    polars.var              names   column 0
    polars.quantile         names   column 0
    polars.head             names   column 0
    polars.tail             names   column 0
    polars.implode          names   *
    polars.corr             names   a b 0 1
    polars.cov              names   a b 0 1
    polars.struct           names   *
    polars.concat_str       names   exprs *
    polars.concat_list      names   exprs *
    polars.sum_horizontal   names   *
    polars.mean_horizontal  names   *
    polars.max_horizontal   names   *
    polars.min_horizontal   names   *
    polars.all_horizontal   names   *
    polars.any_horizontal   names   *
    polars.coalesce         names   exprs *
    polars.arg_sort_by      names   exprs *
    polars.sql_expr         sql     sql 0
    polars.selectors.by_name  names *
    polars.selectors.exclude  names *
    pandas.NamedAgg         names   column 0
    pandas.Grouper          names   key 0
    pandas.col              names   col_name 0
    pyspark.sql.functions.expr           sql    str 0
    pyspark.sql.functions.countDistinct  names  *
    pyspark.sql.functions.count_distinct names  *
    pyspark.sql.functions.coalesce       names  *
    pyspark.sql.functions.concat         names  *
    pyspark.sql.functions.concat_ws      names  1 2 3 4 5
    pyspark.sql.functions.array          names  *
    pyspark.sql.functions.struct         names  *
    pyspark.sql.functions.greatest       names  *
    pyspark.sql.functions.least          names  *
    pyspark.sql.functions.corr           names  col1 col2 0 1
    pyspark.sql.functions.datediff       names  end start 0 1
    pyspark.sql.functions.date_format    names  date 0
    pyspark.sql.functions.format_string  names  1 2 3 4 5
    pyspark.sql.functions.months_between names  date1 date2 0 1
    pyspark.sql.Window.partitionBy       names  *
    pyspark.sql.Window.orderBy           names  *
    duckdb.ColumnExpression              names  *
    duckdb.SQLExpression                 sql    expression 0
    pyarrow.compute.field                names  *
"""
EXPRESSIONS: Mapping[str, Arguments] = table(_EXPRESSIONS)
# Methods of expressions that name further columns of the same table.
EXPRESSION_METHODS: Mapping[str, Arguments] = table("""
    over                    names   partition_by order_by *
    exclude                 names   *
    sort_by                 names   by *
    top_k_by                names   by
    partitionBy             names   *
    orderBy                 names   *
""")
# Modules of which every other function takes a column first, but these.
_FIRST: Arguments = {0: ("names",), "col": ("names",)}
EXPRESSION_MODULES: Mapping[str, frozenset[str]] = {
    "pyspark.sql.functions": frozenset({"lit", "udf", "pandas_udf", "when", "broadcast", "rand", "randn",
                                        "current_date", "current_timestamp", "typedLit", "schema_of_json", "expr"}),
}  # fmt: skip


def expression(qualified: str) -> Arguments | None:
    """The arguments of a function of expressions; None for one that is none."""
    found = EXPRESSIONS.get(qualified)
    if found is None:
        module, _, name = qualified.rpartition(".")
        excepted = EXPRESSION_MODULES.get(module)
        return None if excepted is None or name in excepted else _FIRST
    return found


# Readers of files, whose columns are those that the file would have if all were read; `keys` as above.
_READERS = """
    pandas.read_csv         names   usecols index_col parse_dates
    pandas.read_csv         keys    dtype converters na_values
    pandas.read_table       names   usecols index_col parse_dates
    pandas.read_table       keys    dtype converters na_values
    pandas.read_excel       names   usecols index_col parse_dates
    pandas.read_excel       keys    dtype converters na_values
    pandas.read_parquet     names   columns
    pandas.read_feather     names   columns
    pandas.read_orc         names   columns
    pandas.read_json        names   convert_dates
    pandas.read_json        keys    dtype
    polars.read_csv         names   columns
    polars.read_csv         keys    schema_overrides dtypes
    polars.scan_csv         keys    schema_overrides dtypes
    polars.read_parquet     names   columns
    polars.read_ipc         names   columns
    polars.read_excel       names   columns
    pyarrow.parquet.read_table  names  columns
    pyarrow.feather.read_table  names  columns
"""
READERS: Mapping[str, Mapping[str | int, tuple[Role, ...]]] = table(_READERS)

# Methods that call a function: what the function is given first. "row" has the columns as keys, as the frame has.
GIVEN: Mapping[tuple[str, str], Literal["frame", "row", "rows", "pandas", "value"]] = {
    ("pandas", "assign"): "frame",
    ("pandas", "pipe"): "frame",
    ("pandas", "loc"): "frame",
    ("pandas", "apply"): "row",
    ("pandas series", "apply"): "value",
    ("pandas series", "map"): "value",
    ("pandas groups", "apply"): "frame",
    ("pandas groups", "filter"): "frame",
    ("pandas groups", "pipe"): "frame",
    ("polars", "pipe"): "frame",
    ("polars-lazy", "pipe"): "frame",
    ("polars groups", "map_groups"): "frame",
    ("spark", "transform"): "frame",
    ("spark", "foreach"): "row",
    ("spark", "foreachPartition"): "rows",
    ("spark groups", "applyInPandas"): "pandas",
    **{("spark rdd", name): "row" for name in ("map", "flatMap", "filter", "foreach", "keyBy", "sortBy", "groupBy")},
    ("spark rdd", "mapPartitions"): "rows",
    ("spark rdd", "foreachPartition"): "rows",
}


def role(arguments: Arguments, where: str | int) -> tuple[Role, ...]:
    """The roles of an argument, given by keyword or by position; () when it takes no columns."""
    found = arguments.get(where)
    if found is None:
        found = arguments.get("**" if isinstance(where, str) else "*")
    return found or ()
