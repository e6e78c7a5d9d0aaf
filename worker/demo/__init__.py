"""The main job on the real plan with sample people, a local mailbox, and a clock that can jump."""
