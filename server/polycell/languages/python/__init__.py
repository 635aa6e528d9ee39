"""Python cells. Import light: the engine, which begins before all else, is a part of this package."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from polycell.core.charts import Drawing, Refusal
    from polycell.core.results import Action
    from polycell.core.service import Context
    from polycell.core.text import Span


def as_vega_lite(context: Context, span: Span) -> Sequence[Action]:
    """The Altair chart under the cursor as a Vega-Lite cell."""
    from polycell.languages.python.charts.conversion import as_vega_lite

    return as_vega_lite(context, span)


def altair_chart_at(context: Context, offset: int) -> Drawing | Refusal | None:
    """The Altair chart at a place, as a renderer takes it."""
    from polycell.languages.python.charts.conversion import altair_chart_at

    return altair_chart_at(context, offset)


def annotate_tables(context: Context, span: Span) -> Sequence[Action]:
    """The comment that declares the table under the cursor, in any language."""
    from polycell.languages.python.columns.schema_offers import annotate_tables

    return annotate_tables(context, span)


__all__ = ["altair_chart_at", "annotate_tables", "as_vega_lite"]
