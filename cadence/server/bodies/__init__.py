"""What the API takes, strictly: unknown fields and wrong types are refused."""
