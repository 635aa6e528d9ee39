"""What the text of a Python cell says: from characters to a tree and its names, broken or not."""
