"""The vocabulary: frozen values that every layer above shares. docs/glossary.md explains each word."""
