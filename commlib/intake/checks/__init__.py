"""The checks of a return's rows."""
