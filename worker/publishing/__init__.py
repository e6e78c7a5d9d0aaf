"""What goes to media beside the mailing lists: a row for each draft and medium, sent by its channel."""
