"""Partners' news: read from their feeds, kept in an inbox, given to drafts and marked as used."""
