from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "thidua.people"
    label = "people"

    def ready(self):
        from thidua.ledger import signs
        from thidua.people import door, looks  # noqa: F401 — its receivers

        signs.declare(looks.letters)
