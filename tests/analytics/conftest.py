"""An import for An's school, with a home and a storage of its own: other workers import at the same time."""

import pytest

from thidua.host import home


@pytest.fixture
def importer(world, tmp_path, settings):
    from tests.analytics.making import Importer

    settings.HOME = tmp_path / "home"
    home.make(settings.HOME)
    settings.FILES_ROOT = settings.HOME / "files"
    store = {**settings.STORAGES["default"], "OPTIONS": {"location": settings.FILES_ROOT}}
    settings.STORAGES = {**settings.STORAGES, "default": store}
    return Importer(world, tmp_path)
