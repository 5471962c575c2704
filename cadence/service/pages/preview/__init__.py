"""Preview: a sequence as one types it, for a record and a start. Nothing is written."""
