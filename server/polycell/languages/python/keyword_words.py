"""Keyword arguments behind `**kwargs`, which no signature tells: those of matplotlib and of pandas' plots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from polycell.core.types import UNKNOWN, Module, Opaque, Type
from polycell.languages.python.columns.places import owners
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.frames import rules
from polycell.languages.python.syntax.cursor import Bracket

WORDS: Mapping[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "figure": "figsize dpi facecolor edgecolor layout",
        "line": "color linestyle linewidth marker markersize markerfacecolor markeredgecolor label alpha zorder",
        "patch": "color edgecolor facecolor linewidth linestyle label alpha hatch zorder",
        "text": "fontsize fontweight color ha va rotation alpha",
        "legend": "loc bbox_to_anchor ncols title fontsize frameon framealpha markerscale",
        "save": "dpi format bbox_inches pad_inches facecolor edgecolor transparent",
        "axes": "title xlabel ylabel xlim ylim xscale yscale xticks yticks aspect facecolor",
        "plot": "kind x y ax subplots sharex sharey layout figsize title grid legend style logx logy xticks yticks "
        "xlim ylim xlabel ylabel rot fontsize colormap color secondary_y stacked alpha",
    }.items()
}


def _by_name(rows: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return {name: WORDS[words] for words, names in rows.items() for name in names.split()}


_BOTH = {
    "line": "plot step semilogx semilogy loglog errorbar axhline axvline",
    "patch": "bar barh hist fill_between fill_betweenx axhspan axvspan",
    "text": "text annotate suptitle",
    "legend": "legend",
    "save": "savefig",
}
PYPLOT = _by_name({**_BOTH, "figure": "figure subplots subplot_mosaic", "text": f"{_BOTH['text']} title xlabel ylabel"})
AXES = _by_name({**_BOTH, "axes": "set", "text": f"{_BOTH['text']} set_title set_xlabel set_ylabel"})
_KINDS = "line bar barh hist box kde density area pie scatter hexbin"
FRAMES = _by_name({"plot": f"plot {' '.join(f'plot.{kind}' for kind in _KINDS.split())}"})


def keywords(place: Place) -> Sequence[str]:
    """The keyword arguments that the call around a place takes besides what its signature says; none where it is not
    known to be one of ours."""
    call = place.site.brackets[-1] if place.site.brackets else None
    return () if call is None or call.keyword else taken(place, call)


def plot_form(place: Place, call: Bracket) -> str:
    """The call of a frame's or a column's plots as a form, which pandas' text does not show; "" of any other call."""
    words = taken(place, call) if call.receiver.rpartition(".")[2] == "plot" else ()
    if words != FRAMES["plot"]:
        return ""
    frame = rules.flavour_of(place.type_of(call.receiver.rpartition(".")[0])) == "pandas"
    first = ("x", "y", "kind") if frame else ("kind",)  # what may be given by its place
    return f"plot({', '.join((*first, '*', *(word for word in words if word not in ('x', 'y', 'kind'))))})"


def taken(place: Place, call: Bracket) -> Sequence[str]:
    """The keyword arguments that a call takes besides what its signature says, whatever is being written of them."""
    if call.kind != "(" or "." not in call.receiver:
        return ()
    owner, _, method = call.receiver.rpartition(".")
    type_ = place.type_of(owner)
    if isinstance(type_, Module):
        return PYPLOT.get(method, ()) if type_.qualified == "matplotlib.pyplot" else ()
    for of, name in owners(call.receiver):
        if name in FRAMES and rules.flavour_of(place.type_of(of)) in ("pandas", "pandas series", "pandas groups"):
            return FRAMES[name]
    return AXES.get(method, ()) if draws(place, type_) else ()


def draws(place: Place, type_: Type) -> bool:
    """Whether something is drawn on a value of this type. That of what is drawn on is seldom known: then whether the
    notebook uses matplotlib."""
    if type_ != UNKNOWN:
        return isinstance(type_, Opaque) and type_.name.startswith("matplotlib.")
    found = place.run.overlay().get("plt") or place.context.view.lookup("plt")
    return found is not None and isinstance(found.type, Module) and found.type.qualified == "matplotlib.pyplot"
