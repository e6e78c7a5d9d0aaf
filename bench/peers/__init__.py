"""Other senders, each with the newsletter on its own terms. What they need is installed from locks in build/bench."""
