from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "thidua.ledger"
    label = "ledger"

    def ready(self):
        from thidua.ledger import files, looks, signs, store

        signs.declare(looks.jobs)
        for look in (looks.storage, looks.web):
            signs.declare(look, needs_database=False)
        for look in (looks.migrations, looks.worker, looks.queue, looks.anchors_of_trail, store.look):
            signs.declare(look)
        store.declare(files.SHELF)
