"""Ledger: what happened, what needs somebody, and what they can do about it."""
