"""What stands behind FROM and what a query yields: columns, their names and types."""
