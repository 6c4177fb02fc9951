from django.apps import AppConfig


class SummariesConfig(AppConfig):
    name = "thidua.summaries"
    label = "summaries"
