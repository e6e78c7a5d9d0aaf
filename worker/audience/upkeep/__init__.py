"""What is done by hand for single recipients and lists: find, add, move, stop, take along, have confirmed."""
