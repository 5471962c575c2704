"""The arithmetic of time: zones, offsets, business calendars. Pure, on integers; see docs/explanation/time.md."""
