"""Packages of NuGet: those that lie in this machine's cache, with their versions, and the usual ones of notebooks."""

from __future__ import annotations

import os
import re
from pathlib import Path

from msgspec import Struct

from polycell.core.patterns import pattern

_ID = pattern(r"<id>\s*([\w.\-]+)\s*</id>")
# What the samples and the documentation of .NET Interactive reference.
_USUAL = """
Accord.Statistics Azure.AI.OpenAI Azure.Identity CsvHelper Dapper Deedle DiffSharp.lite Flurl.Http FSharp.Data
FSharp.Stats HtmlAgilityPack Humanizer MathNet.Numerics MathNet.Numerics.FSharp Microsoft.Data.Analysis
Microsoft.Data.SqlClient Microsoft.Data.Sqlite Microsoft.DotNet.Interactive.DuckDB
Microsoft.DotNet.Interactive.ExtensionLab Microsoft.DotNet.Interactive.Kql Microsoft.DotNet.Interactive.PostgreSQL
Microsoft.DotNet.Interactive.SQLite Microsoft.DotNet.Interactive.SqlServer Microsoft.EntityFrameworkCore Microsoft.ML
Microsoft.ML.AutoML Microsoft.ML.OnnxRuntime Microsoft.ML.TorchSharp Microsoft.SemanticKernel Microsoft.Spark
Newtonsoft.Json NodaTime Npgsql Octokit Parquet.Net Plotly.NET Plotly.NET.CSharp Plotly.NET.Interactive Polly
ScottPlot SkiaSharp System.Text.Json TorchSharp XPlot.Plotly XPlot.Plotly.Interactive YamlDotNet
"""


class Packages(Struct, frozen=True):
    """`cache` is NuGet's folder of packages: `newtonsoft.json/13.0.1/newtonsoft.json.nuspec`."""

    cache: Path | None = None

    def names(self) -> list[str]:
        """As their authors spell them, by the alphabet."""
        found = {name.casefold(): name for name in _USUAL.split()}
        for name in _folders(self.cache):
            found.setdefault(name, self._spelled(name))
        return sorted(found.values(), key=str.casefold)

    def versions(self, name: str) -> list[str]:
        """Those of the cache, newest first."""
        there = (
            _folders(self.cache / name.casefold()) if self.cache is not None and re.fullmatch(r"[\w.-]+", name) else []
        )
        return sorted((v for v in there if v[:1].isdigit()), key=_order, reverse=True)

    def _spelled(self, name: str) -> str:
        for version in self.versions(name)[:1]:
            assert self.cache is not None
            try:
                said = _ID.search((self.cache / name / version / f"{name}.nuspec").read_text("utf-8", "replace")[:4000])
            except OSError:
                return name
            return said[1] if said else name
        return name


def local_packages() -> Packages:
    """What `NUGET_PACKAGES` or the home folder holds."""
    told = os.environ.get("NUGET_PACKAGES")
    return Packages(Path(told) if told else Path(os.path.expanduser("~")) / ".nuget" / "packages")


def _folders(folder: Path | None) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.is_dir()] if folder is not None else []
    except OSError:
        return []


def _order(version: str) -> tuple[list[int], bool, str]:
    number, dash, word = version.partition("-")
    return [int(part) for part in number.split(".") if part.isdecimal()], not dash, word
