"""Python cells."""

from __future__ import annotations

from polycell.core.service import LanguageService


class PythonService(LanguageService):
    languages = frozenset({"python"})
