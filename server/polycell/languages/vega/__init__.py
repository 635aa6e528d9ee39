"""Charts: Vega-Lite cells (and what is certain about Vega and Polynote's viz cells) that know the tables above."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.charts import Drawing, Refusal
from polycell.core.results import Action
from polycell.core.service import Context
from polycell.core.text import Span


def charts_of_tables(context: Context, span: Span) -> Sequence[Action]:
    """Charts of the table under the cursor, each as a new cell."""
    from polycell.languages.vega.actions import charts_of_tables

    return charts_of_tables(context, span)


def chart_at(context: Context, offset: int) -> Drawing | Refusal | None:
    """The chart of a Vega or Vega-Lite cell, as a renderer takes it."""
    from polycell.languages.vega.drawable import chart_at

    return chart_at(context, offset)


__all__ = ["chart_at", "charts_of_tables"]
