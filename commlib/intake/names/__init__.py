"""Names of places to the places that they mean."""
