"""Scala cells: names from the text, and Metals' presentation compiler in a process of its own for everything typed."""
