from django.apps import AppConfig


class ApologiesConfig(AppConfig):
    name = "thidua.apologies"
    label = "apologies"

    def ready(self):
        from thidua.apologies import queries
        from thidua.reports import places

        places.offer(queries.place_of)
