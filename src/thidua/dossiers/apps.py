from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DossiersConfig(AppConfig):
    name = "thidua.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from thidua.campaigns import followers
        from thidua.dossiers.following import FOLLOWER

        autodiscover_modules("parts")
        followers.declare(FOLLOWER)
