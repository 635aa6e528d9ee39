"""Python's own semantics by another server (ty, or jedi in a worker): it is shown the slice that a cell needs."""
