from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "thidua.desk"
    label = "desk"

    def ready(self):
        from thidua.desk.navigation import places_of_unit
        from thidua.people import places

        places.offer(places_of_unit)
