"""What a notebook may import though nothing declares it: data, by who runs it.

Sources: the runtimes' own lists of preinstalled libraries (Databricks Runtime, Colab, Deepnote, Snowflake, Synapse and
Fabric), ipykernel's and marimo's requirements.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct


class Provided(Struct, frozen=True):
    """`modules` are known to be there. `local`: the notebook runs in an environment of this machine, and what is
    installed there decides; elsewhere more is installed than anybody lists here. `spark`: Spark is there."""

    modules: frozenset[str] = frozenset()
    local: bool = False
    spark: bool = False


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DATA = _names("numpy pandas scipy matplotlib seaborn sklearn pyarrow requests yaml plotly IPython six")
_SPARK = _names("pyspark py4j")

# With any kernel comes what the kernel itself needs.
KERNEL = _names(
    "IPython ipykernel traitlets jupyter_client jupyter_core zmq tornado comm debugpy matplotlib_inline psutil "
    "pygments prompt_toolkit jedi parso decorator pexpect ptyprocess stack_data executing asttokens pure_eval wcwidth "
    "nest_asyncio packaging dateutil six platformdirs pip setuptools pkg_resources wheel _distutils_hack"
)
_MARIMO = _names(
    "marimo click jedi markdown pymdownx pygments tomlkit yaml uvicorn starlette websockets docutils psutil "
    "itsdangerous narwhals packaging loro msgspec"
)

HOSTS: Mapping[str, Provided] = {
    "jupyter": Provided(local=True),
    "percent": Provided(local=True),
    "marimo": Provided(_MARIMO, local=True),
    "knitr": Provided(),
    "colab": Provided(_DATA | _names("google tensorflow torch keras jax cv2 PIL nltk bs4 gdown transformers")),
    "deepnote": Provided(_DATA | _names("altair duckdb sqlalchemy deepnote_toolkit")),
    "databricks": Provided(_DATA | _SPARK | _names("delta mlflow dbutils databricks boto3 dlt"), spark=True),
    "synapse": Provided(
        _DATA | _SPARK | _names("notebookutils mssparkutils sempy synapse delta mlflow azureml"), spark=True
    ),
    "snowflake": Provided(_DATA | _names("streamlit snowflake altair cachetools")),
    "polynote": Provided(_SPARK | _names("polynote jep")),
    "sparkmagic": Provided(_SPARK, spark=True),
    "sos": Provided(_names("sos")),
    "dotnet": Provided(),
    "almond": Provided(),
}


_NOTHING = Provided()


def provided_by(host: str) -> Provided:
    return HOSTS.get(host, _NOTHING)
