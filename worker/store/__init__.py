"""What is kept: tables, states with their table of legal moves, migrations, and the lock of the one who works."""
