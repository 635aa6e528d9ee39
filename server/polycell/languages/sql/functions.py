"""Functions of SQL in our own words: those that nearly every database has, and the usual ones of each dialect.

One line a function, `name(arguments): what it gives`. What else there is DuckDB's own catalogue tells
(`duckdb_functions`), or sqlglot's (`more_functions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache


def _lines(text: str) -> dict[str, str]:
    """Name → line."""
    made = {}
    for line in text.strip().splitlines():
        line = line.strip()
        made[line.partition("(")[0].partition(":")[0].split()[0]] = line
    return made


FUNCTIONS: Mapping[str, str] = _lines("""
    count(*) or count(x): number of rows, or of values that are not NULL
    sum(x): sum of the values that are not NULL
    avg(x): mean of the values that are not NULL
    min(x): smallest value
    max(x): largest value
    coalesce(a, b, …): the first value that is not NULL
    nullif(a, b): NULL when both are equal, else a
    cast(x as type): x converted to another type
    round(x, digits): x rounded
    abs(x): absolute value
    ceil(x): smallest integer not below x
    floor(x): largest integer not above x
    sqrt(x): square root
    power(x, y): x to the power of y
    mod(x, y): remainder of x / y
    ln(x): natural logarithm
    exp(x): e to the power of x
    lower(s): s in lower case
    upper(s): s in upper case
    length(s): number of characters
    trim(s): s without blanks at both ends
    ltrim(s): s without blanks at its start
    rtrim(s): s without blanks at its end
    substring(s, start, length): part of s; positions count from 1
    replace(s, what, by): s with every occurrence replaced
    concat(a, b, …): strings joined
    extract(part from date): one field of a date or timestamp
    current_date: today
    current_timestamp: date and time now
    row_number() over (…): number of the row in its window
    rank() over (…): rank with gaps
    dense_rank() over (…): rank without gaps
    lag(x, n) over (…): x of the row n before
    lead(x, n) over (…): x of the row n behind
    first_value(x) over (…): x of the window's first row
    last_value(x) over (…): x of the window's last row
    ntile(n) over (…): which of n equal parts the row is in
    stddev(x): standard deviation of a sample
    variance(x): variance of a sample
    exists(subquery): whether the subquery has a row
    grouping(x): 1 where x is rolled up
""")

_DUCKDB = _lines("""
    date_trunc('month', d): d cut down to a unit
    date_diff('day', a, b): boundaries between two dates
    date_part('year', d): one field of a date
    strftime(d, format): d as text
    strptime(s, format): text as a timestamp
    try_cast(x as type): NULL where the cast fails
    string_agg(s, separator): strings of a group joined
    list(x): values of a group as a list
    unnest(list): one row an element
    median(x): middle value
    quantile_cont(x, q): interpolated quantile
    mode(x): most frequent value
    arg_max(a, b): a where b is largest
    arg_min(a, b): a where b is smallest
    any_value(x): some value of the group
    approx_count_distinct(x): estimated number of different values
    regexp_matches(s, pattern): whether the pattern is found in s
    regexp_extract(s, pattern, group): what the pattern finds
    regexp_replace(s, pattern, by): s with matches replaced
    split_part(s, separator, n): nth part of s
    read_csv('file.csv'): a CSV file as a table
    read_parquet('file.parquet'): a Parquet file as a table
    read_json('file.json'): a JSON file as a table
    generate_series(a, b, step): numbers or dates as a table
    range(a, b, step): like generate_series, without its end
    struct_pack(a := 1): a struct
    now(): date and time now
