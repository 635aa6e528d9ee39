"""Charts in Python: Altair, the drawing functions of other libraries, specifications as literals."""
