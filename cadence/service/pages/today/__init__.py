"""Today: future tasks by day and assignee, overdue first; complete, reschedule, reassign, undo."""
