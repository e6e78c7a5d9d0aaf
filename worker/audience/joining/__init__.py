"""Joining a list by one's own choice: asked for on a page, confirmed by a link mailed to the address."""
