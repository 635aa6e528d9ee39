"""Prose between code cells: silent, but for the charts that fenced blocks in it draw."""

from __future__ import annotations

from polycell.languages.markdown.service import MarkdownService

__all__ = ["MarkdownService"]
