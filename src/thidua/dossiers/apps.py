from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DossiersConfig(AppConfig):
    name = "thidua.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        autodiscover_modules("parts")
