"""What mail servers send back about a mailing: whom it is about, what it means, and what it changes."""