""")
_SPARK = _lines("""
    date_trunc('MONTH', d): d cut down to a unit
    date_format(d, format): d as text
    to_date(s, format): text as a date
    to_timestamp(s, format): text as a timestamp
    datediff(end, start): days between two dates
    date_add(d, days): d some days later
    year(d): the year
    month(d): the month
    collect_list(x): values of a group as an array
    collect_set(x): different values of a group as an array
    explode(array): one row an element
    split(s, pattern): s as an array
    concat_ws(separator, a, …): strings joined
    regexp_replace(s, pattern, by): s with matches replaced
    regexp_extract(s, pattern, group): what the pattern finds
    from_json(s, schema): JSON text as a struct
    get_json_object(s, path): a value out of JSON text
    percentile_approx(x, q): estimated quantile
    approx_count_distinct(x): estimated number of different values
    size(array): number of elements
    nvl(a, b): b where a is NULL
    if(condition, a, b): a or b
    named_struct('a', 1): a struct
    transform(array, x -> expression): each element changed
    filter(array, x -> condition): the elements that fulfil a condition
    posexplode(array): one row an element, with its position
""")
_SNOWFLAKE = _lines("""
    date_trunc('month', d): d cut down to a unit
    dateadd(day, n, d): d some units later
    datediff(day, a, b): boundaries between two dates
    to_date(s, format): text as a date
    to_varchar(x, format): x as text
    iff(condition, a, b): a or b
    nvl(a, b): b where a is NULL
    zeroifnull(x): 0 where x is NULL
    listagg(s, separator): strings of a group joined
    array_agg(x): values of a group as an array
    object_construct('a', x, …): an OBJECT
    parse_json(s): text as a VARIANT
    flatten(input => x): one row an element
    median(x): middle value
    split_part(s, separator, n): nth part of s
    try_to_number(s): NULL where s is no number
    regexp_substr(s, pattern): what the pattern finds
    ratio_to_report(x) over (…): x as a part of the window's sum
""")
_POSTGRES = _lines("""
    date_trunc('month', d): d cut down to a unit
    date_part('year', d): one field of a date
    to_char(x, format): x as text
    to_date(s, format): text as a date
    to_timestamp(s, format): text as a timestamp
    age(a, b): interval between two timestamps
    now(): date and time now
    make_date(year, month, day): a date
    string_agg(s, separator): strings of a group joined
    array_agg(x): values of a group as an array
    json_agg(x): values of a group as JSON
    jsonb_build_object('a', x, …): a JSON object
    jsonb_array_elements(json): one row an element
    unnest(array): one row an element
    array_length(array, dimension): number of elements
    generate_series(a, b, step): numbers or timestamps as rows
    percentile_cont(q) within group (order by x): interpolated quantile
    regexp_replace(s, pattern, by, flags): s with matches replaced
    regexp_matches(s, pattern, flags): what the pattern finds
    split_part(s, separator, n): nth part of s
    initcap(s): each word with a capital
    greatest(a, b, …): the largest of its arguments
    least(a, b, …): the smallest of its arguments
""")
_REDSHIFT = {
    **{n: _POSTGRES[n] for n in ("date_trunc", "date_part", "to_char", "to_date", "split_part", "greatest", "least")},
    **_lines("""
    dateadd(day, n, d): d some units later
    datediff(day, a, b): boundaries between two dates
    getdate(): date and time now
    listagg(s, separator) within group (order by x): strings of a group joined
    nvl(a, b): b where a is NULL
    json_extract_path_text(json, key, …): a value out of JSON text
    median(x): middle value
    """),
}
_MYSQL = _lines("""
    date_format(d, format): d as text
    str_to_date(s, format): text as a date
    date_add(d, interval n day): d some units later
    date_sub(d, interval n day): d some units before
    datediff(a, b): days from b to a
    timestampdiff(day, a, b): whole units from a to b
    year(d): the year
    month(d): the month
    now(): date and time now
    curdate(): today
    if(condition, a, b): a or b
    ifnull(a, b): b where a is NULL
    group_concat(x separator ','): values of a group joined
    concat_ws(delimiter, a, …): strings joined
    substring_index(s, delimiter, n): s before the nth delimiter
    json_extract(json, path): a value out of JSON
    json_object('a', x, …): a JSON object
    regexp_replace(s, pattern, by): s with matches replaced
    greatest(a, b, …): the largest of its arguments
    least(a, b, …): the smallest of its arguments
