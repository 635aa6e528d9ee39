"""Example data that libraries bring along or fetch: scikit-learn's, seaborn's, plotly's and Vega's.

What scikit-learn gives is written in its own code, so that it is certain. The other tables are files that their authors
may change any day: they complete, and are open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from polycell.core.types import (
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Certainty,
    Collection,
    Column,
    DataType,
    Record,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.languages.python.frames.registry import Call, Rule, function
from polycell.languages.python.syntax.values import collection, of_value

BUNCH = "sklearn.utils.Bunch"  # a dictionary whose keys are attributes as well


class Dataset(Struct, frozen=True):
    """`names` are the features, kept as a list or (`array`) an array; `target` is how a frame calls the rest."""

    names: tuple[str, ...]
    target: str = "target"
    type: DataType = INT64
    array: bool = False


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CANCER = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip
# Source: `feature_names` of scikit-learn 0.24 to 1.7; Boston's houses until 1.1.
_SKLEARN: Mapping[str, Dataset] = {
    "load_iris": Dataset(
        tuple(f"{part} {side} (cm)" for part in ("sepal", "petal") for side in ("length", "width"))
    ),
    "load_wine": Dataset(
        _words(
            "alcohol malic_acid ash alcalinity_of_ash magnesium total_phenols flavanoids nonflavanoid_phenols"
            " proanthocyanins color_intensity hue od280/od315_of_diluted_wines proline"
        )
    ),
    "load_breast_cancer": Dataset(
        tuple(pattern.format(name) for pattern in ("mean {}", "{} error", "worst {}") for name in _CANCER), array=True
    ),
    "load_diabetes": Dataset(_words("age sex bmi bp s1 s2 s3 s4 s5 s6"), type=FLOAT64),
    "load_digits": Dataset(tuple(f"pixel_{row}_{column}" for row in range(8) for column in range(8))),
    "load_boston": Dataset(
        _words("CRIM ZN INDUS CHAS NOX RM AGE DIS RAD TAX PTRATIO B LSTAT"), type=FLOAT64, array=True
    ),
    "fetch_california_housing": Dataset(
        _words("MedInc HouseAge AveRooms AveBedrms Population AveOccup Latitude Longitude"), "MedHouseVal", FLOAT64
    ),
}  # fmt: skip


def _loader(name: str, known: Dataset) -> Rule:
    def load(call: Call) -> Type:
        framed, halves = call.value("as_frame", False), call.value("return_X_y", False)
        if not isinstance(framed, bool) or not isinstance(halves, bool):
            return UNKNOWN
        features = [Column(n, FLOAT64, False, source=f"sklearn's {name}") for n in known.names]
        last = Column(known.target, known.type, False, source=f"sklearn's {name}")
        data: Type = Table(tuple(features), flavour="pandas") if framed else Collection("array")
        target: Type = Series(last, "pandas") if framed else Collection("array", Scalar(known.type))
        if halves:
            return collection("tuple", (data, target))
        names = collection("array" if known.array else "list", tuple(of_value(n) for n in known.names))
        frame: Type = Table((*features, last), flavour="pandas") if framed else UNKNOWN
        fields = {
            "data": data, "target": target, "frame": frame, "feature_names": names, "DESCR": Scalar(STRING),
            "target_names": Collection("array", Scalar(STRING)),
        }  # fmt: skip
        return Record(tuple(fields.items()), BUNCH)

    return load


for _name, _known in _SKLEARN.items():
    function(f"sklearn.datasets.{_name}", "return_X_y as_frame **")(_loader(_name, _known))


def _likely(names: Sequence[str], source: str) -> Table:
    columns = (Column(n, None, certainty=Certainty.LIKELY, source=source) for n in names if n)
    return Table(tuple(columns), open=True, flavour="pandas")


# Source: the files of github.com/mwaskom/seaborn-data.
_SEABORN: Mapping[str, str] = {
    "anagrams": "subidr attnr num1 num2 num3",
    "anscombe": "dataset x y",
    "attention": "subject attention solutions score",
    "car_crashes": "total speeding alcohol not_distracted no_previous ins_premium ins_losses abbrev",
    "diamonds": "carat cut color clarity depth table price x y z",
    "dots": "align choice time coherence firing_rate",
    "dowjones": "Date Price",
    "exercise": "id diet pulse time kind",
    "flights": "year month passengers",
    "fmri": "subject timepoint event region signal",
    "geyser": "duration waiting kind",
    "glue": "Model Year Encoder Task Score",
    "healthexp": "Year Country Spending_USD Life_Expectancy",
    "iris": "sepal_length sepal_width petal_length petal_width species",
    "mpg": "mpg cylinders displacement horsepower weight acceleration model_year origin name",
    "penguins": "species island bill_length_mm bill_depth_mm flipper_length_mm body_mass_g sex",
    "planets": "method number orbital_period mass distance year",
    "seaice": "Date Extent",
    "taxis": "pickup dropoff passengers distance fare tip tolls total color payment pickup_zone dropoff_zone"
    " pickup_borough dropoff_borough",
    "tips": "total_bill tip sex smoker day time size",
    "titanic": "survived pclass sex age sibsp parch fare embarked class who adult_male deck embark_town alive alone",
}


@function("seaborn.load_dataset", "name cache data_home **")
def seaborn_data(call: Call) -> Type:
    """More arguments are pandas' own for reading the file."""
    return _likely(_SEABORN.get(call.text("name") or "", "").split() if not call.extra else (), "seaborn-data")


# Source: `package_data/datasets` of plotly 6.
_PLOTLY: Mapping[str, str] = {
    "carshare": "centroid_lat centroid_lon car_hours peak_hour",
    "election": "district Coderre Bergeron Joly total winner result district_id",
    "experiment": "experiment_1 experiment_2 experiment_3 gender group",
    "gapminder": "country continent year lifeExp pop gdpPercap iso_alpha iso_num",
    "iris": "sepal_length sepal_width petal_length petal_width species species_id",
    "medals_long": "nation medal count",
    "medals_wide": "nation gold silver bronze",
    "stocks": "date GOOG AAPL AMZN FB NFLX MSFT",
    "tips": "total_bill tip sex smoker day time size",
    "wind": "direction strength frequency",
}


def _plain(names: Sequence[str], source: str) -> Rule:
    """The data as they come without arguments; with some, a frame of which nothing is known."""
    return lambda call: _likely(names if not call.extra else (), source)


for _name, _columns in _PLOTLY.items():
    function(f"plotly.express.data.{_name}", "**")(_plain(_columns.split(), "plotly's data"))


# Source: the files that vega_datasets 0.9 brings along.
_VEGA: Mapping[str, str] = {
    "airports": "iata name city state country latitude longitude",
    "anscombe": "Series X Y",
    "barley": "yield variety year site",
    "burtin": "Bacteria Penicillin Streptomycin Neomycin Gram_Staining Genus",
    "cars": "Name Miles_per_Gallon Cylinders Displacement Horsepower Weight_in_lbs Acceleration Year Origin",
    "crimea": "date wounds other disease",
    "driving": "side year miles gas",
    "iowa_electricity": "year source net_generation",
    "iris": "sepalLength sepalWidth petalLength petalWidth species",
    "seattle_temps": "date temp",
    "seattle_weather": "date precipitation temp_max temp_min wind weather",
    "sf_temps": "temp date",
    "stocks": "symbol date price",
    "wheat": "year wheat wages",
}

for _name, _columns in _VEGA.items():
    function(f"vega_datasets.data.{_name} vega_datasets.local_data.{_name}", "**")(
        _plain(_columns.split(), "vega_datasets")
    )
