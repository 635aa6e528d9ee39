"""What is known of libraries, as data: which arguments name columns, which members values have."""
