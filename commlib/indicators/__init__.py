"""Indicators: the registry, the arithmetic, the computation, and one file a theme."""
