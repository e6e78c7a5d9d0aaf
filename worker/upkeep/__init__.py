"""What keeps Hlasatel running for years."""
