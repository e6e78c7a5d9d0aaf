"""What strangers, mistakes and broken programs send us, at every entry point (docs/security.md names them)."""
