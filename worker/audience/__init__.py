"""Lists and the people on them: import, sizes, leaving, and what we hold about one address."""
