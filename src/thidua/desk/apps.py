from django.apps import AppConfig
from django.core.checks import register


class DeskConfig(AppConfig):
    name = "thidua.desk"
    label = "desk"

    def ready(self):
        from thidua.desk import printed_password
        from thidua.desk.navigation import places_of_unit
        from thidua.ledger import signs
        from thidua.people import places

        signs.declare(printed_password.look)
        register(printed_password.at_start, "serving", deploy=True)
        places.offer(places_of_unit)
