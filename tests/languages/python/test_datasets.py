"""Frames that libraries bring along, and frames of packages that go by pandas' rules."""

from __future__ import annotations

import pytest

from polycell.core.types import Certainty, Series, Table, describe
from tests.languages.python.oracle import compare, ours


def columns(code: str, name: str = "r") -> list[str]:
    found = ours(code)[name]
    assert isinstance(found, Table)
    return [c.name for c in found.columns]


def test_data_of_scikit_learn() -> None:
    """Compared with scikit-learn 1.7."""
    code = """
import numpy as np, pandas as pd
from sklearn import datasets
from sklearn.datasets import load_iris
iris = load_iris()
a = pd.DataFrame(iris.data, columns=iris.feature_names)
b = pd.DataFrame(np.c_[iris["data"], iris["target"]], columns=iris["feature_names"] + ["target"])
c = load_iris(as_frame=True).frame
X, y = datasets.load_wine(return_X_y=True, as_frame=True)
d = datasets.fetch_california_housing(as_frame=True)["frame"]
"""
    said = ours(code)
    names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    assert columns(code, "a") == names
    assert columns(code, "b") == columns(code, "c") == [*names, "target"]
    assert len(columns(code, "X")) == 13
    assert isinstance(said["y"], Series)
    assert said["y"].column.name == "target"
    assert columns(code, "d")[-1] == "MedHouseVal"
    a = said["a"]
    assert isinstance(a, Table)
    assert a.proves_absence


@pytest.mark.parametrize("name", ["tips", "iris", "gapminder", "stocks", "wind", "election", "medals_long"])
def test_data_of_plotly(name: str) -> None:
    said = compare(f"import plotly.express as px\nr = px.data.{name}()")["r"]
    assert isinstance(said, Table)
    assert said.columns
    assert said.open
    assert said.certainty is Certainty.LIKELY


def test_data_of_seaborn_and_vega() -> None:
    seaborn = "import seaborn as sns\nr = sns.load_dataset('tips').groupby('day')['tip'].mean().reset_index()"
    assert columns(seaborn) == ["day", "tip"]
    assert "Miles_per_Gallon" in columns("from vega_datasets import data\nr = data.cars()")
    assert columns("from datasets import load_dataset as load\nimport seaborn as sns\nr = sns.load_dataset('x')") == []


FRAME = "import pandas as pd\nmade = pd.DataFrame({'a': [1], 'b': ['x']})\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import dask.dataframe as dd\nr = dd.from_pandas(made, npartitions=2)", "dask"),
        ("import dask.dataframe as dd\nd = dd.from_pandas(made)\nr = d[d.a > 1].assign(z=1)", "dask"),
        ("import dask.dataframe as dd\nr = dd.from_pandas(made).groupby('a').sum().compute()", "pandas"),
        ("import modin.pandas as mp\nr = mp.concat([mp.DataFrame({'a': [1]}), mp.DataFrame({'a': [2]})])", "modin"),
        ("import cudf\nr = cudf.DataFrame({'a': [1]}).rename(columns={'a': 'b'}).to_pandas()", "pandas"),
        ("import pyspark.pandas as ps\nr = ps.DataFrame({'a': [1]})[['a']]", "pyspark.pandas"),
        ("import pyspark.pandas as ps\nr = ps.DataFrame({'a': [1]}).to_spark()", "spark"),
    ],
)  # fmt: skip
def test_frames_that_go_by_rules_of_pandas(code: str, said: str) -> None:
    found = ours(FRAME + code)["r"]
    assert isinstance(found, Table)
    assert not found.open
    assert describe(found).startswith(f"{said} table, ")


def test_frames_with_shapes() -> None:
    """Compared with geopandas 1.1."""
    code = f"""
{FRAME}import geopandas as gpd
g = gpd.GeoDataFrame(made, geometry=gpd.points_from_xy(made.a, made.a), crs="EPSG:4326")
r = g.to_crs(3857).merge(made, on="b").rename(columns={{"a_x": "n"}})
h = gpd.GeoDataFrame(g, geometry="geometry").drop(columns="a")
f = gpd.read_file("places.shp")
"""
    assert columns(code) == ["n", "b", "geometry", "a_y"]
    assert columns(code, "h") == ["b", "geometry"]
    assert columns(code, "f") == ["geometry"]
    assert columns(code, "made") == ["a", "b"]
    assert describe(ours(code)["g"]).startswith("geopandas table")


def test_sums_of_dask_are_no_numbers_yet() -> None:
    assert describe(ours(f"{FRAME}import dask.dataframe as dd\nr = dd.from_pandas(made)['a'].sum()")["r"]) == ""


BIGQUERY = """
import pandas as pd
from google.cloud import bigquery
t = pd.DataFrame({"x": [1]})
client = bigquery.Client()
q = "SELECT a, count(*) AS n FROM `p.d.t` GROUP BY a"
"""


def test_what_a_client_of_bigquery_fetches() -> None:
    for call in ("client.query(q).to_dataframe()", "client.query(q).result().to_dataframe()", "pd.read_gbq(q)"):
        assert columns(f"{BIGQUERY}r = {call}") == ["a", "n"], call
    star = ours(f'{BIGQUERY}r = client.query("SELECT * FROM t").to_dataframe()')["r"]
    assert star == Table(open=True, flavour="pandas"), "a frame of the notebook is no table of BigQuery"
