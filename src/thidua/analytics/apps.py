from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from thidua.ui import starting


class AnalyticsConfig(AppConfig):
    name = "thidua.analytics"
    label = "analytics"

    def ready(self) -> None:
        autodiscover_modules("datasets")
        starting.at_start_of_worker(_warm_up)


def _warm_up() -> None:
    from thidua.analytics.engine import duck

    duck.connection()
