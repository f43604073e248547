"""Sheets to recognised blocks: titles, headers, rows, totals and notes."""
