"""What `from … import *` brings of Spark, which most notebooks of Spark begin with: names by their module.

The names are those of `__all__` in Spark 3 and 4. They count where a notebook binds no other thing of that name, so
one that an older Spark lacks does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = {
    "pyspark.sql.types": """
        ArrayType BinaryType BooleanType ByteType CharType DataType DateType DayTimeIntervalType DecimalType DoubleType
        FloatType IntegerType LongType MapType NullType Row ShortType StringType StructField StructType TimestampNTZType
        TimestampType VarcharType VariantType YearMonthIntervalType
    """,
    "pyspark.sql.window": "Window WindowSpec",
    "pyspark.sql.functions": """
        broadcast call_function call_udf col column lit expr coalesce ifnull nanvl nullif nvl nvl2 when equal_null ilike
        isnan isnotnull isnull like regexp regexp_like rlike asc asc_nulls_first asc_nulls_last desc desc_nulls_first
        desc_nulls_last abs acos acosh asin asinh atan atan2 atanh bin bround cbrt ceil ceiling conv cos cosh cot csc
        degrees exp expm1 factorial floor greatest hex hypot least ln log log10 log1p log2 negate negative pmod positive
        pow power radians rand randn rint round sec sign signum sin sinh sqrt tan tanh try_add try_divide try_multiply
        try_subtract unhex width_bucket ascii base64 bit_length btrim char char_length character_length concat_ws
        contains decode elt encode endswith find_in_set format_number format_string initcap instr lcase left length
        levenshtein locate lower lpad ltrim mask octet_length overlay position printf regexp_count regexp_extract
        regexp_extract_all regexp_instr regexp_replace regexp_substr repeat replace right rpad rtrim sentences soundex
        split split_part startswith substr substring substring_index to_binary to_char to_number to_varchar translate
        trim ucase unbase64 upper bit_count bit_get bitwise_not bitwiseNOT getbit shiftleft shiftLeft shiftright
        shiftRight shiftrightunsigned shiftRightUnsigned add_months convert_timezone curdate current_date
        current_timestamp current_timezone date_add date_diff date_format date_from_unix_date date_part date_sub
        date_trunc dateadd datediff datepart day dayname dayofmonth dayofweek dayofyear extract from_unixtime
        from_utc_timestamp hour last_day localtimestamp make_date make_dt_interval make_interval make_timestamp
        make_timestamp_ltz make_timestamp_ntz make_ym_interval minute month monthname months_between next_day now
        quarter second session_window timestamp_micros timestamp_millis timestamp_seconds to_date to_timestamp
        to_timestamp_ltz to_timestamp_ntz to_unix_timestamp to_utc_timestamp trunc try_to_timestamp unix_date
        unix_micros unix_millis unix_seconds unix_timestamp weekday weekofyear window window_time year crc32 hash md5
        sha sha1 sha2 xxhash64 aggregate array_sort cardinality concat element_at exists filter forall map_filter
        map_zip_with reduce reverse size transform transform_keys transform_values try_element_at zip_with array
        array_append array_compact array_contains array_distinct array_except array_insert array_intersect array_join
        array_max array_min array_position array_prepend array_remove array_repeat array_size array_union
        arrays_overlap arrays_zip flatten get sequence shuffle slice sort_array named_struct struct create_map
        map_concat map_contains_key map_entries map_from_arrays map_from_entries map_keys map_values str_to_map
        any_value approx_count_distinct approxCountDistinct approx_percentile array_agg avg bit_and bit_or bit_xor
        bool_and bool_or collect_list collect_set corr count count_distinct countDistinct count_if covar_pop covar_samp
        every first first_value grouping grouping_id histogram_numeric kurtosis last last_value listagg max max_by mean
        median min min_by mode percentile percentile_approx product regr_avgx regr_avgy regr_count regr_intercept
        regr_r2 regr_slope regr_sxx regr_sxy regr_syy skewness some std stddev stddev_pop stddev_samp string_agg sum
        sum_distinct sumDistinct try_avg try_sum var_pop var_samp variance cume_dist dense_rank lag lead nth_value ntile
        percent_rank rank row_number explode explode_outer inline inline_outer posexplode posexplode_outer stack years
        months days hours bucket from_csv schema_of_csv to_csv from_json get_json_object json_array_length
        json_object_keys json_tuple schema_of_json to_json parse_json try_parse_json variant_get try_variant_get
        from_xml schema_of_xml to_xml xpath parse_url url_decode url_encode aes_decrypt aes_encrypt assert_true
        current_catalog current_database current_schema current_user input_file_name monotonically_increasing_id
        raise_error spark_partition_id typeof user version pandas_udf udf udtf PandasUDFType
    """,
}
STARS: Mapping[str, frozenset[str]] = {module: frozenset(names.split()) for module, names in _NAMES.items()}
MODULES: Mapping[str, str] = {name: module for module, names in STARS.items() for name in names}


def said(module: str) -> str:
    """What a notebook says once it has taken all names of a module (`Evaluator.remark`)."""
    return f"(from {module} import *)"
