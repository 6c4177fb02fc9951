"""An import for An's school."""

import pytest


@pytest.fixture
def importer(world, tmp_path, own_home):
    from tests.analytics.making import Importer

    return Importer(world, tmp_path)
