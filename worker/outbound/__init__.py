"""Requests to servers outside: to public addresses alone, with a deadline and a cap on everything."""
