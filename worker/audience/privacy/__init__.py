"""What we hold about a person: given to her, erased, and not kept longer than it is needed."""
