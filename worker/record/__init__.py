"""What happened: the append-only, hash-chained record and the stories told from it."""
