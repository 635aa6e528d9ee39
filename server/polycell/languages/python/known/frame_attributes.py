"""What `df.x` may be besides a column: all that a frame's class has, in any version that notebooks were written for.

Sources: `dir(DataFrame)` of pandas 0.25 to 3.1 and of PySpark 2.4 to 4.3, classic and Connect, with what well-known
packages add to them.
"""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.patterns import pattern

_PANDAS = """T abs add add_prefix add_suffix agg aggregate align all any append apply applymap array as_matrix asfreq
asof assign astype at at_time attrs axes backfill between_time bfill blocks bool boxplot clip clip_lower clip_upper
columns combine combine_first compare compound convert_dtypes convert_objects copy corr corrwith count cov cummax
cummin cumprod cumsum describe diff div divide dot drop drop_duplicates droplevel dropna dtypes duplicated empty eq
equals eval ewm expanding explode ffill fillna filter first first_valid_index flags floordiv from_arrow from_csv
from_dict from_items from_records ftypes ge geo get get_dtype_counts get_ftype_counts get_value get_values groupby gt
head hist hvplot iat icol idxmax idxmin iget_value iloc index infer_objects info insert interactive interpolate irow
is_copy isetitem isin isna isnull items iteritems iterkv iterrows itertuples ix janitor join keys kurt kurtosis last
last_valid_index le loc lookup lt mad map mask max mean median melt memory_usage merge min mod mode mul multiply ndim
ne nlargest notna notnull nsmallest nunique pad parallel_apply pct_change pint pipe pivot pivot_table plot pop pow
prod product profile_report progress_apply quantile query radd rank rdiv reindex reindex_axis reindex_like rename
rename_axis reorder_levels replace resample reset_index rfloordiv rmod rmul rolling round rpow rsub rtruediv sample
select select_dtypes sem set_axis set_flags set_index set_value shape shift size skew slice_shift sort sort_index
sort_values sortlevel sparse squeeze stack std style sub subtract sum swapaxes swaplevel swifter ta tail take
to_clipboard to_csv to_dense to_dict to_excel to_feather to_gbq to_hdf to_html to_iceberg to_json to_latex to_markdown
to_msgpack to_numpy to_orc to_panel to_parquet to_period to_pickle to_records to_sparse to_sql to_stata to_string
to_timestamp to_wide to_xarray to_xml transform transpose truediv truncate tshift tz_convert tz_localize unstack
update value_counts values var vbt viz where xs"""
_SPARK = """agg alias approxQuantile asTable cache checkpoint coalesce colRegex collect columns corr count cov
createGlobalTempView createOrReplaceGlobalTempView createOrReplaceTempView createTempView crossJoin crosstab cube
describe display distinct drop dropDuplicates dropDuplicatesWithinWatermark drop_duplicates dropna dtypes exceptAll
executionInfo exists explain explode fillna filter first flatMap foreach foreachPartition freqItems groupBy groupby
groupingSets head hint hvplot inputFiles insertInto intersect intersectAll isEmpty isLocal isStreaming is_cached join
koalas lateralJoin limit localCheckpoint map mapInArrow mapInPandas mapPartitions melt mergeInto metadataColumn na
nearestByJoin observe offset orderBy pandas_api persist plot printSchema randomSplit rdd registerAsTable
registerTempTable repartition repartitionById repartitionByRange replace rollup sameSemantics sample sampleBy save
saveAsParquetFile saveAsTable scalar schema select selectExpr semanticHash show sort sortWithinPartitions sparkSession
sql_ctx stat storageLevel subtract summary synapsesql tail take to toArrow toDF toJSON toLocalIterator toPandas
to_koalas to_pandas_on_spark transform transpose union unionAll unionByName unpersist unpivot where withColumn
withColumnRenamed withColumns withColumnsRenamed withMetadata withWatermark write writeStream writeTo zip
zipWithIndex"""
FRAMES: Mapping[str, frozenset[str]] = {"pandas": frozenset(_PANDAS.split()), "spark": frozenset(_SPARK.split())}

# What is asked of a column once it is there; of anything else that packages hang on frames, other things are.
_PANDAS_COLUMN = """argmax argmin argsort autocorr between case_when cat divmod dt dtype factorize hasnans is_unique
item is_monotonic_decreasing is_monotonic_increasing list name nbytes repeat searchsorted str struct to_frame to_list
tolist unique"""
_SPARK_COLUMN = """alias asc asc_nulls_first asc_nulls_last astype between bitwiseAND bitwiseOR bitwiseXOR cast
contains desc desc_nulls_first desc_nulls_last dropFields endswith eqNullSafe getField getItem ilike isNaN isNotNull
isNull isin like name otherwise over rlike startswith substr transform try_cast when withField"""
_COLUMNS: Mapping[str, frozenset[str]] = {
    "pandas": FRAMES["pandas"] | frozenset(_PANDAS_COLUMN.split()),
    "spark": frozenset(_SPARK_COLUMN.split()),
}
_FOLLOWING = pattern(r"\s*(?:\.\s*(\w+)|(\())?")


def read_as_column(flavour: str, behind: str) -> bool:
    """Whether an attribute is used as a column is, by the text behind it: it is not called, and nothing is asked of it
    that columns do not have."""
    found = _FOLLOWING.match(behind)
    if found is None or found[2]:
        return False
    return found[1] is None or found[1] in _COLUMNS[flavour]
