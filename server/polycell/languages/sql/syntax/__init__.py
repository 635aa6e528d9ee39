"""What a SQL text says by itself: tokens, statements, blocks, and the place of a cursor in them."""
