"""What the service keeps, in SQL."""
