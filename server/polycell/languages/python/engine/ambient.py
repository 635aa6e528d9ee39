"""Names that a host puts into every notebook, with what they are where their package is installed: data."""

from __future__ import annotations

import builtins
from collections.abc import Mapping

from polycell.core.hosts import PLATFORM_NAMES, Host
from polycell.languages.python.engine.typed import ANY, by_name, header, variable

_BUILTINS = frozenset(dir(builtins))
_IMPORTED: Mapping[str, str] = {
    "display": "from IPython.display import display\n",
    "get_ipython": "from IPython.core.getipython import get_ipython\n",
    "pd": "import pandas as pd\n",
    "st": "import streamlit as st\n",
    "streamlit": "import streamlit\n",
    "udf": "from pyspark.sql.functions import udf\n",
    "get_active_session": "from snowflake.snowpark.context import get_active_session\n",
    "dlt": "import dlt\n",
    "fabric": "import sempy.fabric as fabric\n",
    "sempy": "import sempy\n",
    "mssparkutils": "from notebookutils import mssparkutils\n",
    "notebookutils": "import notebookutils\n",
}
_TYPED: Mapping[str, str] = {
    "spark": "pyspark.sql.SparkSession",
    "sc": "pyspark.SparkContext",
    "sqlContext": "pyspark.sql.SQLContext",
    "session": "snowflake.snowpark.Session",
    "dbutils": "databricks.sdk.dbutils.RemoteDbUtils",
    "DataFrame": "pyspark.sql.DataFrame",
    "_sqldf": "pyspark.sql.DataFrame",
}


def declared(host: Host, language: str, name: str) -> str | None:
    """Code that makes the name known; None for a name that neither the host nor any platform gives."""
    given = name in host.ambient.get(language, frozenset()) or (language == "python" and name in PLATFORM_NAMES)
    if not given or (name in _BUILTINS and name not in _IMPORTED):
        return None  # IPython's `open` is Python's own, but for a check of the file's number
    if name == "In":
        return "In: list[str] = []\n"
    if name == "Out":
        return "Out: dict[int, object] = {}\n"
    if name in _IMPORTED:
        return _IMPORTED[name]
    said = by_name(_TYPED[name]) if name in _TYPED else None
    # With its own imports: this stands above the declarations of everything else.
    return header(said.modules) + variable(name, said) if said is not None else header(()) + variable(name, ANY)
