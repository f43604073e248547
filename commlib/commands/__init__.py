"""The commands of the command line: each thin, its heavy parts loaded by the command that needs them."""
