"""What common distributions are called, which modules they bring, and what they bring along: data.

From the distributions' own metadata. `MODULES` says which distributions bring a module whose name is another one than
theirs; the first is the one that is meant today. `SAME` are distributions that bring the module of their own name.
`BRINGS` lists for some what may come along with any of their versions, complete and without their extras; for what is
not in it nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from polycell.dependencies.model import normal

_MODULES = """
attr attrs
bs4 beautifulsoup4
cv2 opencv-python opencv-python-headless opencv-contrib-python opencv-contrib-python-headless
sklearn scikit-learn
skimage scikit-image
yaml pyyaml
PIL pillow
functional pyfunctional
git gitpython
github pygithub
gitlab python-gitlab
dateutil python-dateutil
dotenv python-dotenv
jwt pyjwt
jose python-jose
docx python-docx
pptx python-pptx
magic python-magic
multipart python-multipart
slugify python-slugify
Levenshtein levenshtein python-levenshtein
igraph igraph python-igraph
telegram python-telegram-bot
serial pyserial
usb pyusb
socks pysocks
OpenSSL pyopenssl
Crypto pycryptodome pycrypto
Cryptodome pycryptodomex
nacl pynacl
zmq pyzmq
fitz pymupdf
pymupdf pymupdf
PyPDF2 pypdf2
wx wxpython
gi pygobject
cairo pycairo
MySQLdb mysqlclient
psycopg2 psycopg2-binary psycopg2
pymysql pymysql
cx_Oracle cx-oracle
pyodbc pyodbc
snowflake.connector snowflake-connector-python
snowflake.snowpark snowflake-snowpark-python
snowflake.sqlalchemy snowflake-sqlalchemy
google.cloud.bigquery google-cloud-bigquery
google.cloud.storage google-cloud-storage
google.cloud.aiplatform google-cloud-aiplatform
google.cloud.pubsub google-cloud-pubsub
google.cloud.firestore google-cloud-firestore
google.generativeai google-generativeai
google.genai google-genai
google.protobuf protobuf
google.auth google-auth
google.oauth2 google-auth
googleapiclient google-api-python-client
apiclient google-api-python-client
azure.storage.blob azure-storage-blob
azure.identity azure-identity
azure.cosmos azure-cosmos
azure.keyvault azure-keyvault
azure.kusto.data azure-kusto-data
azure.ai.ml azure-ai-ml
azureml.core azureml-core
sempy semantic-link-sempy semantic-link
Kqlmagic kqlmagic
sql jupysql ipython-sql
rpy2 rpy2
fortranmagic fortran-magic
memory_profiler memory-profiler
line_profiler line-profiler
pandas_profiling pandas-profiling
ydata_profiling ydata-profiling
jupyter_client jupyter-client
jupyter_core jupyter-core
IPython ipython
pyspark pyspark
delta delta-spark
pydeequ pydeequ
databricks.connect databricks-connect
databricks.sql databricks-sql-connector
databricks.sdk databricks-sdk
mlflow mlflow mlflow-skinny
tensorflow tensorflow tensorflow-cpu tensorflow-macos
tensorflow_datasets tensorflow-datasets
tensorflow_hub tensorflow-hub
tensorflow_probability tensorflow-probability
tensorflow_text tensorflow-text
keras keras tf-keras
torch torch
torchvision torchvision
pytorch_lightning pytorch-lightning
lightning lightning
torch_geometric torch-geometric
umap umap-learn
hdbscan hdbscan
imblearn imbalanced-learn
category_encoders category-encoders
mlxtend mlxtend
sentence_transformers sentence-transformers
faiss faiss-cpu faiss-gpu
llama_index llama-index
langchain_community langchain-community
langchain_openai langchain-openai
langchain_core langchain-core
huggingface_hub huggingface-hub
speech_recognition speechrecognition
mpl_toolkits matplotlib
mpl_toolkits.basemap basemap
pylab matplotlib
plotly plotly
dash_bootstrap_components dash-bootstrap-components
vega_datasets vega-datasets
vl_convert vl-convert-python
ipywidgets ipywidgets
ipyleaflet ipyleaflet
nbformat nbformat
pyarrow pyarrow
fastparquet fastparquet
duckdb duckdb
duckdb_engine duckdb-engine
sqlalchemy sqlalchemy
sqlalchemy_bigquery sqlalchemy-bigquery
clickhouse_connect clickhouse-connect
clickhouse_driver clickhouse-driver
mysql.connector mysql-connector-python
influxdb_client influxdb-client
kafka kafka-python
confluent_kafka confluent-kafka
elasticsearch elasticsearch
opensearchpy opensearch-py
cassandra cassandra-driver
bson pymongo
gridfs pymongo
pymongo pymongo
neo4j neo4j
openpyxl openpyxl
xlsxwriter xlsxwriter
xlrd xlrd
odf odfpy
osgeo gdal
shapefile pyshp
geopandas geopandas
rasterio rasterio
netCDF4 netcdf4
h5py h5py
tables tables
zarr zarr
Bio biopython
rdkit rdkit rdkit-pypi
openbabel openbabel-wheel
anndata anndata
scanpy scanpy
pysam pysam
vcf pyvcf3 pyvcf
gos gosling
statsmodels statsmodels
pmdarima pmdarima
prophet prophet
arch arch
talib ta-lib
yfinance yfinance
pandas_datareader pandas-datareader
pandas_gbq pandas-gbq
pandas_ta pandas-ta
nltk nltk
spacy spacy
en_core_web_sm en-core-web-sm
textblob textblob
wordcloud wordcloud
markdown markdown
docutils docutils
jinja2 jinja2
markupsafe markupsafe
pkg_resources setuptools
setuptools setuptools
ruamel ruamel-yaml
ruamel.yaml ruamel-yaml
win32com pywin32
win32api pywin32
pythoncom pywin32
simplejson simplejson
ujson ujson
orjson orjson
lxml lxml
html5lib html5lib
requests_html requests-html
requests_cache requests-cache
selenium selenium
webdriver_manager webdriver-manager
scrapy scrapy
flask flask
flask_sqlalchemy flask-sqlalchemy
fastapi fastapi
starlette starlette
uvicorn uvicorn
rest_framework djangorestframework
pydantic_settings pydantic-settings
typing_extensions typing-extensions
dataclasses_json dataclasses-json
more_itertools more-itertools
sortedcontainers sortedcontainers
graphviz graphviz
pygraphviz pygraphviz
networkx networkx
community python-louvain
wordcloud wordcloud
pycountry pycountry
phonenumbers phonenumbers
usaddress usaddress
sh sh
pexpect pexpect
paramiko paramiko
fabric fabric
boto boto
boto3 boto3
botocore botocore
s3fs s3fs
gcsfs gcsfs
adlfs adlfs
smart_open smart-open
unidecode unidecode
ftfy ftfy
chardet chardet
charset_normalizer charset-normalizer
faker faker
tabulate tabulate
prettytable prettytable
termcolor termcolor
colorama colorama
pyperclip pyperclip
pyautogui pyautogui
pytest pytest
_pytest pytest
hypothesis hypothesis
great_expectations great-expectations
pandera pandera
missingno missingno
sweetviz sweetviz
autoviz autoviz
pycaret pycaret
jupyter_dash jupyter-dash
streamlit streamlit
gradio gradio
panel panel
holoviews holoviews
hvplot hvplot
datashader datashader
bqplot bqplot
pythreejs pythreejs
ipyparallel ipyparallel
papermill papermill
scrapbook scrapbook
nbconvert nbconvert
jupytext jupytext
notebook notebook
marimo marimo
pyvis pyvis
kaggle kaggle
opendatasets opendatasets
gdown gdown
wget wget
pywt pywavelets
librosa librosa
soundfile soundfile
pydub pydub
moviepy moviepy
imageio imageio
cairosvg cairosvg
barcode python-barcode
qrcode qrcode
pytesseract pytesseract
easyocr easyocr
mediapipe mediapipe
ultralytics ultralytics
gym gym
gymnasium gymnasium
stable_baselines3 stable-baselines3
cvxpy cvxpy
pulp pulp
ortools ortools
pyomo pyomo
mip mip
deap deap
pymc pymc
pymc3 pymc3
arviz arviz
emcee emcee
numpyro numpyro
pystan pystan
cmdstanpy cmdstanpy
lifelines lifelines
linearmodels linearmodels
econml econml
dowhy dowhy
shap shap
lime lime
eli5 eli5
optuna optuna
hyperopt hyperopt
ray ray
dask dask
distributed distributed
modin modin
vaex vaex
ibis ibis-framework
narwhals narwhals
siuba siuba
plotnine plotnine
pygal pygal
folium folium
geopy geopy
cartopy cartopy
contextily contextily
osmnx osmnx
pyproj pyproj
fiona fiona
shapely shapely
rtree rtree
astropy astropy
sunpy sunpy
MDAnalysis mdanalysis
ase ase
pymatgen pymatgen
sage sagemath-standard
sympy sympy
mpmath mpmath
numba numba
cython cython
Cython cython
cffi cffi
pybind11 pybind11
julia julia
juliacall juliacall
oct2py oct2py
matlab matlabengine
jpype jpype1
py4j py4j
cupy cupy cupy-cuda11x cupy-cuda12x
cudf cudf-cu12 cudf-cu11
cuml cuml-cu12 cuml-cu11
jax jax
flax flax
optax optax
einops einops
accelerate accelerate
peft peft
bitsandbytes bitsandbytes
evaluate evaluate
datasets datasets
tokenizers tokenizers
transformers transformers
diffusers diffusers
openai openai
anthropic anthropic
tiktoken tiktoken
langchain langchain
chromadb chromadb
pinecone pinecone pinecone-client
qdrant_client qdrant-client
weaviate weaviate-client
ollama ollama
powerbiclient powerbiclient
autovizwidget autovizwidget
hdijupyterutils hdijupyterutils
sparkmagic sparkmagic
graph_notebook graph-notebook
gosling gosling
"""

_SAME = """
numpy scipy pandas polars matplotlib seaborn altair bokeh plotly requests httpx aiohttp urllib3 tqdm rich click typer
pydantic packaging toml tomli tomlkit six certifi idna pytz tzdata joblib threadpoolctl xgboost lightgbm catboost
fsspec pyiceberg deltalake connectorx adbc_driver_manager sqlglot sqlparse patito dask numexpr bottleneck xarray
cloudpickle dill loguru structlog tenacity cachetools redis celery peewee alembic asyncpg aiosqlite trino
prestodb pyhive impala hdfs snowflake mistune nbclient ipykernel jupyter jupyterlab voila itables
perspective psutil py7zr zstandard lz4 msgpack pyreadstat pyreadr eurostat wbdata fredapi ccxt alpaca
backtrader quantstats riskfolio pingouin researchpy scikit_posthocs kneed yellowbrick
"""

_BRINGS = """
numpy:
six:
pytz:
tzdata:
packaging:
python-dateutil: six
pandas: numpy python-dateutil pytz tzdata six
polars: polars-runtime-32
polars-runtime-32:
duckdb:
pyarrow: numpy
sqlglot:
narwhals:
typing-extensions:
attrs:
jsonschema: attrs jsonschema-specifications referencing rpds-py pyrsistent importlib-metadata zipp typing-extensions
jsonschema-specifications: attrs referencing rpds-py
referencing: attrs rpds-py typing-extensions
rpds-py:
jinja2: markupsafe
markupsafe:
altair: entrypoints jinja2 markupsafe jsonschema narwhals numpy packaging pandas toolz typing-extensions
toolz:
scipy: numpy
joblib:
threadpoolctl:
scikit-learn: numpy scipy joblib threadpoolctl
contourpy: numpy
cycler:
fonttools:
kiwisolver:
pyparsing:
pillow:
matplotlib: contourpy cycler fonttools kiwisolver numpy packaging pillow pyparsing python-dateutil importlib-resources
importlib-resources: zipp
importlib-metadata: zipp typing-extensions
zipp:
seaborn: numpy pandas matplotlib scipy
tenacity:
plotly: narwhals packaging tenacity six retrying
retrying: six
charset-normalizer:
chardet:
idna:
urllib3:
certifi:
requests: charset-normalizer chardet idna urllib3 certifi
greenlet:
sqlalchemy: greenlet typing-extensions importlib-metadata
openpyxl: et-xmlfile
et-xmlfile:
pyyaml:
tqdm: colorama
colorama:
beautifulsoup4: soupsieve typing-extensions
soupsieve:
lxml:
tabulate:
networkx: numpy scipy matplotlib pandas decorator
decorator:
sympy: mpmath
mpmath:
patsy: numpy six
statsmodels: numpy scipy pandas patsy packaging
duckdb-engine: duckdb sqlalchemy packaging
numexpr: numpy
"""


def _rows(text: str, separator: str | None = None) -> Mapping[str, tuple[str, ...]]:
    lines = (line.split(separator, 1) for line in text.split("\n") if line.strip())
    return {first: tuple(rest[0].split()) if rest else () for first, *rest in lines}


MODULES: Mapping[str, tuple[str, ...]] = _rows(_MODULES)
SAME: frozenset[str] = frozenset(_SAME.split())
_BRINGS_BY_NAME: Mapping[str, tuple[str, ...]] = _rows(_BRINGS, ":")
# Every distribution of the tables, for completion.
NAMES: tuple[str, ...] = tuple(
    sorted({name for names in MODULES.values() for name in names} | {normal(n) for n in SAME} | _BRINGS_BY_NAME.keys())
)
_KNOWN = frozenset(NAMES)


def distributions_of(module: str) -> tuple[str, ...]:
    """Normal names of the distributions that bring a module as it is imported (`google.cloud.bigquery`), the usual one
    first; empty where the tables do not tell."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        found = MODULES.get(".".join(parts[:length]))
        if found is not None:
            return found
    return (normal(parts[0]),) if parts[0] in SAME else ()


def is_known(distribution: str) -> bool:
    """Whether the tables know the distribution, and so all modules that it brings, but for private ones."""
    return normal(distribution) in _KNOWN


def brought_along(distributions: Iterable[str]) -> frozenset[str] | None:
    """The distributions and all that may come along with them; None where that is not known of one of them."""
    found: set[str] = set()
    waiting = [normal(name) for name in distributions]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        more = _BRINGS_BY_NAME.get(name)
        if more is None:
            return None
        found.add(name)
        waiting.extend(more)
    return frozenset(found)
