"""Statistics on plain arrays, without domain words, each with its reference."""
