from django.apps import AppConfig
from django.core.checks import register


class DemoConfig(AppConfig):
    name = "thidua.demo"
    label = "demo"

    def ready(self):
        from thidua.demo import printed_password
        from thidua.ledger import signs

        signs.declare(printed_password.look)
        register(printed_password.at_start, "serving", deploy=True)
