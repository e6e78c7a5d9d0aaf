"""Mail that comes back: bounces, automatic answers, and what people write. None of it ever decides anything."""
