"""How passwords are stored: Argon2id, about 80 ms of one core and 32 MB a check (measured, ADR 16)."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    time_cost = 2
    memory_cost = 32 * 1024  # KiB
    parallelism = 1
