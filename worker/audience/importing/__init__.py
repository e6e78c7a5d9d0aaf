"""Import of an office's own table, CSV or XLSX, onto one of its lists. No network is used."""
