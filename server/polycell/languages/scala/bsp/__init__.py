"""A build server for Metals: one notebook's Scala as one target, compiled by a resident scalac, as the Build Server
Protocol has it.

Runs as `python -m polycell.languages.scala.bsp FOLDER`, started by Metals from the connection file in the folder's
`.bsp`. It removes what else Metals would look for: Bloop, a build tool, and their prompts.
"""
