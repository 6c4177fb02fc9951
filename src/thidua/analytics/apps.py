from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AnalyticsConfig(AppConfig):
    name = "thidua.analytics"
    label = "analytics"

    def ready(self) -> None:
        autodiscover_modules("datasets")
