"""Columns that Python code names: which places do, which column each means, what is offered there."""
