"""Blocks: what notebooks show. Each is a pure function of the view and returns one displayable Block."""
