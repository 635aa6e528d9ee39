"""`undefined-name`: no cell defines a name, and nothing in the notebook could have brought it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.rules.missing import missing_names

# What people mean by these names everywhere: the import that is missing.
_USUAL_IMPORTS = {
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
    "pa": "import pyarrow as pa",
    "F": "from pyspark.sql import functions as F",
    "duckdb": "import duckdb",
    "dt": "import datetime as dt",
    "Path": "from pathlib import Path",
    "defaultdict": "from collections import defaultdict",
    "Counter": "from collections import Counter",
    **{
        name: f"import {name}"
        for name in (
            *("os", "sys", "re", "json", "math", "time", "random", "datetime", "itertools", "functools", "collections"),
            *("subprocess", "shutil", "glob", "pickle", "csv", "io", "warnings", "logging", "string", "requests"),
        )
    },
}


class UndefinedName:
    code = "undefined-name"

    def check(self, context: Context) -> Iterator[Finding]:
        for missing in missing_names(context):
            name = missing.use.name
            if missing.own or context.view.defined_later(name):
                continue
            advice = f" Is `{_USUAL_IMPORTS[name]}` missing?" if name in _USUAL_IMPORTS else ""
            if not advice:
                meant = _meant(context, name)
                advice = f" Did you mean `{meant}`?" if meant else ""
            where = "in any cell" if context.host.order == "any" else "in this notebook"
            yield Finding(self.code, missing.use.span, f"`{name}` is not defined {where}.{advice}")


def _meant(context: Context, name: str) -> str:
    """A name within reach that differs by one letter, or by two letters swapped."""
    if len(name) < 3:
        return ""
    own = (d.name for d in context.facts.definitions if not d.container and d.span.start < context.cell.body)
    for candidate in _close(name, (*own, *(b.name for b in context.view.bindings()))):
        # Asked again so that the answer is recorded: when that name goes, the advice goes.
        if context.view.lookup(candidate) is not None:
            return candidate
    return ""


def _close(name: str, candidates: Iterable[str]) -> list[str]:
    return sorted({c for c in candidates if c != name and _one_apart(name, c)})


def _one_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    at = 0
    while at < min(len(a), len(b)) and a[at] == b[at]:
        at += 1
    if len(a) == len(b):
        swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
        return a[at + 1 :] == b[at + 1 :] or swapped
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[at + 1 :] == shorter[at:]