""")
_SQLITE = _lines("""
    date(d, modifier, …): a date
    datetime(d, modifier, …): a date and time
    strftime(format, d, modifier, …): a date as text
    julianday(d): days since 4714 BC
    unixepoch(d): seconds since 1970
    ifnull(a, b): b where a is NULL
    iif(condition, a, b): a or b
    group_concat(x, separator): values of a group joined
    substr(s, start, length): part of s; positions count from 1
    instr(s, what): position of the first occurrence, 0 for none
    printf(format, …): arguments as text
    total(x): sum as a float, 0 for no rows
    json_extract(json, path): a value out of JSON
    json_group_array(x): values of a group as a JSON array
    typeof(x): the name of the value's type
""")
_TSQL = _lines("""
    getdate(): date and time now
    dateadd(day, n, d): d some units later
    datediff(day, a, b): boundaries between two dates
    datepart(year, d): one field of a date
    eomonth(d): the last day of the month
    format(x, format): x as text
    convert(type, x, style): x converted to another type
    try_cast(x as type): NULL where the cast fails
    isnull(a, b): b where a is NULL
    iif(condition, a, b): a or b
    len(s): number of characters, blanks at the end left out
    charindex(what, s): position of the first occurrence, 0 for none
    stuff(s, start, length, by): s with a part replaced
    string_agg(s, separator): strings of a group joined
    string_split(s, separator): one row a part
    json_value(json, path): a scalar out of JSON text
    openjson(json): JSON text as rows
    year(d): the year
    month(d): the month
    count_big(*): number of rows as a bigint
    newid(): a new unique identifier
""")
_BIGQUERY = _lines("""
    date_trunc(d, month): d cut down to a unit
    date_add(d, interval n day): d some units later
    date_sub(d, interval n day): d some units before
    date_diff(a, b, day): boundaries from b to a
    timestamp_trunc(t, hour): t cut down to a unit
    timestamp_diff(a, b, second): whole units from b to a
    format_date(format, d): d as text
    parse_date(format, s): text as a date
    safe_cast(x as type): NULL where the cast fails
    safe_divide(a, b): NULL where b is 0
    ifnull(a, b): b where a is NULL
    if(condition, a, b): a or b
    array_agg(x): values of a group as an array
    string_agg(s, separator): strings of a group joined
    countif(condition): number of rows that fulfil a condition
    any_value(x): some value of the group
    approx_count_distinct(x): estimated number of different values
    approx_quantiles(x, n): n + 1 estimated quantiles as an array
    unnest(array): one row an element
    generate_array(a, b, step): numbers as an array
    generate_date_array(a, b, interval 1 day): dates as an array
    regexp_contains(s, pattern): whether the pattern is found in s
    regexp_extract(s, pattern): what the pattern finds
    json_value(json, path): a scalar out of JSON, as text
    struct(x as a, …): a struct
    to_json_string(x): x as JSON text
""")
_TRINO = _lines("""
    date_trunc('month', d): d cut down to a unit
    date_add('day', n, d): d some units later
    date_diff('day', a, b): whole units from a to b
    date_format(t, format): t as text
    date_parse(s, format): text as a timestamp
    from_unixtime(n): seconds since 1970 as a timestamp
    try_cast(x as type): NULL where the cast fails
    try(x): NULL where x fails
    if(condition, a, b): a or b
    array_agg(x): values of a group as an array
    array_join(array, separator): elements joined
    cardinality(array): number of elements
    element_at(x, key): an element, NULL where there is none
    unnest(array): one row an element
    sequence(a, b, step): numbers or dates as an array
    approx_distinct(x): estimated number of different values
    approx_percentile(x, q): estimated quantile
    arbitrary(x): some value of the group
    max_by(a, b): a where b is largest
    min_by(a, b): a where b is smallest
    json_extract_scalar(json, path): a scalar out of JSON, as text
    regexp_like(s, pattern): whether the pattern is found in s
    regexp_extract(s, pattern, group): what the pattern finds
    split(s, separator): s as an array
    listagg(s, separator) within group (order by x): strings of a group joined
