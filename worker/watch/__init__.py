"""What Hlasatel knows of its own health: who is alive, what the numbers are, what is to be told to a person."""
