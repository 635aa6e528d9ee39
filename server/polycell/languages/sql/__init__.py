"""SQL cells, and SQL inside cells of other languages."""

from __future__ import annotations

from polycell.core.service import LanguageService


class SqlService(LanguageService):
    languages = frozenset({"sql"})