""")
_ORACLE = _lines("""
    to_char(x, format): x as text
    to_date(s, format): text as a date
    to_number(s): text as a number
    trunc(d, unit): d cut down to a unit, or a number to digits
    add_months(d, n): d some months later
    months_between(a, b): months from b to a
    last_day(d): the last day of the month
    sysdate: date and time now
    nvl(a, b): b where a is NULL
    nvl2(x, a, b): a where x is not NULL, else b
    decode(x, a, b, …, c): b where x is a, …, else c
    listagg(s, separator) within group (order by x): strings of a group joined
    substr(s, start, length): part of s; positions count from 1
    instr(s, what): position of the first occurrence, 0 for none
    regexp_substr(s, pattern): what the pattern finds
    greatest(a, b, …): the largest of its arguments
    least(a, b, …): the smallest of its arguments
    json_value(json, path): a scalar out of JSON
""")
_CLICKHOUSE = _lines("""
    toStartOfMonth(d): d cut down to its month
    toStartOfDay(t): t cut down to its day
    toDate(x): x as a date
    toDateTime(x): x as a date and time
    dateDiff('day', a, b): boundaries between two dates
    formatDateTime(t, format): t as text
    now(): date and time now
    today(): today
    if(condition, a, b): a or b
    multiIf(condition, a, …, b): the first whose condition holds, else b
    uniq(x): estimated number of different values
    uniqExact(x): number of different values
    countIf(condition): number of rows that fulfil a condition
    sumIf(x, condition): sum over the rows that fulfil a condition
    quantile(q)(x): estimated quantile
    argMax(a, b): a where b is largest
    argMin(a, b): a where b is smallest
    groupArray(x): values of a group as an array
    arrayJoin(array): one row an element
    arrayMap(x -> expression, array): each element changed
    splitByChar(separator, s): s as an array
    toString(x): x as text
    toUInt64(x): x as an unsigned integer
    JSONExtractString(json, key): a text out of JSON
""")
_BY_DIALECT: Mapping[str, Mapping[str, str]] = {
    "duckdb": _DUCKDB, "spark": _SPARK, "databricks": _SPARK, "hive": _SPARK, "snowflake": _SNOWFLAKE,
    "postgres": _POSTGRES, "redshift": _REDSHIFT, "mysql": _MYSQL, "sqlite": _SQLITE, "tsql": _TSQL,
    "bigquery": _BIGQUERY, "trino": _TRINO, "presto": _TRINO, "oracle": _ORACLE, "clickhouse": _CLICKHOUSE,
}  # fmt: skip
# Of the functions that nearly every database has, those that one has not, or calls otherwise.
_LACKING: Mapping[str, frozenset[str]] = {
    "sqlite": frozenset({"extract", "stddev", "variance", "grouping", "substring"}),
    "tsql": frozenset({"length", "extract", "ln", "mod", "stddev", "variance", "current_date", "ceil"}),
    "oracle": frozenset({"substring"}),
}


def line_of(dialect: str, name: str) -> str:
    """The line of a function, whatever the case of its name; "" for one that is not here."""
    known = functions(dialect)
    return known.get(name) or known.get(name.lower()) or _folded(dialect).get(name.lower(), "")


@lru_cache(maxsize=64)
def _folded(dialect: str) -> Mapping[str, str]:
    return {name.lower(): line for name, line in functions(dialect).items()}


@lru_cache(maxsize=64)
def functions(dialect: str) -> Mapping[str, str]:
    """Function names of a dialect with a line of documentation each."""
    lacking = _LACKING.get(dialect, frozenset())
    return {**{n: line for n, line in FUNCTIONS.items() if n not in lacking}, **_BY_DIALECT.get(dialect, {})}
