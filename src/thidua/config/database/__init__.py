"""Django's PostgreSQL backend with one thing changed: moments are read by the driver's own compiled loader."""
