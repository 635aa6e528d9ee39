"""The Scala compiler as a language server of ours: Metals' presentation compiler in a process of its own.

Runs as `python -m polycell.languages.scala.host`. JPype hosts the JVM, so nothing of ours is compiled for it. It speaks
plain LSP (full text sync), and one request more: `polycell/compile`, which types a document and tells every definition.
"""
