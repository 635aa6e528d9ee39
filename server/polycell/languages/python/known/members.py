"""Well-known methods and attributes of values, as data, for completion where no engine runs."""

from __future__ import annotations

from collections.abc import Mapping

PANDAS = """abs add_prefix add_suffix agg all any apply assign astype clip columns~ combine_first copy corr count cov
cummax cummin cumsum describe diff drop drop_duplicates dropna dtypes~ duplicated empty~ eq eval explode ffill
fillna filter groupby head idxmax idxmin iloc~ index~ info insert interpolate isin isna items iterrows
itertuples join loc~ map max mean median melt memory_usage merge min mode nlargest notna nsmallest nunique
pct_change pipe pivot pivot_table plot pop quantile query rank reindex rename replace resample reset_index
rolling round sample select_dtypes set_index shape~ shift size~ sort_index sort_values stack std style~ sum
tail to_csv to_dict to_json to_numpy to_parquet to_sql transform transpose unstack update value_counts values~
var where"""
SERIES = """abs agg apply astype between bfill cat~ clip copy count cumsum describe diff drop_duplicates
dropna dt~ dtype~
duplicated ffill fillna groupby head idxmax idxmin iloc~ index~ isin isna loc~ map max mean median min mode
name~ nlargest notna nsmallest nunique pct_change plot quantile rank rename replace reset_index rolling round
sample shape~ shift size~ sort_index sort_values std str~ sum tail to_dict to_frame to_list to_numpy unique
value_counts values~ var where"""
GROUPS = """agg apply count cumsum describe filter first get_group head last max mean median min ngroups~
nunique quantile
rank rolling shift size std sum tail transform value_counts var"""
POLARS = """cast columns~ clone corr describe drop drop_nulls dtypes~ estimated_size explode fill_nan fill_null filter
get_column glimpse group_by group_by_dynamic head height~ hstack is_empty item iter_rows join join_asof lazy
limit max mean median melt merge_sorted min n_unique null_count partition_by pipe pivot quantile rename
reverse row rows sample schema~ select shape~ slice sort sql std sum tail to_arrow to_dict to_dicts to_dummies
to_numpy to_pandas transpose unique unnest unpivot upsample var vstack width~ with_columns with_row_index
write_csv write_parquet"""
POLARS_LAZY = """cache cast collect collect_schema describe drop drop_nulls explain explode fetch fill_nan
fill_null filter
first group_by group_by_dynamic head join join_asof last lazy limit max mean median min null_count pipe
profile quantile rename reverse schema~ select shift sink_csv sink_parquet slice sort sql std sum tail unique
unnest unpivot var with_columns with_row_index"""
SPARK = """agg alias cache coalesce collect columns~ corr count createOrReplaceTempView crossJoin cube
describe distinct
drop dropDuplicates dropna dtypes~ explain fillna filter first foreach groupBy head intersect isEmpty join
limit na~ orderBy persist printSchema randomSplit rdd~ repartition replace rollup sample schema~ select
selectExpr show sort stat~ subtract summary tail take toDF toPandas transform union unionAll unionByName
unpersist where withColumn withColumnRenamed withColumns write~"""
DUCKDB = """aggregate alias~ arrow columns~ count create create_view describe df distinct dtypes~ execute
fetchall fetchdf
fetchone filter join limit order pl project query set_alias show sort sum to_csv to_parquet types~ union"""
ARROW = """cast column column_names~ columns~ combine_chunks drop_columns filter group_by join num_columns~ num_rows~
rename_columns schema~ select shape~ slice sort_by take to_batches to_pandas to_pydict to_pylist"""
TEXT = """capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha
isdigit islower
isnumeric isspace istitle isupper join ljust lower lstrip partition removeprefix removesuffix replace rfind
rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill"""
LIST = "append clear copy count extend index insert pop remove reverse sort"
LINES = "fields grep l~ list~ n~ nlstr~ p~ paths~ s~ spstr~"
RESULTS = "DataFrame PolarsDataFrame bar close csv dict dicts fetchall fetchmany field_names~ keys~ pie plot sqlaproxy~"
ROWS = "apply contains head indexOf isEmpty last length mkString nonEmpty size"
# What stands behind `.dt` and `.cat` of a pandas column: made when pandas is imported, so that no text shows it.
DATES = """as_unit ceil date~ day~ day_name day_of_week~ day_of_year~ dayofweek~ dayofyear~ days_in_month~ daysinmonth~
floor freq~ hour~ is_leap_year~ is_month_end~ is_month_start~ is_quarter_end~ is_quarter_start~ is_year_end~
is_year_start~ isocalendar microsecond~ minute~ month~ month_name nanosecond~ normalize quarter~ round second~ strftime
time~ timetz~ to_period to_pydatetime tz~ tz_convert tz_localize unit~ weekday~ year~"""
DURATIONS = """as_unit ceil components~ days~ floor freq~ microseconds~ nanoseconds~ round seconds~ to_pytimedelta
total_seconds unit~"""
CATEGORIES = """add_categories as_ordered as_unordered categories~ codes~ ordered~ remove_categories
remove_unused_categories rename_categories reorder_categories set_categories"""
DICT = "clear copy get items keys pop popitem setdefault update values"


def _table(text: str) -> tuple[tuple[str, bool], ...]:
    """(name, whether it is an attribute and no method) pairs."""
    return tuple((word.rstrip("~"), word.endswith("~")) for word in text.split())


MEMBERS: Mapping[str, tuple[tuple[str, bool], ...]] = {
    "pandas": _table(PANDAS),
    "pandas series": _table(SERIES),
    "pandas groups": _table(GROUPS),
    "polars": _table(POLARS),
    "polars-lazy": _table(POLARS_LAZY),
    "spark": _table(SPARK),
    "duckdb": _table(DUCKDB),
    "arrow": _table(ARROW),
    "result-set": _table(RESULTS),
    "table": _table(ROWS),  # rows that another language holds: a collection of the JVM
    "spark row": _table("asDict count index"),
    "named tuple": _table("_asdict _fields~ _make _replace count index Index~"),
    "result row": _table("_asdict _fields~ _mapping~ _tuple count index"),
    "str": _table(TEXT),
    "list": _table(LIST),
    "IPython.utils.text.SList": _table(f"{LIST} {LINES}"),
    "dict": _table(DICT),
    "dates": _table(DATES),
    "durations": _table(DURATIONS),
    "moments": _table(" ".join(dict.fromkeys(f"{DATES} {DURATIONS}".split()))),
    "categories": _table(CATEGORIES),
}
