"""What DuckDB itself says: a locked-down one of our own binds queries over empty tables."""
