"""Functions of other libraries through which frames and connections pass."""

from __future__ import annotations

from polycell.core.types import DATE, STRING, TIMESTAMP, UNKNOWN, Collection, Connection, Opaque, Scalar, Table, Type
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.values import collection


@function("copy.copy copy.deepcopy", "x memo")
def copied(call: Call) -> Type:
    argument = call["x"]
    return argument.type if argument is not None else UNKNOWN


@function("sklearn.model_selection.train_test_split", "*arrays test_size train_size random_state shuffle stratify")
def train_test_split(call: Call) -> Type:
    """Each array twice: the train and the test part."""
    return collection("list", tuple(a.type for a in call.rest for _ in range(2)))


@function("datetime.datetime datetime.datetime.now datetime.datetime.today pandas.Timestamp", "*args **")
def moment(call: Call) -> Type:
    """With a time zone the type is another one."""
    return Scalar(TIMESTAMP) if not call.extra and len(call.rest) < 8 else UNKNOWN


@function("datetime.date datetime.date.today", "*args **")
def day(call: Call) -> Type:
    return Scalar(DATE)


@function("sklearn.utils.shuffle", "*arrays random_state n_samples")
def shuffled(call: Call) -> Type:
    return call.rest[0].type if len(call.rest) == 1 else collection("list", tuple(a.type for a in call.rest))


@function("glob.glob", "pathname **")
def globbed(call: Call) -> Type:
    return Collection("list", Scalar(STRING))


@function("seaborn.load_dataset", "name **")
def dataset(call: Call) -> Type:
    return Table(open=True, flavour="pandas")


_SCHEMES = {
    "postgresql": "postgres", "postgres": "postgres", "redshift": "redshift", "mysql": "mysql", "mariadb": "mysql",
    "sqlite": "sqlite", "duckdb": "duckdb", "snowflake": "snowflake", "bigquery": "bigquery", "trino": "trino",
    "mssql": "tsql", "databricks": "databricks", "oracle": "oracle", "clickhouse": "clickhouse",
}  # fmt: skip


def dialect_of(url: str) -> str:
    """sqlglot's dialect for a database URL, `dialect+driver://…`."""
    return _SCHEMES.get(url.split(":", 1)[0].split("+", 1)[0].lower(), "")


@function("sqlalchemy.create_engine sqlalchemy.engine.create_engine", "url **")
def create_engine(call: Call) -> Type:
    url = call.text("url")
    return Connection(dialect_of(url) if url else "", url or "")


@function("sqlite3.connect", "database **")
def sqlite_connect(call: Call) -> Type:
    return Connection("sqlite", call.text("database") or "")


@function("duckdb.connect", "database read_only config")
def duckdb_connect(call: Call) -> Type:
    return Connection("duckdb", call.text("database") or "")


@function("psycopg2.connect psycopg.connect", "*args **")
def postgres_connect(call: Call) -> Type:
    return Connection("postgres")


@function("pyspark.sql.SparkSession", "**")
def spark_session(call: Call) -> Type:
    return Opaque("pyspark.sql.SparkSession")
