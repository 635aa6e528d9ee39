"""Charts: Vega-Lite cells (and what is certain about Vega and Polynote's viz cells) that know the tables above."""

from __future__ import annotations

from polycell.languages.vega.actions import charts_of_tables
from polycell.languages.vega.drawable import chart_at
from polycell.languages.vega.service import VegaService

__all__ = ["VegaService", "chart_at", "charts_of_tables"]
