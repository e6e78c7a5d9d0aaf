"""The plan on file and its occurrences in the database: reading, the last good version, taking up an edit."""
