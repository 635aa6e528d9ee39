"""Notebooks and scripts that a notebook runs: analysed like any other, and heard at the line that runs them."""
