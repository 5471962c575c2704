"""Load: how many tasks each person has on each day, with leave and capacity marked."""
