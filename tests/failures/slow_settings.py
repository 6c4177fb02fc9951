"""Everything as in the product, with pages beside it that take their time."""

from thidua.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.failures.slow"
