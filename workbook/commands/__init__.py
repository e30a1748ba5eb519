"""The commands by family: their words on the command line and the order of their steps."""
