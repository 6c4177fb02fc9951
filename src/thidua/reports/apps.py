from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "thidua.reports"
    label = "reports"

    def ready(self) -> None:
        from thidua.campaigns import followers
        from thidua.reports.following import FOLLOWER

        followers.declare(FOLLOWER)
