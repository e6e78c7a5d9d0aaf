"""The public pages: what went out to everybody, its files and photos, and what became of it since."""
