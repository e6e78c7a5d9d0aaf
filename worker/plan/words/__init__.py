"""The plan's own Czech, phrase by phrase, into what it says. Knows no file and no calendar."""
