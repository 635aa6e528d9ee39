"""What is certainly wrong in SQL where DuckDB cannot be asked."""
