"""The embedded activity service: the CRM's API on a store of one's own."""
