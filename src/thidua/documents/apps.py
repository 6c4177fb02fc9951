from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.module_loading import autodiscover_modules


class DocumentsConfig(AppConfig):
    name = "thidua.documents"
    label = "documents"

    def ready(self) -> None:
        from thidua.documents import afresh
        from thidua.ui import starting

        starting.say_at_init(afresh.failing)
        autodiscover_modules("papers")
        checks.register(trust_roots_can_be_read)


def trust_roots_can_be_read(app_configs, **kwargs) -> list[checks.CheckMessage]:
    """Found by ``thidua check`` and not only by a line in the log of the worker."""
    from thidua.documents import trust

    found: list[checks.CheckMessage] = []
    for name in ("TRUST_PUBLIC", "TRUST_PRIVATE"):
        try:
            trust.read(getattr(settings, name))
        except (OSError, trust.TrustUnreadable) as error:
            found.append(checks.Error(f"THIDUA_{name} cannot be read: {error}", id=f"documents.{name.lower()}"))
    return found
