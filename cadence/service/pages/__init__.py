"""The pages: a team sees, previews and works its sequences."""
