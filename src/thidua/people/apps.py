from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "thidua.people"
    label = "people"

    def ready(self):
        from thidua.ledger import signs
        from thidua.people import looks

        signs.declare(looks.letters)
