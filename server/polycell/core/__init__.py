"""The pure heart: no input or output, no LSP types, no language."""
