"""What those whom a row names send in: the call for it, one page to write it on, and what the coordinator takes of it.

Nothing waits for an answer. What is included by the time of drafting stands in the texts; the rest is kept.
"""
