"""The browser keeps which campaign and year it was shown last, so that pages of none lead back to it."""

from __future__ import annotations

from django.conf import settings

from thidua.campaigns import chosen


class ShownLast:
    """A cookie of the visit: it decides where links lead, never what a page shows."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        spoken_of = chosen.spoken_of(request)
        value = chosen.remembered(spoken_of) if spoken_of else ""
        if value and response.status_code == 200 and request.COOKIES.get(chosen.COOKIE) != value:
            response.set_cookie(chosen.COOKIE, value, samesite="Lax", secure=settings.HTTPS, httponly=True)
        return response
