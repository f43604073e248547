"""Publishing: executed notebooks become self-contained pages, and the site gets its index."""
