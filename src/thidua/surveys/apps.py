from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "thidua.surveys"
    label = "surveys"
