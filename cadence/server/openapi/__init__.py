"""The API described as OpenAPI 3.1, from the same operations and bodies by which requests are checked."""
