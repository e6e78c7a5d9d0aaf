"""Backups: an office whole in a folder, taken while it works and restored elsewhere."""
