"""What stands above the API: one application of API and pages, the process that serves it, keys and sample data."""
