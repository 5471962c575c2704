"""Webhooks sent: one attempt, what becomes of it, and the task that does both beside the server."""
