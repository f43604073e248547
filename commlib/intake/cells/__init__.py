"""Raw cells to what the declared column holds."""
