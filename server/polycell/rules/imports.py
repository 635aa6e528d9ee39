"""Imports that people mean by a bare name, and where an import goes in a cell."""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.patterns import pattern
from polycell.core.results import Edit, Fix
from polycell.core.service import Context
from polycell.core.text import Span

# What people mean by these names everywhere: the import that is missing.
USUAL_IMPORTS: Mapping[str, str] = {
    "np": "import numpy as np",
    "pd": "import pandas as pd",
    "pl": "import polars as pl",
    "plt": "import matplotlib.pyplot as plt",
    "mpl": "import matplotlib as mpl",
    "sns": "import seaborn as sns",
    "tf": "import tensorflow as tf",
    "torch": "import torch",
    "alt": "import altair as alt",
    "px": "import plotly.express as px",
    "go": "import plotly.graph_objects as go",
    "pa": "import pyarrow as pa",
    "pq": "import pyarrow.parquet as pq",
    "xr": "import xarray as xr",
    "nx": "import networkx as nx",
    "sp": "import scipy as sp",
    "sm": "import statsmodels.api as sm",
    "smf": "import statsmodels.formula.api as smf",
    "gpd": "import geopandas as gpd",
    "dd": "import dask.dataframe as dd",
    "mo": "import marimo as mo",
    "F": "from pyspark.sql import functions as F",
    "T": "from pyspark.sql import types as T",
    "duckdb": "import duckdb",
    "dt": "import datetime as dt",
    "timedelta": "from datetime import timedelta",
    "Path": "from pathlib import Path",
    "defaultdict": "from collections import defaultdict",
    "namedtuple": "from collections import namedtuple",
    "Counter": "from collections import Counter",
    "OrderedDict": "from collections import OrderedDict",
    "dataclass": "from dataclasses import dataclass",
    "partial": "from functools import partial",
    "reduce": "from functools import reduce",
    "deepcopy": "from copy import deepcopy",
    "pprint": "from pprint import pprint",
    "tqdm": "from tqdm import tqdm",
    "sqlite3": "import sqlite3",
    "pandas": "import pandas",
    "numpy": "import numpy",
    "polars": "import polars",
    "BytesIO": "from io import BytesIO",
    "StringIO": "from io import StringIO",
    **{
        name: f"import {name}"
        for name in (
            *("os", "sys", "re", "json", "math", "time", "random", "datetime", "itertools", "functools", "collections"),
            *("subprocess", "shutil", "glob", "pickle", "csv", "io", "warnings", "logging", "string", "requests"),
            *("copy", "operator", "statistics", "hashlib", "tempfile", "textwrap", "inspect", "traceback", "zipfile"),
            *("typing", "uuid", "urllib", "pathlib", "threading", "contextlib", "decimal", "fractions", "gc", "ast"),
        )
    },
}

_NOTHING_YET = pattern(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*")


def add_import(context: Context, name: str) -> Fix | None:
    """The fix that imports what `name` usually means at the top of the cell; None where that is not known."""
    statement = USUAL_IMPORTS.get(name)
    if statement is None:
        return None
    at = _place(context)
    if at is None:
        return None
    end = "\r\n" if "\r\n" in context.cell.text else "\n"
    edit = Edit(context.cell.id, Span(at, at), f"{statement}{end}")
    return Fix(f"Add `{statement}` to this cell", (edit,), preferred=True)


def _place(context: Context) -> int | None:
    """The start of the first import that stands on a line of its own, else of the first line that says something.

    Behind `from __future__`, which must come first.
    """
    text, body = context.cell.text, context.cell.body
    if body and text[body - 1] not in "\r\n":
        return None  # the code begins on the magic's own line
    imports = sorted(
        (d.extent for d in context.facts.definitions if d.kind == "import" and not d.container), key=lambda s: s.start
    )
    for extent in imports:
        if extent.start >= body and (extent.start == 0 or text[extent.start - 1] in "\r\n"):
            if extent.of(text).startswith("from __future__"):
                continue
            return extent.start
    if imports:
        return None if any(e.of(text).startswith("from __future__") for e in imports) else _first(text, body)
    return _first(text, body)


def _first(text: str, body: int) -> int:
    found = _NOTHING_YET.match(text, body)
    return found.end() if found else body
