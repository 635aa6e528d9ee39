"""What operations do to tables: one small function an operation, registered by (flavour, method) or qualified name."""
