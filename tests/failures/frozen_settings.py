"""The product with one address more: ``/freeze`` holds the interpreter, as a pattern over a hostile text does."""

import re

from thidua.config.settings import *  # noqa: F403
from thidua.config.settings import MIDDLEWARE

MIDDLEWARE = ["tests.failures.frozen_settings.Freezing", *MIDDLEWARE]


class Freezing:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info == "/freeze":
            re.match(r"(a+)+$", "a" * 40 + "b")
        return self.get_response(request)
