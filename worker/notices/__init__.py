"""Mail to the people who run the plan: asking, reminding, telling. Never to recipients."""
