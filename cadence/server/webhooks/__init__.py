"""Webhooks apart from their sending: how they are signed, what they say, and where they may go."""
