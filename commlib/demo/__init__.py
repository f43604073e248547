"""Fictional counties and their returns, made by a seeded generator: for demonstration, and to try the intake on."""
