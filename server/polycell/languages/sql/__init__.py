"""SQL cells, and SQL inside cells of other languages."""

from __future__ import annotations

from polycell.languages.sql.service import SqlService

__all__ = ["SqlService"]
