"""Catalogues of real databases: which one a notebook means, reading it, and keeping what was read."""
