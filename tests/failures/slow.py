"""Pages that take their time, for the real server."""

import os
import time

from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from thidua.ui.middleware import public

SECONDS = float(os.environ.get("SLOW_SECONDS", "1"))


def staff(request):
    time.sleep(SECONDS)
    return HttpResponse("slow")


@public
def anybody(request):
    return staff(request)


@public
@csrf_exempt
def length(request):
    return HttpResponse(str(len(request.body)))


urlpatterns = [
    path("slow/public/", anybody),
    path("slow/staff/", staff),
    path("length/", length),
    path("", include("thidua.config.urls")),
]
