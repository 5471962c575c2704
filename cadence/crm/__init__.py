"""The CRM client: one small transport, three answer classes, and values of the model."""
