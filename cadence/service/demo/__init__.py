"""The demo: a project of its own, in which a team has worked for a month."""
