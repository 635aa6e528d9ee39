"""Altair: its words, a specification as its code, and its code as the specification that it makes."""
