"""Files and databases to sheets of raw cells, and workbooks that we write."""
