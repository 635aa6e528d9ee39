"""Which arguments of drawing functions name columns of the frame that they are given: a table of data.

Source: the signatures of plotly 6 and 7 (`plotly.express`), seaborn 0.12 and 0.13, matplotlib's `data=`. Of a
name that the frame lacks plotly and seaborn say an error, while matplotlib takes the text for a value.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Draws(Struct, frozen=True):
    """A function that draws a frame: `frame` is the parameter that holds it, at position 0 too where `first`.

    `names`: parameters whose text, or list of texts, names columns; `keys`: those of whose dictionary the keys do.
    `order`: what the first positions are. `index`: levels of the index count as columns. `closed`: a text that is no
    column is an error.
    """

    names: frozenset[str]
    frame: str = "data"
    first: bool = True
    keys: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    index: bool = False
    closed: bool = True
    wide: frozenset[str] = field(default=frozenset())  # names that a frame in wide form gets


def _px(extra: str, order: str = "x y") -> Draws:
    names = "color hover_name hover_data custom_data animation_frame animation_group text facet_row facet_col " + extra
    # Labels and orders may be given for more columns than there are.
    keys = frozenset({"hover_data", "labels", "category_orders"})
    wide = frozenset({"variable", "value", "index", "_value", "_index", "_column"})
    return Draws(frozenset(names.split()), "data_frame", True, keys, ("data_frame", *order.split()), wide=wide)


_XY = "x y pattern_shape symbol line_group line_dash size base error_x error_x_minus error_y error_y_minus"
_GEO = "lat lon locations size line_dash line_group symbol z"
_POLAR = "r theta size symbol line_dash line_group pattern_shape base"
_TERNARY = "a b c size symbol line_dash line_group"
_TREE = "names values parents ids path"
_PLOTLY = {
    **{
        name: _px(_XY)
        for name in ("area", "bar", "box", "ecdf", "funnel", "histogram", "line", "scatter", "strip", "violin")
    },
    **{name: _px(f"{_XY} z") for name in ("density_contour", "density_heatmap")},
    **{name: _px(f"{_XY} z error_z error_z_minus", "x y z") for name in ("scatter_3d", "line_3d")},
    "timeline": _px("x_start x_end y pattern_shape", "x_start x_end y"),
    **{name: _px(_TREE, "names values") for name in ("pie", "funnel_area", "sunburst", "treemap", "icicle")},
    **{name: _px("dimensions size symbol", "dimensions") for name in (
        "parallel_categories", "parallel_coordinates", "scatter_matrix",
    )},
    **{name: _px(_POLAR, "r theta") for name in ("scatter_polar", "line_polar", "bar_polar")},
    **{name: _px(_TERNARY, "a b c") for name in ("scatter_ternary", "line_ternary")},
    **{name: _px(_GEO, "lat lon") for name in (
        "scatter_geo", "line_geo", "choropleth", "scatter_map", "line_map", "density_map", "scatter_mapbox",
        "line_mapbox", "density_mapbox",
    )},
    **{name: _px("locations", "") for name in ("choropleth_map", "choropleth_mapbox")},
}  # fmt: skip


def _sns(names: str, order: str = "x y hue") -> Draws:
    return Draws(frozenset(names.split()), order=("data", *order.split()), index=True)


_SEABORN = {
    "relplot": _sns("x y hue size style units weights row col"),
    "scatterplot": _sns("x y hue size style"),
    "lineplot": _sns("x y hue size style units weights"),
    "displot": _sns("x y hue row col weights"),
    "catplot": _sns("x y hue row col units weights"),
    "lmplot": _sns("x y hue col row units x_partial y_partial"),
    **{name: _sns("x y hue weights") for name in ("histplot", "kdeplot", "ecdfplot")},
    **{name: _sns("x y hue units weights") for name in ("barplot", "pointplot")},
    **{name: _sns("x y hue") for name in (
        "boxplot", "boxenplot", "countplot", "rugplot", "stripplot", "swarmplot", "violinplot", "jointplot",
        "JointGrid",
    )},
    **{name: _sns("x y units x_partial y_partial", "x y") for name in ("regplot", "residplot")},
    "pairplot": _sns("hue vars x_vars y_vars", "hue"),
    "PairGrid": _sns("hue vars x_vars y_vars", ""),
    "FacetGrid": _sns("row col hue", ""),
}  # fmt: skip
# `seaborn.objects.Plot(data, x=…)`: every property of a mark may be mapped.
_PLOT = _sns("x y color alpha fill marker pointsize stroke edgecolor edgewidth linestyle linewidth text group ymin ymax"
             " xmin xmax", "x y")  # fmt: skip


def _mpl(names: str, order: str = "x y") -> Draws:
    return Draws(frozenset(names.split()), first=False, order=tuple(order.split()), closed=False)


_MATPLOTLIB = {
    "plot": _mpl("x y", "x y"),
    "scatter": _mpl("x y s c color", "x y s c"),
    "bar": _mpl("x height width bottom", "x height"),
    "barh": _mpl("y width height left", "y width"),
    "hist": _mpl("x weights", "x"),
    "boxplot": _mpl("x", "x"),
    "violinplot": _mpl("dataset", "dataset"),
    "fill_between": _mpl("x y1 y2 where", "x y1 y2"),
    "errorbar": _mpl("x y yerr xerr", "x y"),
    "step": _mpl("x y", "x y"),
    "stem": _mpl("locs heads", "locs heads"),
    "pie": _mpl("x explode labels", "x"),
    "hexbin": _mpl("x y C", "x y"),
    "stackplot": _mpl("x", "x"),
}

DRAWS: Mapping[str, Draws] = {
    **{f"plotly.express.{name}": draws for name, draws in _PLOTLY.items()},
    **{f"seaborn.{name}": draws for name, draws in _SEABORN.items()},
    "seaborn.objects.Plot": _PLOT,
    **{f"matplotlib.pyplot.{name}": draws for name, draws in _MATPLOTLIB.items()},
}
# `ax.scatter("a", "b", data=df)`: matplotlib's axes have the functions as methods.
AXES: Mapping[str, Draws] = _MATPLOTLIB
