"""How a draft leaves the house: a message in, a receipt or an error with its remedy out. One file per channel."""
