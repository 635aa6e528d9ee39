"""Readers: from data files' first bytes to their columns. One small function a format and library, one registry.

Each takes the files that are meant and the reader's options, and gives a `Table`; for what it cannot understand it
raises `UnreadableError`. pyarrow, DuckDB and openpyxl are imported by those that need them.
"""
