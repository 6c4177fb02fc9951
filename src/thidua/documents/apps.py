from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DocumentsConfig(AppConfig):
    name = "thidua.documents"
    label = "documents"

    def ready(self) -> None:
        autodiscover_modules("papers")
