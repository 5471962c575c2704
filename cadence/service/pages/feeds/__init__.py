"""Calendars: due dates in people's own calendar programs, by a secret address that can be revoked."""
