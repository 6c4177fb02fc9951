"""The web process. Heavy libraries are imported where they are used, never here."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application

from thidua.host import home, process, variables

with process.ending_in_a_sentence():
    variables.check(serving=True)
    home.home()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thidua.config.settings")
if os.environ.get("THIDUA_WITH_PARENT"):
    # A web worker whose server was killed would keep the port for ever.
    process.die_with_parent_now(signal.SIGTERM)
application = get_wsgi_application()

# What is loaded by now lives as long as the process: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
