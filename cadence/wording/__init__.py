"""How dates, counts and activities are said to people: in the terminal, on pages and in files."""
