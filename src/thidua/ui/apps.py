from django.apps import AppConfig
from django.utils.translation import gettext


class UiConfig(AppConfig):
    name = "thidua.ui"
    label = "ui"

    def ready(self):
        from thidua.core import words

        words.translate = gettext
