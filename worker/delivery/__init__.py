"""From an approved draft to inboxes: freeze an audience, send a slice, retry, recover, close."""
