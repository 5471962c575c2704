"""An enrollment as a picture: what is due when, what moved it, and what is closed in between."""
