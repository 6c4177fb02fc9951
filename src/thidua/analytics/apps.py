from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from thidua.ledger import signs
from thidua.ui import starting


class AnalyticsConfig(AppConfig):
    name = "thidua.analytics"
    label = "analytics"

    def ready(self) -> None:
        from thidua.analytics import spool, storage
        from thidua.ledger import store

        autodiscover_modules("datasets")
        signs.declare(spool.look, needs_database=False)
        starting.at_start_of_worker(_warm_up)
        store.declare(storage.SHELF)


def _warm_up() -> None:
    from thidua.analytics.engine import duck

    duck.connection()
