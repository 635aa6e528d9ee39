"""Polycell: a language server for polyglot notebooks."""

__version__ = "0.1.0"
