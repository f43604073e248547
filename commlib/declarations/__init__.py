"""Declarations: measures, sources, tables, standards, systems and units as data, checked when they are loaded."""
