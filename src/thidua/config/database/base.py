"""Django reads every ``timestamptz`` with a regular expression in Python, 5 µs each; a board reads thousands of them.

The driver's compiled loader gives the same moments, in the time zone of the connection, which Django keeps at UTC.
"""

from __future__ import annotations

import datetime as dt

import psycopg
from django.db.backends.postgresql import base
from psycopg.adapt import Loader
from psycopg.postgres import types
from psycopg.pq import Format

TIMESTAMPTZ = types["timestamptz"].oid


class MomentLoader(Loader):
    timezone = dt.UTC  # what Django looks for: with it, it leaves this loader in its place

    def __init__(self, oid, context=None):
        super().__init__(oid, context)
        self._compiled = psycopg.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)(oid, context)

    def load(self, data):
        return self._compiled.load(data)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.adapters.register_loader(TIMESTAMPTZ, MomentLoader)
        return connection
