"""Cases marked ``spark`` share one cluster, started when the first of them runs."""

import pytest
from tests import spark


@pytest.fixture(scope="session")
def spark_address():
    missing = spark.why_not()
    if missing:
        pytest.skip(missing)
    with spark.cluster() as address:
        yield address
        # Before its server: at the end of the process it would try to reach it for minutes.
        from pyspark.sql import SparkSession

        SparkSession.builder.remote(address).getOrCreate().stop()


@pytest.fixture(autouse=True)
def engine_of_the_case(request):
    if request.node.get_closest_marker("spark"):
        request.getfixturevalue("settings").ENGINE = request.getfixturevalue("spark_address")
