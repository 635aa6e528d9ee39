"""A cell as its answers need it: its tree, which library and schema it is for, and what it can refer to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from msgspec import Struct

from polycell.core.environment import View
from polycell.core.hosts import Host
from polycell.core.notebook import Cell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Anchor
from polycell.languages.vega import vega_scopes
from polycell.languages.vega.data import Outside
from polycell.languages.vega.places import inside, is_repeated_field, names_field
from polycell.languages.vega.reader import read as read_tree
from polycell.languages.vega.schema import VENDORED, Leaf, Named, Schema, at, load, named
from polycell.languages.vega.tree import Dialect, Node, Path, Tree
from polycell.languages.vega.yaml_reader import is_block, read_block

_OPTIONS_WITH_VALUE = frozenset({"-v", "--version"})
_OF_VEGA = frozenset({"marks", "signals", "scales", "axes"})
_OF_VEGA_LITE = frozenset({"mark", "layer", "encoding", "hconcat", "vconcat", "concat", "facet", "repeat", "spec"})


class Given(Struct, frozen=True):
    """A name on the magic's line: data set `name` ("" for a chart's only one) is the value `variable` at `span`."""

    name: str
    variable: str
    span: Span


def given(cell: Cell) -> tuple[Given, ...]:
    """`%%vegalite [frame]` and `%%vega [name:frame …]`, as altair's magics take them (both also `-j`, `-v 6`)."""
    magic = cell.magic
    if magic is None or magic.prefix != "%%":
        return ()
    found = []
    at, skip = magic.arguments_start, False
    for word in magic.arguments.split():
        start = cell.text.find(word, at)
        if start < 0:
            break
        at = start + len(word)
        if skip or word.startswith("-"):
            skip = word in _OPTIONS_WITH_VALUE
            continue
        name, colon, variable = word.rpartition(":")
        if magic.name.lower() != "vega":
            name, variable = "", word
        elif not colon:
            name = variable
        if variable.isidentifier():
            found.append(Given(name, variable, Span(at - len(variable), at)))
    return tuple(found)


def _told(cell: Cell) -> Mapping[str, str]:
    """What the code around a fragment says of it."""
    told = cell.metadata.get("polycell")
    return told if isinstance(told, Mapping) else {}


def dialect(cell: Cell, host: str) -> Dialect:
    if _told(cell).get("dialect") == "python":
        return "javascript"  # it has names of values, too
    if cell.magic is not None and not {"-j", "--json"} & set(cell.magic.arguments.split()):
        return "yaml"
    if cell.declared.lower() in ("yaml", "yml") or (cell.declared == "" and cell.metadata.get("language") == "yaml"):
        return "yaml"
    return "javascript" if host == "polynote" else "json"


def tree_of(cell: Cell, host: str) -> Tree:
    """The cell's tree; kept by text."""
    how = dialect(cell, host)
    if how == "yaml" and is_block(cell.text, cell.body):
        return read_block(cell.text, cell.body)
    return read_tree(cell.text, cell.body, how)


def library(cell: Cell, host: str, root: Node | None) -> Named:
    """Whose specification it is: what `$schema` says, else the magic, the cell's language and the keys in use."""
    said = named(root.text("$schema")) if root is not None else Named()
    if said.library:
        return said
    if cell.magic is not None:
        return Named("vega" if cell.magic.name.lower() == "vega" else "vega-lite")
    if cell.language == "vega-lite" or host == "polynote":
        return Named("vega-lite")
    keys = {m.key for m in root.members} if root is not None else set()
    return Named("vega" if keys & _OF_VEGA or not keys & _OF_VEGA_LITE else "vega-lite")


class Reading(Struct, frozen=True):
    """`schemas` are those that must agree on a mistake before it is one; none when the version is not ours to judge.
    `schema` is the one to complete and explain with."""

    tree: Tree
    outside: Outside
    host: str
    library: Named
    start: int = 0  # where the specification's text begins in the cell

    @property
    def schema(self) -> Schema:
        """The vendored version nearest to the one that the specification is for."""
        known, major = VENDORED[self.library.library], self.library.major
        newest = max(known)
        return load(self.library.library, min(max(major, min(known)), newest) if major else newest)

    @property
    def schemas(self) -> tuple[Schema, ...]:
        said = self.library
        known = VENDORED[said.library]
        if said.major in known:
            newer = said.minor is not None and (said.major, said.minor) > known[said.major]
            return () if newer else (load(said.library, said.major),)
        # Polynote's own default is version 3; elsewhere an unnamed version is one in use today.
        return () if said.major or self.host == "polynote" else tuple(load(said.library, major) for major in known)

    def names_field(self, path: Path, known: Sequence[Leaf] | None = None) -> bool:
        """Whether the text at `path` is the name of a field of the data there; `known` are the schema's alternatives
        for it, where somebody has them already."""
        if self.tree.root is None:
            return False
        leaves = known if known is not None else at(self.schema, self.tree.root, path)
        if self.outside.vega:
            return vega_scopes.names_field(path, leaves)
        return names_field(path, leaves) or is_repeated_field(path)

    @property
    def bare_keys(self) -> bool:
        """Whether the author writes keys without quotes."""
        if self.tree.root is None or not self.tree.root.members:
            return False
        written = [m for m in self.tree.root.members if m.key and m.colon >= 0]
        return sum(not m.quote for m in written) * 2 > len(written)  # what is being typed does not count

    @property
    def quote(self) -> str:
        """The quote that the author uses."""
        text = self.tree.text
        return "'" if text.count("'") > text.count('"') else '"'


def read(context: Context) -> Reading:
    return reading(context.cell, context.host, context.view, os.path.dirname(context.notebook.path), context)


def reading(cell: Cell, host: Host, view: View, folder: str, context: Context | None = None) -> Reading:
    kept = context.facts.analysis if context is not None else None
    tree = kept if isinstance(kept, Tree) and kept.text is cell.text else tree_of(cell, host.name)
    names = {g.name: g.variable for g in given(cell)}
    if beside := _told(cell).get("connection"):
        names[""] = beside

    # An anchor counts in the whole cell, of which a fragment is a part.
    start = context.start if context is not None else 0
    whole = context.notebook.cells[context.index].text if context is not None and start else cell.text

    def anchor(node: Node) -> Anchor:
        span = inside(node)
        return Anchor.at(whole, start + span.start, span.of(cell.text), cell=cell.id)

    said = library(cell, host.name, tree.root)
    outside = Outside(view, folder, tree.root, names, anchor, said.library == "vega")
    return Reading(tree, outside, host.name, said, cell.body)
