"""Objects that hold a frame and whose methods name its columns: pandas' styler, a printed table of great_tables, a grid
of charts of seaborn. `column_arguments` says which arguments do."""

from __future__ import annotations

from polycell.core.types import UNKNOWN, Record, Table, Type
from polycell.languages.python.frames.catalogue import WRITER
from polycell.languages.python.frames.registry import Argument, Call, function, method

STYLER, GRID, PLOT, PRINTED = (
    "pandas.io.formats.style.Styler", "seaborn.axisgrid.FacetGrid", "seaborn._core.plot.Plot", "great_tables.gt.GT",
)  # fmt: skip
HOLDERS = frozenset({STYLER, GRID, PLOT, PRINTED})
_FRAME = "(frame)"  # no attribute of Python is spelled so
# Methods that give the object again, changed.
_ITSELF = {
    STYLER: "format format_index background_gradient text_gradient bar hide highlight_max highlight_min highlight_null"
    " highlight_between highlight_quantile map applymap map_index apply apply_index set_properties set_caption"
    " set_table_styles set_table_attributes set_sticky set_tooltips set_td_classes set_precision set_na_rep"
    " hide_index hide_columns relabel_index concat pipe",
    GRID: "map map_dataframe add_legend set set_axis_labels set_titles set_xlabels set_ylabels set_xticklabels"
    " set_yticklabels map_diag map_upper map_lower map_offdiag despine tight_layout refline",
    PLOT: "add facet pair scale share limit label layout theme on",
    PRINTED: "fmt fmt_number fmt_integer fmt_currency fmt_percent fmt_scientific fmt_bytes fmt_date fmt_time"
    " fmt_datetime fmt_markdown fmt_units fmt_image fmt_flag fmt_icon fmt_nanoplot fmt_tf cols_align cols_hide"
    " cols_unhide cols_label cols_label_with cols_label_rotate cols_move cols_move_to_start cols_move_to_end"
    " cols_reorder cols_width cols_merge data_color sub_missing sub_zero sub_values tab_header tab_spanner"
    " tab_spanner_delim tab_stub tab_stubhead tab_source_note tab_style tab_options tab_footnote"
    " grand_summary_rows summary_rows opt_stylize opt_row_striping opt_align_table_header",
}  # fmt: skip


def holding(table: Table, name: str) -> Record:
    """An object of a class that holds the frame."""
    return Record(((_FRAME, table),), name, open=True)


def held(type_: Type) -> Table | None:
    """The frame that an object holds, or is to write."""
    if not isinstance(type_, Record) or type_.name not in HOLDERS | {WRITER}:
        return None
    return next((field for _, field in type_.fields if isinstance(field, Table)), None)


def _made(argument: Argument | None, name: str) -> Type:
    return holding(argument.type, name) if argument is not None and isinstance(argument.type, Table) else UNKNOWN


@function(
    "seaborn.FacetGrid seaborn.PairGrid seaborn.relplot seaborn.displot seaborn.catplot seaborn.lmplot", "data **"
)
def grid(call: Call) -> Type:
    return _made(call["data"], GRID)


@function("seaborn.objects.Plot", "data *args **")
def plot(call: Call) -> Type:
    return _made(call["data"], PLOT)


@function("great_tables.GT", "data **")
def printed(call: Call) -> Type:
    return _made(call["data"], PRINTED)


def itself(call: Call) -> Type:
    return call.receiver


for _name, _methods in _ITSELF.items():
    method(_name, _methods, "*args **")(itself)
