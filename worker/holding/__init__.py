"""The switch that holds everything but crisis messages: put on, taken off, and what was held let go anew."""
