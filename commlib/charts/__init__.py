"""Charts: plain data in, inline SVG and its finding in words out. matplotlib is imported nowhere else."""
