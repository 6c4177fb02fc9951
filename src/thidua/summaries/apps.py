from django.apps import AppConfig


class SummariesConfig(AppConfig):
    name = "thidua.summaries"
    label = "summaries"

    def ready(self):
        from thidua.people import dependents
        from thidua.summaries.rules import rests_on_last_day

        dependents.declare(rests_on_last_day)
