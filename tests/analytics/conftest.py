"""An import for An's school, with a home and a storage of its own: other workers import at the same time."""

import pytest

from thidua.host import home


@pytest.fixture
def importer(world, tmp_path, settings, monkeypatch):
    from django.core.files.storage import FileSystemStorage
    from tests.analytics.making import Importer

    from thidua.analytics import storage

    settings.HOME = tmp_path / "home"
    home.make(settings.HOME)
    monkeypatch.setattr(storage, "default_storage", FileSystemStorage(location=settings.HOME / "files"))
    return Importer(world, tmp_path)
