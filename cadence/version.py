"""The version of Cadence."""

__version__ = "0.1.0"
