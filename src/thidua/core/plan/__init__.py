"""The plan file: its schema, and reading, checking, showing and comparing it."""
