from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "thidua.campaigns"
    label = "campaigns"

    def ready(self):
        from thidua.campaigns import editions
        from thidua.ledger import signs
        from thidua.ui import starting

        signs.declare(editions.look)
        starting.say_at_init(lambda: (each.sentence for each in editions.behind()))
