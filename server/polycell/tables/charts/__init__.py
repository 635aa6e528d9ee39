"""What charts do with tables, alike in every language that draws: kinds of fields, transforms, encoding shorthand."""
